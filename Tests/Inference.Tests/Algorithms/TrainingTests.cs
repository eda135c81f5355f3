using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

public class TrainingTests
{
    private static readonly ReferenceBackend Backend = new();

    private static Vi Flipout => new() { Estimator = new FlipoutEstimator(), Training = new() { Optimizer = new Adam { Rate = 0.02 }, Epochs = 6, Batch = 4 } };

    [Fact]
    public void TheSameSeedGivesTheSameFitBitForBit()
    {
        var (model, data) = Samples.Net(DType.F32);
        var one = Flipout.Fit(new(model, data, Backend, 42)).Required;
        var two = Flipout.Fit(new(model, data, Backend, 42)).Required;
        var other = Flipout.Fit(new(model, data, Backend, 43)).Required;
        AssertSame(one, two);
        Assert.NotEqual(one.Posterior.Parameters["h.w.loc"], other.Posterior.Parameters["h.w.loc"]);
        Assert.Equal(6 * 3, one.Steps);
        Assert.Equal(6, one.History.Count);
    }

    [Fact]
    public async Task TwoFitsOnTwoThreadsEqualTheTwoRunAlone()
    {
        var net = Samples.Net();
        var schools = Samples.Schools();
        var second = new Vi { Samples = 3, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 40 } };
        var (alone1, alone2) = (Flipout.Fit(new(net.Model, net.Data, Backend, 5)).Required, second.Fit(new(schools.Model, schools.Data, Backend, 5)).Required);
        var together = await Task.WhenAll(
            Task.Run(() => Flipout.Fit(new(net.Model, net.Data, Backend, 5)).Required),
            Task.Run(() => second.Fit(new(schools.Model, schools.Data, Backend, 5)).Required));
        AssertSame(alone1, together[0]);
        AssertSame(alone2, together[1]);
    }

    [Fact]
    public void EpochsArePermutationsThatDependOnSeedAndEpochOnly()
    {
        var (a, b) = (new Minibatches(17, 5, 9), new Minibatches(17, 5, 9));
        a.Shuffle(1);
        a.Shuffle(2);
        b.Shuffle(2);
        long[] Rows(Minibatches m) => [.. Enumerable.Range(0, m.Count).SelectMany(k => { m.Take(k); return m.Index.Zip(m.Weight).Where(r => r.Second > 0).Select(r => r.First).ToArray(); })];
        var rows = Rows(a);
        Assert.Equal(rows, Rows(b));
        Assert.Equal(Enumerable.Range(0, 17).Select(i => (long)i), rows.Order());
        b.Shuffle(3);
        Assert.NotEqual(rows, Rows(b));
        a.Take(3);
        Assert.Equal([4.0, 4, 0, 0, 0], a.Weight);
        Assert.All(a.Index, i => Assert.InRange(i, 0, 16));
    }

    [Fact]
    public void EveryRowIsEquallyLikelyEverywhere()
    {
        // Fisher and Yates: each row comes first in 1/7 of the epochs.
        var batches = new Minibatches(7, 2, 4);
        var first = new int[7];
        for (var epoch = 0; epoch < 7000; epoch++)
        {
            batches.Shuffle(epoch);
            batches.Take(0);
            first[batches.Index[0]]++;
        }
        ProbNet.Tests.Support.Stat.FrequenciesAre([.. Enumerable.Repeat(1.0 / 7, 7)], first, 7000, resolve: 0.08, cases: 1, "first row of an epoch");
    }

    [Fact]
    public void EarlyStoppingGoesBackToTheBestEpoch()
    {
        // Training and validation disagree, so that validation gets worse after a while: 7 values around -2 against 5 around -0.5.
        var (model, _) = Samples.Mean();
        var train = Values(7, -2);
        var validation = Values(5, -0.5);
        var vi = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 200, EarlyStop = 7, ValidationDraws = 3 } };
        var seen = new List<EpochRecord>();
        var result = vi.Fit(new(model, train, Backend, 1) { Validation = validation, Progress = seen.Add }).Required;
        Assert.Equal(StopReason.EarlyStop, result.Stop);
        Assert.Equal(seen, result.History);
        var best = result.History.MinBy(r => r.ValidationNll)!;
        Assert.Equal(best.Epoch, result.BestEpoch);
        Assert.True(best.IsBest);
        Assert.Equal(best.Epoch + 7, result.History[^1].Epoch);
        Assert.True(result.BestEpoch > 1 && result.Steps < 200);
        // The parameters are those of a run that is stopped at the best epoch.
        var shorter = vi with { Training = vi.Training with { Epochs = result.BestEpoch } };
        AssertSameParameters(shorter.Fit(new(model, train, Backend, 1) { Validation = validation }).Required.Posterior, result.Posterior);
        // And their validation score is the recorded one.
        var predictions = result.Posterior.Predict(Backend, validation, new() { Draws = 3, Seed = 1 }).Required;
        Assert.Equal(best.ValidationNll!.Value, predictions.Nll!.Value, 1e-12);
    }

    [Fact]
    public void WithoutValidationTheBoundDecides()
    {
        var (model, data) = Samples.Mean();
        var vi = new Vi { Samples = 30, Training = new() { Optimizer = new Adam { Rate = 0.1 }, Epochs = 3000, EarlyStop = 12 } };
        var result = vi.Fit(new(model, data, Backend, 1)).Required;
        Assert.Equal(StopReason.EarlyStop, result.Stop);
        Assert.Equal(result.History.MaxBy(r => r.Elbo)!.Epoch, result.BestEpoch);
    }

    [Fact]
    public void AFitCanBeCancelled()
    {
        using var source = new CancellationTokenSource();
        var (model, data) = Samples.Net();
        var result = (Flipout with { Training = Flipout.Training with { Epochs = 50 } })
            .Fit(new(model, data, Backend, 1) { Cancel = source.Token, Progress = r => { if (r.Epoch == 3) source.Cancel(); } }).Required;
        Assert.Equal(StopReason.Cancelled, result.Stop);
        Assert.Equal(9, result.Steps);
    }

    [Fact]
    public void ANumberThatStopsBeingOneIsNamedAndTheLastGoodStateIsKept()
    {
        // The scale of y is sigma - 0.2, of which the logarithm is taken once sigma falls below 0.2: data with little spread drives it there.
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0), b.Real(2)));
            var sigma = b.Draw("sigma", HalfNormal.Of(b.Real(1)));
            b.Draw("y", Normal.Of(mu, Log(sigma * 3)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([5], [0.31, 0.3, 0.32, 0.29, 0.305]) }, 5);
        var map = new Map { Training = new() { Optimizer = new Sgd { Rate = 0.05 }, Steps = 500 } };
        var failed = Assert.IsType<FitOutcome.Failed>(map.Fit(new(model, data, Backend, 1)));
        Assert.Equal("y", failed.Failure.Site);
        Assert.Equal("model.prob:3:1", failed.Failure.Location);
        Assert.True(failed.Failure.Step > 0);
        Assert.Equal(failed.Failure.Step, failed.LastGood.Steps);
        Assert.Equal(StopReason.NumericalFailure, failed.LastGood.Stop);
        Assert.Contains("'y'", failed.Failure.ToString());
        // The state is that of a run stopped just before.
        var before = map with { Training = map.Training with { Steps = (int)failed.Failure.Step } };
        AssertSameParameters(before.Fit(new(model, data, Backend, 1)).Required.Posterior, failed.LastGood.Posterior);
        Assert.All(failed.LastGood.Posterior.Parameters.Values, p => Assert.All(p.ToDoubles(), v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void ANonFiniteGradientIsCaughtBeforeItReachesTheParameters()
    {
        // sqrt has an infinite derivative at 0, where its value is fine: the penalty |z|^(1/2) of a point at 0.
        var model = ModelBuilder.Bind(3, ["y"], b =>
        {
            var z = b.Draw("z", Normal.Of(b.Real(0), b.Real(2)));
            b.Draw("y", Normal.Of(Sqrt(Abs(z)), b.Real(1)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([3], 2) }, 3);
        var failed = Assert.IsType<FitOutcome.Failed>(new Map { Training = new() { Steps = 5 } }.Fit(new(model, data, Backend, 1)));
        Assert.Contains("gradient", failed.Failure.Operation);
        Assert.Equal(0, failed.Failure.Step);
        Assert.Equal(0, failed.LastGood.Posterior.Parameters["z.loc"][0]);
    }

    [Fact]
    public void NonFiniteDataIsNamed()
    {
        var (model, data) = Samples.Regression();
        var x = data.Values["x"].ToDoubles();
        x[4] = double.NaN;
        var bad = new DataSet(new Dictionary<string, HostTensor>(data.Values) { ["x"] = HostTensor.Of([13, 3], x) }, 13);
        var failed = Assert.IsType<FitOutcome.Failed>(new Vi { Training = new() { Steps = 5 } }.Fit(new(model, bad, Backend, 1)));
        Assert.Contains("'x'", failed.Failure.Hint);
    }

    [Fact]
    public void MinibatchesOfMixedRowsAreRefusedWithThePlace()
    {
        var model = ModelBuilder.Bind(6, ["y"], b =>
        {
            var x = b.PerRow("x", []);
            var slope = b.Draw("slope", Normal.Of(b.Real(0), b.Real(1.5)));
            b.Draw("y", Normal.Of((x - Mean(x, 0).WithOrigin(new(null, "model.prob:9:9"))) * slope, b.Real(0.5)), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([6], 1), ["y"] = Samples.Tensor([6], 2) }, 6);
        var vi = new Vi { Training = new() { Steps = 3, Batch = 4 } };
        var refused = Assert.IsType<FitOutcome.Refused>(vi.Fit(new(model, data, Backend, 1)));
        var diagnostic = Assert.Single(refused.Diagnostics);
        Assert.Equal(InferenceCodes.MixedRows, diagnostic.Code);
        Assert.Contains("sums over the data rows", diagnostic.Message);
        Assert.Equal("model.prob:3:1", diagnostic.Span.Location);
        Assert.False(vi.Explain(model).Diagnostics.IsEmpty);
        Assert.IsType<FitOutcome.Fitted>((vi with { Training = new() { Steps = 3 } }).Fit(new(model, data, Backend, 1)));
    }

    [Fact]
    public void MinibatchesOfAModelThatUsesTheNumberOfRowsAreRefused()
    {
        var model = ModelBuilder.Bind(6, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0), b.Real(1.5 / b.Rows)));
            b.Draw("y", Normal.Of(mu, b.Real(0.5)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([6], 2) }, 6);
        var refused = Assert.IsType<FitOutcome.Refused>(new Vi { Training = new() { Steps = 3, Batch = 4 } }.Fit(new(model, data, Backend, 1)));
        Assert.Contains("number of data rows", Assert.Single(refused.Diagnostics).Message);
    }

    [Fact]
    public void DataThatDoesNotFitIsRefusedBeforeAnythingRuns()
    {
        var (model, data) = Samples.Regression();
        EqArray<Language.Diagnostic> Why(DataSet d) => Assert.IsType<FitOutcome.Refused>(new Vi().Fit(new(model, d, Backend, 1))).Diagnostics;
        var missing = new DataSet(new Dictionary<string, HostTensor> { ["x"] = data.Values["x"] }, 13);
        Assert.Contains("'y'", Assert.Single(Why(missing)).Message);
        var column = new DataSet(new Dictionary<string, HostTensor> { ["x"] = data.Values["x"], ["y"] = data.Values["y"].Reshape([13, 1]) }, 13);
        Assert.Contains("never broadcast", Assert.Single(Why(column)).Message);
        var single = new DataSet(new Dictionary<string, HostTensor> { ["x"] = data.Values["x"].Convert(DType.F32), ["y"] = data.Values["y"] }, 13);
        Assert.Contains("f32", Assert.Single(Why(single)).Message);
        Assert.IsType<FitOutcome.Refused>(new Vi { Training = new() { Epochs = 2, Steps = 3 } }.Fit(new(model, data, Backend, 1)));
    }

    [Fact]
    public void PerRowLatentValuesAreTrainedOnMinibatches()
    {
        var (model, data) = Samples.Schools();
        var vi = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 4, Batch = 3 } };
        var result = vi.Fit(new(model, data, Backend, 1)).Required;
        var initial = Evaluation.InitialValues(Evaluation.Plan(model, new NormalGuide()), seed: 1);
        // Every row's own parameters have moved.
        for (var i = 0; i < 8; i++) Assert.NotEqual(initial["z.loc"][i], result.Posterior.Parameters["z.loc"][i]);
    }

    [Fact]
    public void ExplainSaysWhatIsDoneAndWhyNotOtherwise()
    {
        var (model, _) = Samples.Net();
        var sites = Flipout.Explain(model).Required.Sites;
        Assert.Equal(["flipout", "shared", "flipout", "shared"], sites.Select(s => s.Estimator));
        Assert.Contains("broadcast addition", sites[1].Reason);
        Assert.Equal("", sites[0].Reason);
        Assert.Equal("model.prob:2:1", sites[0].Location);
        Assert.Equal(["h.w.loc", "h.w.rho"], sites[0].Parameters.Select(p => p.Name));
        Assert.NotNull(Flipout.Explain(model).Required.Step);
    }

    private static DataSet Values(int count, double centre) =>
        new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([count], [.. Samples.Numbers(count, 3).Select(v => centre + 0.2 * v)]) }, count);

    private static void AssertSame(FitResult one, FitResult two)
    {
        Assert.Equal(one.History, two.History);
        AssertSameParameters(one.Posterior, two.Posterior);
    }

    private static void AssertSameParameters(Posterior one, Posterior two)
    {
        Assert.Equal(one.Parameters.Keys.Order(), two.Parameters.Keys.Order());
        foreach (var (name, value) in one.Parameters) Assert.True(value.Equals(two.Parameters[name]), name);
    }
}
