using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Artifacts;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>A fit that is stopped and goes on ends with the bits of one that was never stopped.</summary>
public sealed class CheckpointTests
{
    private static readonly CpuBackend Backend = new();

    // 11 rows in batches of 4: the last batch of an epoch has 3. Validation rows are others. Everything that depends on the step is on.
    private static (Vi Algorithm, FitRequest Request) Net(int seed)
    {
        var (model, data) = Samples.Net(DType.F32);
        var vi = new Vi
        {
            Estimator = new FlipoutEstimator(),
            KlWarmup = 2.5,
            Samples = 2,
            Training = new() { Optimizer = new Adam { Rate = 0.15 }, Schedule = new CosineSchedule(), Epochs = 9, Batch = 4, Clip = 3, EarlyStop = 3, ValidationDraws = 2 },
        };
        return (vi, new(model, data, Backend, seed) { Validation = Samples.Net(DType.F32, 5).Data, Threads = 1 });
    }

    // What a state is on its way through a file.
    private static FitState Reread(FitState state)
    {
        using var file = new MemoryStream();
        CheckpointFile.Write(file, CheckpointFileTests.Info, state);
        return CheckpointFile.Read(file.ToArray(), "file").State;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void AFitWithEverythingOnGoesOn(int every)
    {
        var stopped = new HashSet<StopReason>();
        foreach (var seed in new[] { 1, 2, 5 })
        {
            var (vi, request) = Net(seed);
            var alone = vi.Fit(request).Required;
            var (result, stops) = Interrupting.Run(vi, request, every, Reread);
            Assert.Equal((alone.Steps - 1) / every, stops);
            Interrupting.AssertSame(alone, result);
            stopped.Add(alone.Stop);
        }
        // The seeds are ones of which some stop early.
        Assert.Contains(StopReason.EarlyStop, stopped);
    }

    [Fact]
    public void AFitOnAllRowsWithMomentumGoesOn()
    {
        var (model, data) = Samples.Schools();
        var map = new Map { Training = new() { Optimizer = new Sgd { Rate = 0.02, Momentum = 0.8 }, Schedule = new ExponentialSchedule(), Steps = 23, EarlyStop = 9 } };
        var request = new FitRequest(model, data, Backend, 3);
        Interrupting.AssertSame(map.Fit(request).Required, Interrupting.Run(map, request, 4, Reread).Result);
    }

    [Fact]
    public void ALongHistoryIsRecordedAtTheSameEpochs()
    {
        // Every second or third epoch is recorded; the stops fall between.
        var (model, data) = Samples.Mean();
        var vi = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.01 }, Steps = 3001, EarlyStop = 2000 } };
        var request = new FitRequest(model, data, Backend, 3);
        var alone = vi.Fit(request).Required;
        Assert.InRange(alone.History.Count, 900, 1100);
        Interrupting.AssertSame(alone, Interrupting.Run(vi, request, 610, Reread).Result);
    }

    [Fact]
    public void EveryStateThatIsSavedOnTheWayLeadsToTheSameEnd()
    {
        var (vi, request) = Net(2);
        var states = new List<PhaseState>();
        var alone = vi.Fit(request with { Checkpoints = new(s => states.Add(s.Held())) { Epochs = 2 } }).Required;
        Assert.Equal([.. Enumerable.Range(1, ((int)alone.Steps / 3 - 1) / 2).Select(i => 2 * i), (int)alone.Steps / 3], states.Select(s => s.Position.Epoch));
        Assert.All(states.SkipLast(1), s => Assert.Null(s.Position.Ended));
        foreach (var state in states) Interrupting.AssertSame(alone, vi.Fit(request with { Resume = new([state]) }).Required);
    }

    [Fact]
    public void StatesAreSavedByTimeAfterAnyStep()
    {
        var (vi, request) = Net(2);
        var steps = new List<long>();
        var result = vi.Fit(request with { Checkpoints = new(s => steps.Add(s.Position.Steps)) { Time = TimeSpan.FromTicks(1) } }).Required;
        Assert.Equal(Enumerable.Range(0, (int)result.Steps + 1).Select(i => (long)i), steps);
    }

    [Fact]
    public void WhatIsGatheredOnTheWayGoesOn()
    {
        var (_, request) = Net(2);
        var alone = new Averaging().Fit(request).Required;
        Interrupting.AssertSame(alone, Interrupting.Run(new Averaging(), request, 2, Reread).Result);
        // The average is not the last point.
        Assert.NotEqual(alone.Posterior.Parameters["out.b.loc"], new Averaging { From = 9 }.Fit(request).Required.Posterior.Parameters["out.b.loc"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void PhasesThatHaveEndedAreNotRunAgain(int every)
    {
        var (model, data) = Samples.Schools();
        var request = new FitRequest(model, data, Backend, 3);
        var (alone, log) = (new TwoPhases().Fit(request).Required, new List<string>());
        var (result, stops) = Interrupting.Run(new TwoPhases { Log = log }, request, every, Reread);
        Interrupting.AssertSame(alone, result);
        Assert.Equal((8 + 11 - 1) / every, stops);
        // The first phase comes to the same parameters each time it is asked for, and ends after its 8 steps.
        Assert.Single(log.Where(l => l.StartsWith("ended", StringComparison.Ordinal)).Distinct());
        Assert.True(stops - log.Count(l => l == "stopped") >= 11 / every - 1);
    }

    [Fact]
    public void TwoPhasesOfOneNameAreAMistake()
    {
        var (model, data) = Samples.Schools();
        var state = FitState.Empty;
        var request = new FitRequest(model, data, Backend, 3) { Checkpoints = new(s => state = state.With(s)) };
        new Map { Training = new() { Steps = 2 } }.Fit(request);
        Assert.Throws<InvalidOperationException>(() => new Map { Training = new() { Steps = 2 } }.Fit(request));
        new Map { Training = new() { Steps = 2 } }.Fit(request.In("second").In("inner"));
        Assert.Equal(["", "second/inner"], state.Phases.Select(p => p.Phase));
    }

    [Fact]
    public void TheStateOfAnotherFitIsRefused()
    {
        var (vi, request) = Net(2);
        var state = FitState.Empty;
        vi.Fit(request with { Checkpoints = new(s => state = s.Position.Ended is null ? new([s.Held()]) : state) { Epochs = 1 } });
        FitOutcome Resume(Vi other, Func<PhaseState, PhaseState>? change = null) => other.Fit(request with { Resume = new([change?.Invoke(state.Phases[0]) ?? state.Phases[0]]) });
        Assert.IsType<FitOutcome.Fitted>(Resume(vi));
        Refused(Resume(vi with { Training = vi.Training with { Optimizer = new Sgd { Momentum = 0.5 } } }));
        Refused(Resume(vi with { Training = vi.Training with { EarlyStop = null } }));
        Refused(Resume(vi, s => s with { Tensors = s.Tensors.Where(t => t.Key != "best:h.w.loc").ToDictionary() }));
        Refused(Resume(vi, s => s with { Tensors = s.Tensors.Where(t => t.Key != "history").ToDictionary() }));
        Refused(Resume(vi, s => s with { Position = s.Position with { Batch = 3 } }));

        static void Refused(FitOutcome outcome) => Assert.Equal(InferenceCodes.ParameterMismatch, Assert.Single(Assert.IsType<FitOutcome.Refused>(outcome).Diagnostics).Code);
    }

    // Keeps the mean of the parameters of some epochs, as weight averaging does.
    private sealed record Averaging : Algorithm
    {
        public int From { get; init; } = 3;

        public override string Name => "averaging";

        public override string Doc => "";

        public override string Source => "";

        public override EqArray<Option> Options => [];

        public override FitOutcome Fit(FitRequest request)
        {
            var guide = GuidePlan.For(request.Model, [new(new NormalGuide())]).Required;
            var options = new TrainingOptions { Optimizer = new Adam { Rate = 0.05 }, Epochs = 10, Batch = 4 };
            var step = StepGraph.Build(ProbNet.Inference.Objectives.Elbo.Build(request.Model, guide, new SharedEstimator(), 4, 1), options, 1, 0);
            var mean = new Mean(guide, From);
            var result = Training.Run(request, guide, step, options, 1, System.Diagnostics.Stopwatch.StartNew(), mean).Required;
            return new FitOutcome.Fitted(result.Stop == StopReason.Cancelled ? result : result with { Posterior = Posterior.FromParameters(request.Model, guide, mean.Value()).Required });
        }

        public override Checked<Explanation> Explain(BoundModel model) => throw new NotSupportedException();

        public override Checked<MemoryForecast> Forecast(FitRequest request) => throw new NotSupportedException();

        private sealed class Mean(GuidePlan guide, int from) : ISnapshots
        {
            private double[][] _sums = [.. guide.Parameters.Select(p => new double[p.Shape.Size])];
            private long _count;

            public bool Wants(int epoch) => epoch >= from && epoch % 2 == 0;

            public void Take(int epoch, EqArray<HostTensor> parameters)
            {
                _count++;
                for (var p = 0; p < _sums.Length; p++)
                {
                    for (var i = 0; i < _sums[p].Length; i++) _sums[p][i] += parameters[p][i];
                }
            }

            public Dictionary<string, HostTensor> Value() => Enumerable.Range(0, _sums.Length)
                .ToDictionary(p => guide.Parameters[p].Name, p => HostTensor.FromDoubles(guide.Precision, guide.Parameters[p].Shape, Array.ConvertAll(_sums[p], s => s / _count)));

            public IReadOnlyDictionary<string, HostTensor> Save() => _sums.Select((s, p) => (Name: $"sum:{guide.Parameters[p].Name}", Value: HostTensor.Of([s.Length], [.. s])))
                .Append((Name: "count", Value: HostTensor.Scalar(_count))).ToDictionary(v => v.Name, v => v.Value);

            public void Restore(IReadOnlyDictionary<string, HostTensor> state) =>
                (_sums, _count) = ([.. guide.Parameters.Select(p => (double[])((double[])state[$"sum:{p.Name}"].Data).Clone())], (long)state["count"][0]);
        }
    }

    // A point, and then a fit that depends on it through its seed.
    private sealed record TwoPhases : Algorithm
    {
        public List<string>? Log { get; init; }

        public override string Name => "twoPhases";

        public override string Doc => "";

        public override string Source => "";

        public override EqArray<Option> Options => [];

        public override FitOutcome Fit(FitRequest request)
        {
            var first = new Map { Training = new() { Optimizer = new Adam { Rate = 0.1 }, Steps = 8 } }.Fit(request.In("point")).Required;
            Log?.Add(first.Stop == StopReason.Cancelled ? "stopped" : $"ended after {first.Steps}: {string.Join(" ", first.Posterior.Parameters.Values.SelectMany(v => v.ToDoubles()))}");
            var second = new Vi { Training = new() { Optimizer = new Adam { Rate = 0.1 }, Steps = 11 } };
            // Goes on even where the first phase was stopped, and takes no step then.
            return second.Fit(request.In("fit") with { Seed = BitConverter.DoubleToInt64Bits(first.Posterior.Parameters["mu.loc"][0]) });
        }

        public override Checked<Explanation> Explain(BoundModel model) => throw new NotSupportedException();

        public override Checked<MemoryForecast> Forecast(FitRequest request) => throw new NotSupportedException();
    }
}
