using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Posteriors;

/// <summary>Moments of every family against draws of it.</summary>
public class MomentTests
{
    private const int Draws = 2500;

    private static readonly ReferenceBackend Backend = new();

    // Sites that some families take only: weights of a linear map, a positive one, one in the unit interval, one for each row.
    internal static (BoundModel, DataSet) Everything()
    {
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var x = b.PerRow("x", [3]);
            var w = b.Draw("w", Normal.Of(b.Real(0.1), b.Real(0.7)).Iid([3, 2]));
            var own = b.Draw("own", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows]), perRow: true);
            var positive = b.Draw("positive", Gamma.Of(b.Real(2), b.Real(1.3)).Iid([2]));
            var unit = b.Draw("unit", Beta.Of(b.Real(2), b.Real(1.3)));
            b.Draw("y", Normal.Of(TensorMath.Sum(TensorMath.MatMul(x, w), -1) + own + TensorMath.SumAll(positive) + unit, b.Real(1)), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([5, 3], 5), ["y"] = Samples.Tensor([5], 7) }, 5));
    }

    private static IEnumerable<(string Name, Posterior Posterior, DataSet Data)> All()
    {
        var families = GuideRegistry.Families.All.Concat(GuideRegistry.Results.All);
        foreach (var family in families)
        {
            foreach (var (model, data) in new[] { Everything(), Samples.Regression() })
            {
                // What a family does not take is drawn by mean field.
                var plan = GuidePlan.For(model, [new(family)]).Value ?? GuidePlan.For(model, [new(family, "*w"), new(new NormalGuide())]).Value;
                if (plan is null) continue;
                yield return ($"{family.Name} on {plan.Parts[0].Sites[0].Name}", Posterior.FromParameters(model, plan, Narrow(plan)).Required, data);
            }
        }
    }

    /// <summary>Parameters away from their start, narrow enough that the exponential of a draw has a variance that draws find; variances above 0.</summary>
    internal static Dictionary<string, HostTensor> Narrow(GuidePlan plan) => Evaluation.Somewhere(plan).ToDictionary(p => p.Key,
        p => p.Key.EndsWith(".rho", StringComparison.Ordinal) ? p.Value
            : HostTensor.FromDoubles(p.Value.DType, p.Value.Shape, [.. p.Value.ToDoubles().Select(v => p.Key.EndsWith(".variance", StringComparison.Ordinal) ? 0.03 + 0.05 * Math.Abs(v) : 0.15 * v)]));

    [Fact]
    public void Means_and_deviations_are_those_of_draws()
    {
        var cases = 100 * All().Count();
        foreach (var (name, posterior, data) in All())
        {
            var isFinite = posterior.Guide.DistinctDraws is not null;
            var draws = posterior.Sample(Backend, new() { Draws = posterior.Guide.DistinctDraws ?? Draws, Seed = 5 }, data);
            var moments = posterior.Moments(Backend, new() { Draws = 2000, Seed = 6 }, data);
            Assert.Equal(draws.Latent.Select(l => l.Name), moments.Map(m => m.Site));
            foreach (var m in moments)
            {
                var values = draws[m.Site];
                var size = values.Shape[1..].Size;
                Assert.Equal((values.Shape[1..], values.Shape[1..]), (m.Mean.Shape, m.StandardDeviation.Shape));
                for (var i = 0; i < size; i++)
                {
                    double[] x = [.. Enumerable.Range(0, values.Shape[0]).Select(s => values[s * size + i])];
                    var what = $"{name}: {m.Site}[{i}]";
                    var mean = x.Average();
                    var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)));
                    if (isFinite)
                    {
                        Assert.True(m.IsExact);
                        Assert.Equal(mean, m.Mean[i], 1e-9);
                        Assert.Equal(deviation, m.StandardDeviation[i], 1e-9);
                        continue;
                    }
                    // A difference of two means of draws varies as each does; a known one not at all.
                    double[] squares = [.. x.Select(v => (v - mean) * (v - mean))];
                    var inflation = m.IsExact ? 1 : Math.Sqrt(1 + (double)Draws / m.Draws);
                    Close(x, m.Mean[i], inflation, cases, what);
                    Close(squares, m.StandardDeviation[i] * m.StandardDeviation[i], inflation, cases, $"variance of {what}");
                }
            }
        }
    }

    private static void Close(double[] draws, double expected, double inflation, int cases, string what)
    {
        var mean = draws.Average();
        var error = Math.Sqrt(draws.Average(v => (v - mean) * (v - mean)) / draws.Length) * inflation;
        var z = Math.Sqrt(2) * MathNet.Numerics.SpecialFunctions.ErfcInv(Stat.FalseAlarm / cases);
        Assert.True(Math.Abs(mean - expected) <= z * error + 1e-9 * (1 + Math.Abs(expected)), $"{what}: {expected}, draws say {mean} ± {error}");
    }

    [Fact]
    public void Known_moments_are_exact_whatever_the_draws()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var posterior = Posterior.FromParameters(model, [new(new MultivariateNormalGuide())], exact.FullCovarianceParameters("guide.1")).Required;
        var moments = posterior.Moments(Backend, new() { Draws = 2 });
        Assert.All(moments, m => Assert.True(m.IsExact));
        var covariance = exact.Precision.Inverse();
        Assert.Equal(exact.Mean[2], moments.Single(m => m.Site == "beta").Mean[1], 1e-12);
        Assert.Equal(Math.Sqrt(covariance[2, 2]), moments.Single(m => m.Site == "beta").StandardDeviation[1], 1e-12);
        // The moments of a log-normal are known too, those of a logit-normal are not.
        var (everything, values) = Everything();
        var plan = Evaluation.Plan(everything, new NormalGuide());
        var other = Posterior.FromParameters(everything, plan, Evaluation.Somewhere(plan)).Required.Moments(Backend, new() { Draws = 30 }, values);
        Assert.Equal([0, 0, 0, 30], other.Map(m => m.Draws));
    }

    [Fact]
    public void Moments_do_not_depend_on_how_draws_are_cut()
    {
        var (model, data) = Everything();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var posterior = Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
        Assert.Equal(posterior.Moments(Backend, new() { Draws = 17, DrawChunk = 3 }, data), posterior.Moments(Backend, new() { Draws = 17, DrawChunk = 17 }, data));
    }
}
