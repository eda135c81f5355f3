using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Objectives;

/// <summary>Auxiliary noise: fresh in every step, draw and row, without a term of its own.</summary>
public class NoiseTests
{
    private const string Program = """
        module Noise

        model noisy (x : real[n]) = prob {
            let! mu = normal 0.4 1.6
            let! e = noise (normal 0.0 0.7 |> iid [n])
            let! y = normal (mu * x + e) 1.3
            return y
        }

        model dropped (x : real[n, 5]) = prob {
            let! bias = normal 0.0 0.001
            let! d = x |> dropout 0.25
            let kept = deterministic d
            let! y = normal (sumAxis 1 d + bias) 0.5
            return y
        }
        """;

    [Fact]
    public void NoiseIsNoSite()
    {
        var graph = Source.Bind(Program, "noisy", 7, ["y"]).Elaborate(7);
        Assert.Equal(["mu", "y"], graph.Sites.Select(s => s.Name));
        var noise = Assert.Single(graph.Noises);
        Assert.Equal(("e", true, "normal"), (noise.Name, noise.PerRow, noise.Distribution.Family.Name));
    }

    [Fact]
    public void TheBoundAveragesTheLikelihoodOverTheNoise()
    {
        var (model, data) = (Source.Bind(Program, "noisy", 7, ["y"]), Data(7));
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var parameters = new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, 0.8) };
        var elbo = Evaluation.Build(model, plan, batch: 3);
        double[] draws = [.. Enumerable.Range(0, 3000).Select(step => Evaluation.At(elbo, [elbo.ExpectedLogLikelihood], parameters, data, step: step, index: [1, 4, 6], weight: [3, 3, 3])[0][0])];
        double expected = 0;
        foreach (var i in new[] { 1, 4, 6 })
        {
            var residual = data.Values["y"][i] - 0.8 * data.Values["x"][i];
            expected += 3 * (-0.5 * Math.Log(2 * Math.PI) - Math.Log(1.3) - (residual * residual + 0.7 * 0.7) / (2 * 1.3 * 1.3));
        }
        Stat.MeanIs(expected, draws, resolve: 1, cases: 1, "expected log-likelihood");
    }

    [Fact]
    public void ARowsNoiseBelongsToTheRowAndTheStep()
    {
        var (model, data) = (Source.Bind(Program, "noisy", 7, ["y"]), Data(7));
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var parameters = new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, 0.8) };
        var (full, part) = (Evaluation.Build(model, plan), Evaluation.Build(model, plan, batch: 3));
        double[] Residuals(ProbNet.Inference.Objectives.Elbo elbo, long step, long[]? index = null) =>
            Evaluation.At(elbo, [Vjp.Gradients(elbo.ExpectedLogLikelihood, [elbo.Data.Values.Single(v => v.Name == "y").Input])[0]], parameters, data, step: step, index: index, weight: [1, 1, 1])[0].ToDoubles();
        var all = Residuals(full, 5);
        var some = Residuals(part, 5, [6, 1, 4]);
        foreach (var row in new[] { 1, 4, 6 }) Assert.Equal(all[row], some[row], 1e-12);
        // The gradient of log p(y) by y is -(y - mu x - e) / 1.3^2.
        Assert.Equal(7, all.Select((g, i) => Math.Round(g * 1.69 + data.Values["y"][i] - 0.8 * data.Values["x"][i], 9)).Distinct().Count());
        var next = Residuals(full, 6);
        Assert.All(all.Zip(next), r => Assert.NotEqual(r.First, r.Second));
    }

    [Fact]
    public void DropoutKeepsTheMeanAndZeroesItsShareInDrawsAndPredictions()
    {
        var model = Source.Bind(Program, "dropped", 3, ["y"]);
        var x = HostTensor.Of([3, 5], [1.0, 2, 3, 4, 5, -1, -2, -3, -4, -5, 0.5, 1.5, 2.5, 3.5, 4.5]);
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = x, ["y"] = HostTensor.Of([3], [1.0, 2, 3]) }, 3);
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var posterior = Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, 0) }).Required;
        const int draws = 4000;
        var kept = posterior.Sample(new CpuBackend(), new() { Draws = draws, Seed = 3 }, data)["kept"];
        for (var i = 0; i < 15; i++)
        {
            double[] own = [.. Enumerable.Range(0, draws).Select(d => kept[d * 15 + i])];
            Assert.All(own, v => Assert.True(v == 0 || Math.Abs(v - x[i] / 0.75) < 1e-12));
            Stat.MeanIs(0.25, [.. own.Select(v => v == 0 ? 1.0 : 0)], resolve: 0.1, cases: 45, $"share of zeros at {i}");
            // Units and rows are dropped independently.
            double[] together = [.. Enumerable.Range(0, draws).Select(d => (kept[d * 15 + i] == 0 ? 1.0 : 0) * (kept[d * 15 + (i + 5) % 15] == 0 ? 1 : 0))];
            Stat.MeanIs(0.0625, together, resolve: 0.06, cases: 45, $"zeros at {i} and {(i + 5) % 15}");
        }
        // A point predicts with the noise: var y = 0.5^2 + sum x^2 rate / (1 - rate), of which the noise's part is spread over draws.
        var prediction = (SitePrediction.Real)posterior.Predict(new CpuBackend(), data, new() { Draws = draws, Seed = 5 }).Required["y"];
        for (var row = 0; row < 3; row++)
        {
            var spread = Enumerable.Range(0, 5).Sum(k => x[row * 5 + k] * x[row * 5 + k]) / 3;
            Assert.Equal(0.25, prediction.Summary.AleatoricVariance[row], 1e-9);
            // The variance of n draws of a bounded sum has a relative error of about sqrt(2 / n); five such.
            Assert.InRange(prediction.Summary.EpistemicVariance[row] / spread, 1 - 5 * Math.Sqrt(2.0 / draws), 1 + 5 * Math.Sqrt(2.0 / draws));
        }
    }

    [Fact]
    public void PredictionsWithNoiseDoNotDependOnChunks()
    {
        var (model, data) = (Source.Bind(Program, "noisy", 7, ["y"]), Data(7));
        var plan = Evaluation.Plan(model, new NormalGuide());
        var posterior = Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
        var one = posterior.Predict(new CpuBackend(), data, new() { Draws = 19, Seed = 3 }).Required;
        foreach (var (rows, draws) in new[] { (2, 2), (3, 5), (7, 19) })
        {
            var other = posterior.Predict(new CpuBackend(), data, new() { Draws = 19, Seed = 3, RowChunk = rows, DrawChunk = draws }).Required;
            Assert.Equal(one.LogDensity, other.LogDensity);
        }
    }

    private static DataSet Data(int rows) => new(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([rows], 3), ["y"] = Samples.Tensor([rows], 5) }, rows);
}
