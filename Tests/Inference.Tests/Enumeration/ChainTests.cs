using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>Chains of discrete states: each as sites of its own, and as one site whose leading axis counts the steps.</summary>
public class ChainTests
{
    private const int Labels = 3;

    // z[t] given z[t - 1] by a table of logits; before the first step stands `before`. y[t, i] sees z[t], the state before it, and a global level.
    private static BoundModel Model(int steps, int copies, bool hasLatentStart) => ModelBuilder.Bind(1, ["y"], b =>
    {
        var level = b.Draw("level", Normal.Of(b.Real(0.2), b.Real(1.3)).Iid([Labels]));
        var move = Constant(Samples.Tensor([Labels, Labels], 61));
        Shape width = copies == 1 ? [] : [copies];
        var start = hasLatentStart ? b.Draw("z0", Categorical.Of(Constant(Samples.Tensor([Labels], 67)))) : Constant(HostTensor.Scalar(1));
        // The site's distribution depends on its own hole at earlier steps, so the hole comes first.
        var hole = Input("z", DType.I64, width.Prepend(steps));
        var before = Concat([BroadcastTo(start, width.Prepend(1)), SliceAxis(hole, 0, 0, steps - 1)], 0);
        b.Draw("z", Categorical.Of(Gather(move, before)), hole);
        // A function of the state that is carried on.
        var carried = Concat([Full(DType.F64, width.Prepend(1), 0.3), SliceAxis(Square(Convert(hole, DType.F64)) * 0.4, 0, 0, steps - 1)], 0);
        b.Draw("y", Normal.Of(Gather(level, hole) + carried, b.Real(0.8)));
    });

    private static Dictionary<string, HostTensor> Values(int steps, int copies) => new()
    {
        ["level"] = HostTensor.Of([Labels], [-0.7, 0.4, 1.9]),
        ["y"] = Samples.Tensor(copies == 1 ? [steps] : [steps, copies], 5),
    };

    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(5, 1, true)]
    [InlineData(2, 1, true)]
    [InlineData(3, 2, true)]
    public void ItsMarginalIsTheSumOverAllSequences(int steps, int copies, bool hasLatentStart)
    {
        var (model, values) = (Model(steps, copies, hasLatentStart), Values(steps, copies));
        var marginal = model.SumOut(1).Required;
        Assert.Contains(marginal.Posterior.Steps, s => s.Chain is not null);
        var all = BruteForce.Configurations(marginal.Joint, model.IsObserved, values);
        var total = BruteForce.LogSum(all.Select(c => c.LogDensity));
        Tensor[] holes = [.. marginal.Graph.Sites.Select(s => s.Value)];
        var probabilities = Classifier.Probabilities(marginal);
        var outputs = marginal.Graph.Factors.Select(f => (f.Name, SumAll(f.LogDensity))).Concat(probabilities.Select((p, i) => ($"p{i}", p))).ToArray();
        var level = marginal.Graph.Sites.Single(s => s.Name == "level");
        var result = Reference.Evaluate(new TensorGraph(holes, outputs), [.. holes.Select(h => values[h.InputName()])]);
        // The level's own density is no part of the factor.
        var prior = Reference.Evaluate(new TensorGraph([level.Value], [("p", SumAll(level.Distribution.LogDensity(level.Value)))]), [values["level"]])[0][0];
        Assert.Equal(total, result[0][0] + prior, 1e-10);
        foreach (var (site, i) in marginal.Summed.Select((s, i) => (s, i)))
        {
            for (var e = 0; e < site.Elements.Size; e++)
            {
                for (var k = 0; k < Labels; k++)
                {
                    var share = all.Where(c => c.Labels[site.Site.Name][e] == k).Sum(c => Math.Exp(c.LogDensity - total));
                    Assert.Equal(share, result[marginal.Graph.Factors.Count + i][e * Labels + k], 1e-10);
                }
            }
        }
    }

    [Fact]
    public void DrawsOfAChainHaveThePairsOfItsPosterior()
    {
        const int Steps = 5, Draws = 3000;
        var (model, values) = (Model(Steps, 1, true), Values(Steps, 1));
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var posterior = Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = values["level"] }).Required;
        var drawn = posterior.Sample(new ReferenceBackend(), new() { Draws = Draws, Seed = 9 }, new(new Dictionary<string, HostTensor> { ["y"] = values["y"] }, 1))["z"];
        var all = BruteForce.Configurations(model.Elaborate(1), model.IsObserved, values);
        var total = BruteForce.LogSum(all.Select(c => c.LogDensity));
        var checkedPairs = 0;
        for (var t = 0; t < Steps - 1; t++)
        {
            for (var pair = 0; pair < Labels * Labels; pair++)
            {
                var (a, b) = (pair / Labels, pair % Labels);
                var share = all.Where(c => c.Labels["z"][t] == a && c.Labels["z"][t + 1] == b).Sum(c => Math.Exp(c.LogDensity - total));
                if (share is < 0.05 or > 0.95) continue;
                checkedPairs++;
                double[] hits = [.. Enumerable.Range(0, Draws).Select(s => drawn[s * Steps + t] == a && drawn[s * Steps + t + 1] == b ? 1.0 : 0)];
                Stat.MeanIs(share, hits, resolve: 0.15, cases: 36, $"states {a}, {b} at {t}");
            }
        }
        Assert.True(checkedPairs >= 6);
    }

    [Fact]
    public void GradientsThroughImpossibleStatesAreFinite()
    {
        // From left to right: the first state is 0 and states never go back, so most states cannot be reached at first.
        var model = ModelBuilder.Bind(1, ["y"], b =>
        {
            var level = b.Draw("level", Normal.Of(b.Real(0), b.Real(1)).Iid([Labels]));
            var move = Constant(HostTensor.Of([Labels, Labels], [0.7, 0.3, 0, 0, 0.6, 0.4, 0, 0, 1.0]));
            var hole = Input("z", DType.I64, [7]);
            var before = Concat([Constant(HostTensor.Of([1], [0L])), SliceAxis(hole, 0, 0, 6)], 0);
            b.Draw("z", CategoricalProbs.Of(Gather(move, before)), hole);
            b.Draw("y", Normal.Of(Gather(level, hole), b.Real(0.8)));
        });
        var elbo = Evaluation.Build(model, Evaluation.Plan(model, new DeltaGuide()));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 5) }, 1);
        double At(double[] level) => Evaluation.At(elbo, [elbo.Value], new Dictionary<string, HostTensor> { [elbo.Parameters[0].InputName()] = HostTensor.Of([Labels], level) }, data)[0][0];
        double[] point = [0.3, -0.4, 0.9];
        var exact = Evaluation.At(elbo, [.. Vjp.Gradients(elbo.Value, [.. elbo.Parameters])], new Dictionary<string, HostTensor> { [elbo.Parameters[0].InputName()] = HostTensor.Of([Labels], point) }, data)[0].ToDoubles();
        var differences = Differences.Gradient(At, point);
        for (var k = 0; k < Labels; k++) Assert.Equal(differences[k], exact[k], 1e-6);
    }

    [Fact]
    public void TwiceTheStepsCostTwiceTheWork()
    {
        // One site a step, each given the one before: elements computed by the objective and its gradient.
        static double Cost(int steps)
        {
            var model = ModelBuilder.Bind(1, ["y"], b =>
            {
                var level = b.Draw("level", Normal.Of(b.Real(0), b.Real(1)).Iid([2]));
                var move = Constant(Samples.Tensor([2, 2], 61));
                var state = Constant(HostTensor.Scalar(0));
                var means = new List<Tensor>();
                for (var t = 0; t < steps; t++)
                {
                    state = b.Draw($"z{t}", Categorical.Of(Gather(move, state)));
                    means.Add(Gather(level, state));
                }
                b.Draw("y", Normal.Of(Stack(means, 0), b.Real(0.8)));
            });
            var graph = model.Elaborate(1);
            // The likelihood of each step by itself: a site that sees all states could only be summed by brute force.
            var y = graph.Sites[^1];
            graph = graph with
            {
                Sites = [.. graph.Sites.Where(s => s != y), .. Enumerable.Range(0, steps).Select(t => y with
                {
                    Name = $"y{t}", Value = Input($"y{t}", DType.F64, []), Distribution = Normal.Of(y.Distribution.Arguments[0].Inputs[t].Inputs[0], Constant(DType.F64, 0.8)),
                })],
            };
            var marginal = Marginal.Of(graph, s => s.Name[0] == 'y').Required;
            var value = marginal.Graph.Factors.Single().LogDensity;
            var hole = marginal.Graph.Sites[0].Value;
            return Topology.Sort([value, .. Vjp.Gradients(value, [hole])]).Sum(n => (double)n.Shape.Size);
        }
        Assert.True(Cost(200) < 2.5 * Cost(100), $"{Cost(200)} against {Cost(100)}");
    }

    [Fact]
    public void ElementsThatMeetAreSummedTogetherWhereTheyAreFew()
    {
        static BoundModel Counts(int elements) => ModelBuilder.Bind(1, ["y"], b =>
        {
            var rate = b.Draw("rate", Normal.Of(b.Real(0), b.Real(1)));
            var z = b.Draw("z", Bernoulli.Of(rate).Iid([elements]));
            b.Draw("y", Normal.Of(Sum(Convert(z, DType.F64), 0) * 0.7, b.Real(0.8)));
        });
        var values = new Dictionary<string, HostTensor> { ["rate"] = HostTensor.Scalar(DType.F64, 0.3), ["y"] = HostTensor.Scalar(DType.F64, 1.7) };
        var model = Counts(7);
        var marginal = model.SumOut(1).Required;
        var all = BruteForce.Configurations(marginal.Joint, model.IsObserved, values);
        var total = BruteForce.LogSum(all.Select(c => c.LogDensity));
        Tensor[] holes = [.. marginal.Graph.Sites.Select(s => s.Value)];
        var prior = marginal.Graph.Sites[0];
        var result = Reference.Evaluate(new TensorGraph(holes, [("f", marginal.Graph.Factors.Single().LogDensity + prior.Distribution.LogDensity(prior.Value)), ("p", Classifier.Probabilities(marginal)[0])]),
            [.. holes.Select(h => values[h.InputName()])]);
        Assert.Equal(total, result[0][0], 1e-10);
        for (var e = 0; e < 7; e++) Assert.Equal(all.Where(c => c.Labels["z"][e] == 1).Sum(c => Math.Exp(c.LogDensity - total)), result[1][2 * e + 1], 1e-10);

        var refused = Assert.Single(GuidePlan.For(Counts(13), [new(new NormalGuide())]).Diagnostics);
        Assert.Equal(InferenceCodes.MixedElements, refused.Code);
        Assert.Contains("'z'", refused.Message);
        Assert.Contains("sums over the elements", refused.Message);
        Assert.Equal("model.prob:2:1", refused.Span.Location);
    }

    [Fact]
    public void GuidesAndCountsAreToldWhy()
    {
        var (model, _, _) = Mixtures.Gaussian();
        var clause = Assert.Single(GuidePlan.For(model, [new(new NormalGuide(), "z"), new(new NormalGuide())]).Diagnostics);
        Assert.Contains("needs no guide", clause.Message);
        var counts = ModelBuilder.Bind(3, ["y"], b => b.Draw("y", Normal.Of(Convert(b.Draw("k", Poisson.Of(b.Real(2.1))), DType.F64), b.Real(1)).Iid([b.Rows]), perRow: true));
        Assert.Contains("without a constant upper bound", Assert.Single(GuidePlan.For(counts, [new(new NormalGuide())]).Diagnostics).Message);
    }
}
