using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Intercepts and slopes that vary by county with a correlated prior: a model with a correlation factor, from text to posterior.</summary>
public class VaryingEffectsTests
{
    private const int Counties = 7, Rows = 210;
    private const double Noise = 0.5;

    private const string Text = """
        module Radon
        model radon (county : int<c>[n], floor : real[n]) = prob {
            let! mu = normal 0.0 5.0 |> iid [2]
            let! scale = exponential 1.0 |> iid [2]
            let! corr = lkjCholesky 2 2.0
            let! z = normal 0.0 1.0 |> iid [c; 2]
            let effect = deterministic (mu + z @ transpose (diag scale @ corr))
            let! sigma = exponential 1.0
            let! y = normal (effect.[county, 0] + effect.[county, 1] * floor) sigma
            return y
        }
        """;

    [Fact]
    public void AFitRecoversTheEffects()
    {
        var (county, floor, y) = Data();
        var model = Assert.Single(Checker.Check(new SourceText("radon.prob", Text)).Models);
        // The counties have names in the file, so their number comes from the labels.
        var (binding, diagnostics) = DataBinder.Bind(model,
            [new("county", HostTensor.Of([Rows], county), Counties, default), new("floor", HostTensor.Of([Rows], floor), null, default), new("y", HostTensor.Of([Rows], y), null, default)], DType.F64);
        Assert.Empty(diagnostics);
        Assert.Equal((Rows, Counties), (binding!.Sizes["n"], binding.Sizes["c"]));
        var bound = BoundProgram.Ready(model, binding.Sizes, binding.Rows, binding.Observed, DType.F64);
        var data = new DataSet(binding.Values, Rows);
        var method = new Vi { Samples = 2, Training = new() { Optimizer = new Adam { Rate = 0.03 }, Epochs = 1200, Schedule = new CosineSchedule() } };

        var fit = method.Fit(new(bound, data, new CpuBackend(), 5)).Required;

        Assert.True(fit.History[^1].Elbo > fit.History[0].Elbo, $"{fit.History[0].Elbo} to {fit.History[^1].Elbo}");
        var draws = fit.Posterior.Sample(new CpuBackend(), new() { Draws = 400, Seed = 3 }, data);
        for (var d = 0; d < 400; d++)
        {
            double[] l = [.. Enumerable.Range(0, 4).Select(i => draws["corr"][d * 4 + i])];
            Assert.True(l[0] == 1 && l[1] == 0 && l[3] > 0 && Math.Abs(l[2] * l[2] + l[3] * l[3] - 1) < 1e-12);
        }
        // Noise estimated from 210 rows less 14 effects is off by sigma / sqrt(2 * 196) = 0.025; one in a million by 4.9 times as much.
        var sigma = Enumerable.Range(0, 400).Average(d => draws["sigma"][d]);
        Assert.InRange(sigma, Noise - 0.125, Noise + 0.125);
        // What the mean effects leave over has the variance of the noise, 0.25, up to 1 + 4.9 sqrt(2 / 196); without the effects it would be above 1.
        var effect = Enumerable.Range(0, Counties * 2).Select(i => Enumerable.Range(0, 400).Average(d => draws["effect"][d * Counties * 2 + i])).ToArray();
        var left = Enumerable.Range(0, Rows).Average(i => Math.Pow(y[i] - effect[county[i] * 2] - effect[county[i] * 2 + 1] * floor[i], 2));
        Assert.InRange(left, 0, 0.25 * 1.5);
    }

    // Effects with mean (1.2, -0.6), scales 1.1 and 0.7 and correlation 0.6.
    private static (long[] County, double[] Floor, double[] Y) Data()
    {
        var random = new Random(11);
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var effects = Enumerable.Range(0, Counties).Select(_ =>
        {
            var (a, b) = (Gauss(), Gauss());
            return (Intercept: 1.2 + 1.1 * a, Slope: -0.6 + 0.7 * (0.6 * a + 0.8 * b));
        }).ToArray();
        long[] county = [.. Enumerable.Range(0, Rows).Select(i => (long)(i * 5 % Counties))];
        double[] floor = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(2) + 0.1 * Gauss())];
        return (county, floor, [.. county.Select((c, i) => effects[c].Intercept + effects[c].Slope * floor[i] + Noise * Gauss())]);
    }
}
