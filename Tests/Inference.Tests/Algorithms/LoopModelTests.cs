using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Models with loops: rows, estimators, fits and predictions.</summary>
public class LoopModelTests
{
    [Fact]
    public void RowsAreFollowedThroughLoops()
    {
        Assert.Empty(RowAnalysis.Obstacles(SequenceModels.Bind("forecast", 7, ["y"], "n", DType.F64, ("t", 6), ("d", 3)).Elaborate(7)));
        var obstacle = RowAnalysis.Obstacles(SequenceModels.Bind("overRows", 7, ["y"], "n", DType.F64).Elaborate(7)).Single();
        Assert.Equal("y", obstacle.Site.Name);
        Assert.Contains("one after the other", obstacle.Where.Why);
        Assert.Contains("sequence.prob:22", obstacle.Where.Location);
    }

    [Fact]
    public void RowsOfTheStateMustStayApart()
    {
        Tensor x = Input("x", DType.F64, [5, 7, 3]), m = Input("m", DType.F64, [3, 3]), rows = Input("rows", DType.F64, [7, 3]);
        LoopResult Run(Func<Tensor, Tensor, Tensor> step) => Loops.Scan(DType.F64, 5, [Full(DType.F64, [7, 3], 0)], [x], (c, s) =>
        {
            var next = step(c[0], s[0]);
            return new([next], [Sum(next, 1)]);
        });

        RowStatus Status(Func<Tensor, Tensor, Tensor> step, bool stacked)
        {
            var result = Run(step);
            var part = stacked ? result.Outputs[0] : result.Carries[0];
            return RowAnalysis.Of([part], [rows])[part];
        }

        Assert.Equal(RowStatus.Along(0), Status((h, s) => Tanh(h + s) * rows, stacked: false));
        Assert.Equal(RowStatus.Along(1), Status((h, s) => Tanh(h + s) * rows, stacked: true));
        Assert.Equal(RowStatus.Independent, Status((h, s) => Tanh(MatMul(h, m) + s), stacked: true));
        Assert.Contains("sums over the data rows", Assert.IsType<RowStatus.Mixed>(Status((h, s) => h + s * BroadcastTo(Sum(rows, 0), [7, 3]), stacked: false)).Why);
        Assert.Contains("sums over the data rows", Assert.IsType<RowStatus.Mixed>(Status((h, s) => rows + BroadcastTo(Sum(h, 0), [7, 3]), stacked: false)).Why);
    }

    [Fact]
    public void WeightsInALoopAreDrawnOnceForTheWholeSequence()
    {
        var divergence = new List<double>();
        foreach (var steps in new[] { 6, 9 })
        {
            var (model, _) = SequenceModels.Forecast(steps: steps);
            foreach (var estimator in (Estimator[])[new FlipoutEstimator(), new LocalEstimator()])
            {
                var plan = Evaluation.Plan(model, new NormalGuide());
                var elbo = Elbo.Build(model, plan, estimator);
                foreach (var name in new[] { "wx", "wh", "b" })
                {
                    var site = elbo.Sites.Single(s => s.Site == name);
                    Assert.Equal(("shared", "closed form"), (site.Estimator, site.Kl));
                    Assert.Contains("loop", site.Reason);
                }
                Assert.Equal(estimator.Name, elbo.Sites.Single(s => s.Site == "out.w").Estimator);
                Assert.Single(elbo.KlBySite, k => k.Item1 == "wh");
                divergence.Add(Value(plan, elbo, elbo.KlBySite.Single(k => k.Item1 == "wh").Item2));
            }
        }
        // However long the sequence, the divergence of a weight counts once.
        Assert.All(divergence, d => Assert.Equal(divergence[0], d, 1e-12));
    }

    [Fact]
    public void ARecurrentNetIsFittedOnMinibatches()
    {
        var (model, data) = SequenceModels.Forecast();
        var vi = new Vi { Estimator = new FlipoutEstimator(), Training = new() { Optimizer = new Adam { Rate = 0.03 }, Epochs = 150, Batch = 5 } };
        var fit = vi.Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required;
        Improves(fit);
        var predictions = fit.Posterior.Predict(new CpuBackend(), data, new() { Draws = 7, Seed = 3, Threads = 1 }).Required;
        Assert.Equal(13, predictions.Rows);
        Assert.All(predictions.LogDensity!.Value, v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void AnAutoregressionIsFitted()
    {
        var (model, data) = SequenceModels.Ar2();
        Improves(new Vi { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 300 } }.Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required);
    }

    [Fact]
    public void APathOfDrawsIsFittedAndDrawnStepByStep()
    {
        var (model, data) = SequenceModels.Level();
        var fit = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 300 } }.Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required;
        Improves(fit);
        var backend = new CpuBackend();
        var predictions = fit.Posterior.Predict(backend, new(new Dictionary<string, HostTensor> { ["a"] = data.Values["a"] }, 1), new() { Draws = 9, Seed = 3, Threads = 1 }).Required;
        Assert.Single(predictions.Sites);
        // A path belongs to its draw, however draws are batched.
        var chunked = fit.Posterior.Predict(backend, new(new Dictionary<string, HostTensor> { ["a"] = data.Values["a"] }, 1), new() { Draws = 9, Seed = 3, DrawChunk = 2, Threads = 2 }).Required;
        Assert.Equal(predictions.Sites[0], chunked.Sites[0]);
        Assert.Equal([11], fit.Posterior.Sample(backend, new() { Draws = 5, Seed = 3 }, data)["path.z"].Shape[1..]);
    }

    private static void Improves(FitResult fit)
    {
        Assert.All(fit.History, h => Assert.True(double.IsFinite(h.Elbo), $"the bound is {h.Elbo}"));
        double Mean(IEnumerable<double> values) => values.Average();
        var (start, end) = (Mean(fit.History.Take(5).Select(h => h.Elbo)), Mean(fit.History.TakeLast(5).Select(h => h.Elbo)));
        Assert.True(end > start + 1, $"the bound went from {start} to {end}");
    }

    private static double Value(GuidePlan plan, Elbo elbo, Tensor scalar)
    {
        var graph = new TensorGraph(elbo.Parameters, [("y", scalar)]);
        var values = Evaluation.Somewhere(plan);
        return Reference.Evaluate(graph, [.. graph.Inputs.Select(i => values[i.InputName()])])[0][0];
    }
}
