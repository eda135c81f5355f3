using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Laws over all guide families of the registry, each on the sites that it accepts.</summary>
public class GuideLawTests
{
    [Fact]
    public void DrawsLieInTheSupportAndHaveTheSitesShapes()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            Assert.Equal(["g.positive", "g.real", "g.unit", "own"], draw.Sites.Select(s => s.Site.Name).Order());
            foreach (var parameters in (Dictionary<string, HostTensor>[])[Evaluation.InitialValues(draw.Plan), Evaluation.Somewhere(draw.Plan)])
            {
                foreach (var site in draw.Sites)
                {
                    var value = draw.At([site.Value], parameters, step: 4)[0];
                    Assert.Equal(site.Site.Shape, value.Shape);
                    Assert.Equal(site.Site.UnconstrainedShape, site.Location.Shape);
                    Assert.All(value.ToDoubles(), v => Assert.True(site.Site.Name switch { "g.positive" => v > 0, "g.unit" => v is > 0 and < 1, _ => double.IsFinite(v) }, $"{family}: {v} in {site.Site.Name}"));
                    if (site.Scale is { } scale) Assert.All(draw.At([scale], parameters)[0].ToDoubles(), s => Assert.True(s >= 0 && double.IsFinite(s), $"{family}: scale {s}"));
                }
            }
        }
    }

    [Fact]
    public void ADrawIsAFunctionOfItsCounters()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var parameters = Evaluation.Somewhere(draw.Plan);
            double[] At(long step, long number) => Evaluation.Flat(draw.At([draw.Unconstrained, draw.LogDensity], parameters, step, number));
            Assert.Equal(At(1, 2), At(1, 2));
            foreach (var part in draw.Parts.Zip(draw.Plan.Parts).Where(p => p.Second.Family.Name == family.Name))
            {
                double[] Own(long step, long number) => Evaluation.Flat(draw.At(part.First.Sites.Map(s => s.Value), parameters, step, number));
                if (part.Second.DistinctDraws is { } count)
                {
                    Assert.Equal(Own(1, 2 % count), Own(1, 2 + 3 * count - 2 / count * count));
                    if (count == 1) Assert.Equal(Own(1, 0), Own(2, 7));
                }
                else
                {
                    // Masks of few units repeat, but not forty times.
                    Assert.Contains(Enumerable.Range(2, 40), i => !Own(1, 0).SequenceEqual(Own(i, 0)));
                    Assert.Contains(Enumerable.Range(1, 40), i => !Own(1, 0).SequenceEqual(Own(1, i)));
                }
            }
        }
    }

    [Fact]
    public void APointHasNoDensity()
    {
        var draw = new FamilyDraw(FamilyFixture.PlanOf(new DeltaGuide()));
        Assert.True(draw.Plan.IsPoint);
        Assert.All(draw.Parts, p => Assert.True(p.LogDensity.IsEmpty && p.Entropies.IsEmpty));
    }

    [Fact]
    public void ARowsNoiseBelongsToTheRow()
    {
        // Rows 3, 0, 3 of 5 draw what they draw among all five.
        foreach (var family in FamilyFixture.All)
        {
            var plan = FamilyFixture.PlanOf(family);
            var index = Input("index", DType.I64, [3]);
            var (all, some) = (new FamilyDraw(plan), new FamilyDraw(plan, new RowView(3, index)));
            var parameters = Evaluation.Somewhere(plan);
            var five = all.At([all.Sites.Single(s => s.Site.Name == "own").Value], parameters, step: 7)[0].ToDoubles();
            var three = some.At([some.Sites.Single(s => s.Site.Name == "own").Value], parameters, step: 7, draw: 0, (index, HostTensor.Of([3], [3L, 0, 3])))[0].ToDoubles();
            Assert.Equal([.. five[9..12], .. five[0..3], .. five[9..12]], three);
            // Other sites do not know the rows.
            foreach (var (one, other) in all.Sites.Zip(some.Sites).Where(s => s.First.Site.Name != "own"))
                Assert.Equal(all.At([one.Value], parameters, step: 7)[0], some.At([other.Value], parameters, step: 7, draw: 0, (index, HostTensor.Of([3], [3L, 0, 3])))[0]);
        }
    }

    [Fact]
    public void GradientsAreFinite()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var total = FamilyDraw.Add([draw.LogDensity, .. draw.Sites.Select(s => s.Value), .. draw.Parts.SelectMany(p => p.Entropies).Select(e => e.Value)]);
            var gradients = Vjp.Gradients(total, [.. draw.Parameters.Values]);
            foreach (var parameters in (Dictionary<string, HostTensor>[])[Evaluation.InitialValues(draw.Plan), Evaluation.Somewhere(draw.Plan)])
            {
                foreach (var (name, gradient) in draw.Parameters.Keys.Zip(draw.At(gradients, parameters, step: 2)))
                    Assert.All(gradient.ToDoubles(), g => Assert.True(double.IsFinite(g), $"{family}: gradient {g} in {name}"));
            }
        }
    }

    [Fact]
    public void ATermsEntropyIsTheMeanOfMinusItsLogDensity()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            // Far from the start terms of other families vary too much for a mean to say anything.
            var parameters = Gaussians.Is(family) ? Evaluation.Somewhere(draw.Plan) : Evaluation.InitialValues(draw.Plan);
            foreach (var part in draw.Parts)
            {
                foreach (var entropy in part.Entropies)
                {
                    var term = part.LogDensity.Single(t => t.Name == entropy.Name);
                    Assert.Equal((term.PerRow, term.Value.Shape), (entropy.PerRow, entropy.Value.Shape));
                    var expected = draw.At([entropy.Value], parameters)[0].ToDoubles();
                    var draws = draw.Draws(term.Value, parameters, 2000);
                    for (var i = 0; i < expected.Length; i++) Stat.MeanIs(-expected[i], [.. draws.Select(d => d[i])], resolve: 1.5, cases: 100, $"entropy {i} of {entropy.Name} under {family}");
                }
            }
        }
    }

    [Fact]
    public void ACrossEntropyIsTheMeanOfMinusThePriorsLogDensity()
    {
        // Two say that theirs is another: concreteDropout's is that of the masks which its own relax, rank1's that of its point.
        foreach (var family in FamilyFixture.All.Where(f => f is not (ConcreteDropoutGuide or Rank1Guide)))
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var parameters = Evaluation.Somewhere(draw.Plan);
            foreach (var site in draw.Sites)
            {
                var prior = new Instance(Normal.Family, [Full(DType.F64, site.Value.Shape, 0.4), Full(DType.F64, site.Value.Shape, 1.7)], site.Value.Shape);
                if (site.CrossEntropy?.Invoke(prior) is not { } cross) continue;
                var expected = draw.At([cross], parameters)[0].ToDoubles();
                var draws = draw.Draws(prior.LogDensity(site.Value), parameters, 2000);
                for (var i = 0; i < expected.Length; i++) Stat.MeanIs(-expected[i], [.. draws.Select(d => d[i])], resolve: 1, cases: 300, $"cross-entropy {i} of {site.Site.Name} under {family}");
            }
        }
    }

    [Fact]
    public void TheDensityOfAGivenValueIsThatOfTheDraw()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var parameters = Evaluation.Somewhere(draw.Plan);
            var known = 0;
            foreach (var (part, own) in draw.Plan.Parts.Zip(draw.Parts))
            {
                if (part.LogDensityOf(draw.Scope, own.Sites.ToDictionary(s => s.Site.Name, s => s.Value)) is not { } terms) continue;
                known++;
                Assert.Equal(own.LogDensity.Map(t => (t.Name, t.PerRow, t.Value.Shape)), terms.Map(t => (t.Name, t.PerRow, t.Value.Shape)));
                for (var step = 0; step < 3; step++)
                {
                    var (expected, actual) = (Evaluation.Flat(draw.At(own.LogDensity.Map(t => t.Value), parameters, step)), Evaluation.Flat(draw.At(terms.Map(t => t.Value), parameters, step)));
                    foreach (var (e, a) in expected.Zip(actual)) Assert.True(Math.Abs(e - a) <= 1e-7 * (1 + Math.Abs(e)), $"{family}: {a}, of the draw {e}");
                }
            }
            if (Gaussians.Is(family)) Assert.Equal(draw.Parts.Length, known);
        }
    }

    [Fact]
    public void FitsStartAtGivenPlaces()
    {
        foreach (var family in FamilyFixture.All)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var places = draw.Sites.ToDictionary(s => s.Site.Name, s => Samples.Tensor(s.Site.UnconstrainedShape, 3 + s.Site.Name.Length));
            var constants = places.ToDictionary(p => p.Key, p => Constant(p.Value));
            var parameters = Evaluation.InitialValues(draw.Plan);
            foreach (var part in draw.Plan.Parts)
            {
                var moved = part.Parameters.Select(p => (p.Name, p.Shape, Start: part.StartAt(p, constants))).Where(p => p.Start is not null).ToArray();
                Assert.True(moved.Length > 0, $"{family} starts nowhere");
                foreach (var (name, shape, start) in moved)
                {
                    Assert.Equal(shape, start!.Shape);
                    parameters[name] = draw.At([start], parameters)[0];
                }
            }
            foreach (var site in draw.Sites)
            {
                var location = draw.At([site.Location], parameters)[0].ToDoubles();
                foreach (var (expected, actual) in places[site.Site.Name].ToDoubles().Zip(location)) Assert.Equal(expected, actual, Gaussians.Is(family) ? 1e-12 : 0.01 * Math.Abs(expected));
            }
        }
    }

    [Fact]
    public void NetsStartNearTheirDeterministicBehaviour()
    {
        // A layer of 60 inputs: the noise in its weights has at most half the power of the weights, so that products keep their sign as a rule.
        var model = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(MatMul(b.PerRow("x", [60]), b.Draw("h.w", Normal.Of(b.Real(0), b.Real(1)).Iid([60, 7]))), b.Real(1)), perRow: true));
        foreach (var family in FamilyFixture.All)
        {
            if (GuidePlan.For(model, [new(family)]).Value is not { } plan) continue;
            var draw = new FamilyDraw(plan);
            var parameters = Evaluation.InitialValues(plan);
            var location = draw.At([draw.Sites[0].Location], parameters)[0].ToDoubles();
            var draws = draw.Draws(draw.Sites[0].Value, parameters, 20);
            var (noise, power) = (draws.Average(d => d.Zip(location, (u, l) => (u - l) * (u - l)).Sum()), location.Sum(l => l * l));
            Assert.True(noise <= 0.5 * power, $"{family}: noise {noise}, weights {power}");
            if (draw.Sites[0].Scale is { } scale)
            {
                // The scale that is reported is the draws' own, to what 20 draws of 420 weights tell, however they vary together.
                var reported = draw.At([scale], parameters)[0].ToDoubles().Sum(s => s * s);
                Assert.InRange(noise / (reported + 1e-300), 0.5, 2);
            }
        }
    }
}
