using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>A fit on a backend that runs ahead of its loop is that on one that does not, bit for bit, failures included, and waits for the backend only where a number is wanted.</summary>
public sealed class AsynchronousTests
{
    private static readonly CpuBackend Backend = new();

    // 11 rows in batches of 4: the last batch of an epoch has 3.
    private static (Vi Algorithm, FitRequest Request) Net(int seed)
    {
        var (model, data) = Samples.Net(DType.F32);
        var training = new TrainingOptions { Optimizer = new Adam { Rate = 0.15 }, Schedule = new CosineSchedule(), Epochs = 9, Batch = 4, Clip = 3, EarlyStop = 3, ValidationDraws = 2 };
        return (new() { Estimator = new FlipoutEstimator(), KlWarmup = 2.5, Training = training }, new(model, data, Backend, seed) { Validation = Samples.Net(DType.F32, 5).Data, Threads = 1 });
    }

    // The logarithm of 1 + slope x: row 7, where x = -1, is not finite once the slope, which all rows pull up, is above 1. Only steps whose batch has that row fail.
    private static (Map Algorithm, FitRequest Request) Failing(int steps, double rate)
    {
        var model = ModelBuilder.Bind(11, ["y"], b =>
        {
            var x = b.PerRow("x", []);
            var slope = b.Draw("slope", Normal.Of(b.Real(0), b.Real(30)));
            b.Draw("y", Normal.Of(Log(x * slope + 1), b.Real(3)), perRow: true);
        });
        var (x, y) = (Enumerable.Range(0, 11).Select(i => i == 7 ? -1 : 0.1 + i / 20.0), Enumerable.Range(0, 11).Select(i => i == 7 ? -50 : 3.7));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of([11], [.. x]), ["y"] = HostTensor.Of([11], [.. y]) }, 11);
        return (new() { Training = new() { Optimizer = new Sgd { Rate = rate }, Steps = steps, Batch = 2 } }, new(model, data, Backend, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AFitWithEverythingOnIsTheSame(int seed)
    {
        var (vi, request) = Net(seed);
        var (log, ahead) = (new List<EpochRecord>(), new AsynchronousBackend(Backend));
        var found = vi.Fit(request with { Backend = ahead, Progress = log.Add }).Required;
        Interrupting.AssertSame(vi.Fit(request).Required, found);
        Assert.Equal(found.History, log);
        Assert.Equal(3, ahead.Ahead);
    }

    [Fact]
    public void NumbersAreReadForRecordsOnly()
    {
        // 2 batches an epoch, of which every 4th is recorded: 8 steps.
        var (model, data) = Samples.Mean();
        var vi = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.01 }, Steps = 9_001, Batch = 4 } };
        var (plain, ahead) = (new FitRequest(model, data, Backend, 3), new AsynchronousBackend(Backend));
        var found = vi.Fit(plain with { Backend = ahead }).Required;
        Interrupting.AssertSame(vi.Fit(plain).Required, found);
        Assert.Equal(9_001, ahead.Steps);
        // The verdict and two sums for a record, both parameters at the end, and verdicts between records where the machine was busy elsewhere.
        Assert.InRange(ahead.Reads, 3 * found.History.Count + 2, 3 * found.History.Count + 2 + 100);
        Assert.InRange(found.History.Count, 1000, 1200);
        Assert.Equal(8, ahead.Ahead);
    }

    [Theory]
    [InlineData(600, 0.01, false)]
    [InlineData(40_000, 0.01, false)]
    [InlineData(40_000, 0.002, false)]
    [InlineData(40_000, 0.01, true)]
    public void AFailureIsFoundAtItsStep(int steps, double rate, bool isOfMembers)
    {
        var (map, request) = Failing(steps, rate);
        Algorithm method = isOfMembers ? new Ensemble { Members = 3, Training = map.Training } : map;
        var ahead = new AsynchronousBackend(Backend);
        var expected = Assert.IsType<FitOutcome.Failed>(method.Fit(request));
        var found = Assert.IsType<FitOutcome.Failed>(method.Fit(request with { Backend = ahead }));
        Assert.Equal(expected.Failure, found.Failure);
        Assert.Equal(isOfMembers ? 1 : null, found.Failure.Member);
        Assert.Equal("y", found.Failure.Site);
        Assert.Contains("logarithm", found.Failure.Operation);
        Interrupting.AssertSame(expected.LastGood, found.LastGood);
        // It is the step whose batch has the row, in the middle of the run, and others had run by the time it was found.
        var step = found.Failure.Step;
        var batches = new Minibatches(11, 2, request.Seed);
        batches.Shuffle(found.Failure.Epoch);
        batches.Take((int)(step % batches.Count));
        Assert.Contains(7, batches.Index);
        Assert.Equal(step / batches.Count + 1, found.Failure.Epoch);
        Assert.InRange(step, 30, ahead.Steps - 2);
    }

    [Fact]
    public void AFitThatIsStoppedAfterItsFailureHasFailed()
    {
        var (map, request) = Failing(40_000, 0.01);
        var expected = Assert.IsType<FitOutcome.Failed>(map.Fit(request));
        using var stop = new CancellationTokenSource();
        var (ahead, failing) = (new AsynchronousBackend(Backend), (int)expected.Failure.Step + 1);
        var found = Assert.IsType<FitOutcome.Failed>(map.Fit(request with { Backend = new StepCountingBackend(ahead, step => { if (step == failing + 1) stop.Cancel(); }), Cancel = stop.Token }));
        Assert.Equal(expected.Failure, found.Failure);
        Assert.Equal(failing + 1, ahead.Steps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void AFitThatIsStoppedGoesOn(int every)
    {
        var (vi, request) = Net(2);
        Interrupting.AssertSame(vi.Fit(request).Required, Interrupting.Run(vi, request with { Backend = new AsynchronousBackend(Backend) }, every).Result);
    }

    [Fact]
    public void StatesSavedOnTheWayAreTheSameOnEither()
    {
        var (vi, request) = Net(2);
        List<PhaseState> Saved(Algorithm method, FitRequest fit, IBackend backend)
        {
            var states = new List<PhaseState>();
            method.Fit(fit with { Backend = backend, Checkpoints = new(s => states.Add(s.Held())) { Epochs = 1 } });
            return states;
        }
        var (expected, found) = (Saved(vi, request, Backend), Saved(vi, request, new AsynchronousBackend(Backend)));
        AssertSame(expected, found);
        // A state of either goes on on the other.
        var alone = vi.Fit(request).Required;
        foreach (var (one, other) in expected.Zip(found))
        {
            Interrupting.AssertSame(alone, vi.Fit(request with { Resume = new([other]) }).Required);
            Interrupting.AssertSame(alone, vi.Fit(request with { Resume = new([one]), Backend = new AsynchronousBackend(Backend) }).Required);
        }
        // None is saved after a failure.
        var (map, failing) = Failing(40_000, 0.01);
        AssertSame(Saved(map, failing, Backend), Saved(map, failing, new AsynchronousBackend(Backend)));

        static void AssertSame(List<PhaseState> expected, List<PhaseState> found)
        {
            Assert.True(expected.Count > 3);
            Assert.Equal(expected.Count, found.Count);
            foreach (var (one, other) in expected.Zip(found))
            {
                Assert.Equal(Untimed(one.Position), Untimed(other.Position));
                Assert.Equal(one.Tensors.Keys.Order(), other.Tensors.Keys.Order());
                foreach (var (name, value) in one.Tensors) Assert.Equal(value.Read(), other.Tensors[name].Read());
            }
        }

        static TrainingPosition Untimed(TrainingPosition at) => at with { CompileSeconds = 0, StepSeconds = 0, TotalSeconds = 0, TimedSteps = 0 };
    }

    [Fact]
    public void NothingMovesAfterAStepThatWasNotFinite()
    {
        var (map, request) = Failing(600, 0.01);
        var guide = Evaluation.Plan(request.Model, new DeltaGuide());
        var step = StepGraph.Build(Elbo.Build(request.Model, guide, new SharedEstimator(), 2), map.Training, 1, 0);
        HostTensor[] Stepped(IReadOnlyList<HostTensor> state, long row) => [.. Reference.Evaluate(step.Graph,
            [.. state, HostTensor.Scalar(5), HostTensor.Of([2], [row, row]), HostTensor.Of([2], [6.0, 6]), .. step.Elbo.Data.Values.Map(v => request.Train.Values[v.Name])])];
        HostTensor[] start = [HostTensor.Scalar(DType.F64, 1.01), HostTensor.Scalar(4), HostTensor.Scalar(DType.Bool, 1), HostTensor.Scalar(DType.F64, -2.5), HostTensor.Scalar(DType.F64, 0.5)];
        Assert.Equal(start.Length, step.SeedInput);

        var good = Stepped(start, 2);
        Assert.Equal((5, 1), (good[step.StepInput][0], good[step.Finite][0]));
        Assert.NotEqual(start[0], good[0]);
        // 6 times the log-density of row 2 twice, and that of the slope, beside what was there: log N(1.01; 0, 30).
        var (mean, variance) = (Math.Log(1 + 0.2 * 1.01), 9);
        Assert.Equal(-2.5 + 12 * (-Math.Log(2 * Math.PI * variance) / 2 - (3.7 - mean) * (3.7 - mean) / 2 / variance), good[step.Likelihood][0], 1e-9);
        Assert.Equal(0.5 + Math.Log(2 * Math.PI * 900) / 2 + 1.01 * 1.01 / 1800, good[step.Kl][0], 1e-9);

        var bad = Stepped(good, 7);
        Assert.Equal(0, bad[step.Finite][0]);
        foreach (var state in new[] { bad, Stepped(bad, 2), Stepped(Stepped(bad, 7), 2) }) Assert.Equal([.. good[..step.Finite], bad[step.Finite], .. good[(step.Finite + 1)..]], state);
    }

    [Fact]
    public void TheVerdictIsReadAfterMoreAndMoreSteps()
    {
        var (every, ahead) = (new VerdictPace(false), new VerdictPace(true));
        var reads = new List<int>();
        for (var step = 1; step <= 10_000; step++)
        {
            Assert.True(every.Count());
            every.Read();
            if (!ahead.Count()) continue;
            ahead.Read();
            reads.Add(step);
        }
        Assert.Equal([1, 3, 7, 15], reads.Take(4));
        // 255 steps in 8 intervals and then 256 each, or fewer where the machine was busy elsewhere.
        Assert.InRange(reads.Count, 8 + (10_000 - 255) / 256, 100);
        // Steps that take long are waited for one by one.
        ahead.Read();
        Assert.False(ahead.Count());
        Thread.Sleep(260);
        Assert.True(ahead.Count());
        ahead.Read();
        Assert.True(ahead.Count());
    }
}
