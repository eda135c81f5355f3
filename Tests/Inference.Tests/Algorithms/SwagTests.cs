using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

public class SwagTests
{
    private static readonly ReferenceBackend Backend = new();
    private static readonly int[] Collected = [6, 8, 10, 12];

    private static TrainingOptions Options(int epochs) => new() { Optimizer = new Sgd { Rate = 0.3, Momentum = 0.4 }, Epochs = epochs, Batch = 4 };

    private static Swag Method(int rank) => new() { Rank = rank, BurnIn = 4, Every = 2, Training = Options(12) };

    // What a run has come to after each of the epochs collected: runs of that length.
    private static List<IReadOnlyDictionary<string, HostTensor>> Points(Func<int, Algorithm> of)
    {
        var (model, data) = Samples.Net();
        return [.. Collected.Select(e => of(e).Fit(new(model, data, Backend, 9)).Required.Posterior.Parameters)];
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(0)]
    public void TheMomentsAreThoseOfThePointsCollected(int rank)
    {
        var (model, data) = Samples.Net();
        var fit = Method(rank).Fit(new(model, data, Backend, 9)).Required;
        var points = Points(e => new Map { Training = Options(e) });
        var held = Math.Min(rank, 4);
        Assert.Equal($"swagPosterior {{ columns = {held}; scale = 1.0 }}", fit.Posterior.Guide.Clauses[0].ToString());
        Assert.All(fit.Sites, s => Assert.StartsWith("swagPosterior", s.Family));
        foreach (var site in new[] { "h.w", "h.b", "out.w", "out.b" })
        {
            double[][] values = [.. points.Select(p => p[site + ".loc"].ToDoubles())];
            var n = values[0].Length;
            var (mean, variance) = (fit.Posterior.Parameters[site + ".mean"], fit.Posterior.Parameters[site + ".variance"]);
            var deviations = held > 0 ? fit.Posterior.Parameters[site + ".deviations"].ToDoubles() : [];
            for (var i = 0; i < n; i++)
            {
                double[] x = [.. values.Select(v => v[i])];
                Assert.Equal(x.Average(), mean[i], 1e-13);
                Assert.Equal(x.Average(v => v * v) - x.Average() * x.Average(), variance[i], 1e-13);
                // Column k is its point minus the mean of the points up to it.
                for (var k = 0; k < held; k++)
                {
                    var number = 4 - held + k;
                    Assert.Equal(x[number] - x[..(number + 1)].Average(), deviations[k * n + i], 1e-13);
                }
            }
        }
    }

    [Fact]
    public void DrawsHaveTheCovarianceOfTheDenseFormula()
    {
        // Component h.b[0] with out.w[1, 0]: sites share one low-rank draw. Fewer points than the rank: the divisor is the number held less one.
        var (model, data) = Samples.Net();
        var posterior = Method(20).Fit(new(model, data, Backend, 9)).Required.Posterior;
        var draws = posterior.Sample(Backend, new() { Draws = 20000, Seed = 2 });
        double[] Component(string site, int i) => [.. Enumerable.Range(0, 20000).Select(s => draws[site][s * (draws[site].Shape.Size / 20000) + i])];
        double[] Deviations(string site, int i) { var d = posterior.Parameters[site + ".deviations"]; return [.. Enumerable.Range(0, 4).Select(k => d[k * (d.Shape.Size / 4) + i])]; }
        var (a, b) = (Component("h.b", 0), Component("out.w", 2));
        var (meanA, meanB) = (posterior.Parameters["h.b.mean"][0], posterior.Parameters["out.w.mean"][2]);
        var (da, db) = (Deviations("h.b", 0), Deviations("out.w", 2));
        var variance = posterior.Parameters["h.b.variance"][0] / 2 + da.Sum(v => v * v) / (2 * 3);
        var covariance = da.Zip(db, (x, y) => x * y).Sum() / (2 * 3);
        ProbNet.Tests.Support.Stat.MeanIs(1, [.. a.Select(v => (v - meanA) * (v - meanA) / variance)], resolve: 0.15, cases: 2, "variance");
        ProbNet.Tests.Support.Stat.MeanIs(1, [.. a.Zip(b, (x, y) => (x - meanA) * (y - meanB) / covariance)], resolve: 0.6, cases: 2, "covariance");
    }

    [Fact]
    public void TheAverageIsThePlainMean()
    {
        var (model, data) = Samples.Net();
        var fit = new Swa { BurnIn = 4, Every = 2, Training = Options(12) }.Fit(new(model, data, Backend, 9)).Required;
        var points = Points(e => new Map { Training = Options(e) });
        Assert.True(fit.Posterior.IsPoint);
        foreach (var (name, value) in fit.Posterior.Parameters)
        {
            for (var i = 0; i < value.Shape.Size; i++) Assert.Equal(points.Average(p => p[name][i]), value[i], 1e-13);
        }
    }

    [Fact]
    public void MembersGatherTheirOwnMoments()
    {
        var (model, data) = Samples.Net();
        var fit = new MultiSwag { Members = 2, Rank = 3, BurnIn = 4, Every = 2, Training = Options(12) }.Fit(new(model, data, Backend, 9)).Required;
        var points = Points(e => new Ensemble { Members = 2, Training = Options(e) });
        var (mean, deviations) = (fit.Posterior.Parameters["h.w.mean"], fit.Posterior.Parameters["h.w.deviations"]);
        Assert.Equal([2, 3, 3, 5], deviations.Shape);
        for (var m = 0; m < 2; m++)
        {
            for (var i = 0; i < 15; i++)
            {
                double[] x = [.. points.Select(p => p["h.w.loc"][m * 15 + i])];
                Assert.Equal(x.Average(), mean[m * 15 + i], 1e-13);
                Assert.Equal(x[2] - x[..3].Average(), deviations[(m * 3 + 1) * 15 + i], 1e-13);
            }
        }
    }

    [Fact]
    public void SavedMomentsGoOnWithTheSameBits()
    {
        var collection = new Collection(0, 1, 9);
        EqArray<Shape> shapes = [[3], [2, 2]];
        EqArray<HostTensor> Point(int e) => [HostTensor.FromDoubles(DType.F32, [3], Samples.Numbers(3, e)), HostTensor.FromDoubles(DType.F32, [2, 2], Samples.Numbers(4, 50 + e))];
        RunningMoments New() => new(collection, shapes, DType.F32, 3);
        var (through, before, after) = (New(), New(), New());
        for (var e = 1; e <= 9; e++) through.Take(e, Point(e));
        for (var e = 1; e <= 5; e++) before.Take(e, Point(e));
        var saved = before.Save();
        before.Take(6, Point(77));
        after.Restore(saved);
        for (var e = 6; e <= 9; e++) after.Take(e, Point(e));
        Assert.Equal(through.Save().OrderBy(p => p.Key), after.Save().OrderBy(p => p.Key));
        Assert.Equal(9, after.Count);
    }

    [Fact]
    public void VariancesOfDistantPointsKeepTheirDigits()
    {
        // The mean of squares minus the square of the mean would lose all of them.
        var moments = new RunningMoments(new(0, 1, 3), [[1]], DType.F64, 2);
        for (var e = 1; e <= 3; e++) moments.Take(e, [HostTensor.Of([1], [1e9 + e])]);
        Assert.Equal(2.0 / 3, moments.Variance(0)[0], 1e-12);
    }

    [Fact]
    public void AfterTheBurnInTheStepSizeIsConstant()
    {
        var schedule = new CollectingSchedule(new CosineSchedule { Floor = 0.5 }, 4, 0.2);
        double At(int step) => Reference.Evaluate(new TensorGraph([], [("f", schedule.Factor(Constant(DType.F64, step), new(30, 3)))]), [])[0][0];
        Assert.Equal(1, At(0), 1e-12);
        Assert.Equal(0.75, At(6), 1e-12);
        Assert.Equal([0.2, 0.2], new[] { At(12), At(29) });
        // And the fit steps with it: a rate of almost nothing leaves all points where the burn-in ended.
        var (model, data) = Samples.Net();
        var fit = (Method(3) with { CollectRate = 1e-9 }).Fit(new(model, data, Backend, 9)).Required;
        var end = new Map { Training = Options(4) }.Fit(new(model, data, Backend, 9)).Required;
        Assert.Equal(end.Posterior.Parameters["h.w.loc"][7], fit.Posterior.Parameters["h.w.mean"][7], 1e-6);
    }

    [Fact]
    public void WhatCannotBeCollectedIsRefused()
    {
        var (model, data) = Samples.Net();
        string Why(Algorithm method, BoundModel? other = null, DataSet? rows = null) => Assert.IsType<FitOutcome.Refused>(method.Fit(new(other ?? model, rows ?? data, Backend, 1))).Diagnostics[0].Message;
        Assert.Contains("leaves nothing to collect", Why(Method(3) with { BurnIn = 12 }));
        Assert.Contains("only 1 point", Why(Method(3) with { BurnIn = 10 }));
        Assert.Contains("only 1 point", Why(new Swa { BurnIn = 10, Every = 2, Training = Options(12) }));
        Assert.Contains("K - 1 is 0", Why(Method(1)));
        Assert.Contains("K - 1 is 0", Why(new MultiSwag { Rank = 1, Training = Options(12) }));
        Assert.Contains("epochs = 12 and steps = 5", Why(Method(3) with { Training = Options(12) with { Steps = 5 } }));
        var bound = AlgorithmRegistry.Algorithms.Bind(new OptionValue.Call("swag", [], [new("earlyStop", new OptionValue.Integer(3))]));
        Assert.Equal(InferenceCodes.UnknownOption, Assert.Single(bound.Diagnostics).Code);
    }

    [Fact]
    public void ThreeQuartersAreBurnedIn()
    {
        var (model, data) = Samples.Net();
        var posterior = new Swag { Training = Options(12) }.Fit(new(model, data, Backend, 9)).Required.Posterior;
        Assert.Equal([3, 3, 5], posterior.Parameters["h.w.deviations"].Shape);
    }

    [Fact]
    public void ARunThatIsStoppedKeepsItsPoint()
    {
        using var source = new CancellationTokenSource();
        var (model, data) = Samples.Net();
        var fit = Method(3).Fit(new(model, data, Backend, 9) { Cancel = source.Token, Progress = r => { if (r.Epoch == 5) source.Cancel(); } }).Required;
        Assert.Equal(StopReason.Cancelled, fit.Stop);
        Assert.True(fit.Posterior.IsPoint);
        Assert.Equal(InferenceCodes.NothingCollected, Assert.Single(fit.Warnings).Code);
    }
}
