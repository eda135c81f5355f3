using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The loop that all gradient methods share: runs the step graph over shuffled minibatches, keeps the history, validates, stops early, and saves and restores its
/// state after any step. It owns its buffers and allocates nothing in a step. On a backend that runs ahead of it a step is writes and a run put into a queue: numbers come back for records,
/// snapshots and checkpoints, and the verdict at the pace of <see cref="VerdictPace"/>.
/// </summary>
internal sealed class Training : IDisposable
{
    // Runs of very many short epochs are recorded, and validated, about this often.
    private const int MostRecords = 1000;

    private readonly FitRequest _request;
    private readonly GuidePlan _guide;
    private readonly StepGraph _step;
    private readonly TrainingOptions _options;
    private readonly double _temperature;
    private readonly IExecutable _executable;
    private readonly Minibatches _batches;
    private readonly ValidationScore? _validation;
    private readonly EarlyStopping? _earlyStopping;
    private readonly ISnapshots? _snapshots;
    private readonly VerdictPace _pace;
    private readonly Stopwatch _total, _stepping = new();
    private List<EpochRecord> _history = [];
    // Steps and epochs done, batches done of the next epoch, epochs done at the last record, and the steps since then, whose sums are the executable's.
    private long _done;
    private int _epoch, _batch, _recorded, _summed;
    // Times of earlier processes, and of this one.
    private (double Compile, double Steps, long TimedSteps, double Total) _before;
    private TimeSpan _compile;
    private long _stepsHere;
    private (int Epoch, long Ticks) _saved;
    private bool _hasPartialWeights = true;

    private Training(FitRequest request, GuidePlan guide, StepGraph step, TrainingOptions options, double temperature, Stopwatch total, ISnapshots? snapshots)
    {
        _snapshots = snapshots;
        (_request, _guide, _step, _options, _temperature, _total) = (request, guide, step, options, temperature, total);
        _executable = request.Backend.Compile(Pipeline.Optimize(step.Graph), new CompileOptions { Carries = step.Carries, Threads = request.Threads });
        _batches = new(step.Elbo.Batch.Total, step.Elbo.Batch.Size, request.Seed);
        _validation = request.Validation is { } rows ? new(request, guide, rows, options.ValidationDraws) : null;
        _earlyStopping = options.EarlyStop is { } patience ? new(patience) : null;
        _pace = new(_executable.IsAsynchronous);
        _compile = total.Elapsed;
    }

    /// <summary>Trains from the guide's starting values, or from the state that the request has of its phase. A phase that has ended is not run again.</summary>
    /// <param name="request">What to fit.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="step">The step.</param>
    /// <param name="options">The length of the run and when to stop.</param>
    /// <param name="temperature">The factor on the KL in the criterion of early stopping without validation rows.</param>
    /// <param name="total">Running since the fit began.</param>
    /// <param name="snapshots">What gathers parameters on the way, or null.</param>
    /// <param name="places">Where sites and learned values start, if not where the guide starts them.</param>
    public static FitOutcome Run(
        FitRequest request, GuidePlan guide, StepGraph step, TrainingOptions options, double temperature, Stopwatch total, ISnapshots? snapshots = null, IReadOnlyDictionary<string, HostTensor>? places = null)
    {
        var state = request.Resume?.Find(request.Phase);
        if (state?.Position.Ended is not null) return TrainingState.Ended(state, request, guide, step, snapshots);
        using var training = new Training(request, guide, step, options, temperature, total, snapshots);
        training.WriteFixed();
        if (state is null) training.Start(places);
        else if (training.Restore(state) is { } fault) return new FitOutcome.Refused([fault]);
        training._saved = (training._epoch, Stopwatch.GetTimestamp());
        return training.Loop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executable.Dispose();
        _validation?.Dispose();
    }

    private void WriteFixed()
    {
        _executable.Write<long>(_step.SeedInput, [_request.Seed]);
        for (var i = 0; i < _step.Elbo.Data.Values.Count; i++) _executable.Write(_step.DataInput + i, _request.Train.Values[_step.Elbo.Data.Values[i].Name]);
    }

    private void Start(IReadOnlyDictionary<string, HostTensor>? places)
    {
        var initial = InitialValues.Compute(_guide, _request.Backend, _request.Seed, places);
        for (var i = 0; i < initial.Count; i++) _executable.Write(i, initial[i]);
        for (var i = _step.ParameterCount; i < _step.StepInput; i++)
            _executable.Write(i, HostTensor.Zeros(_step.Graph.Inputs[i].DType, _step.Graph.Inputs[i].Shape));
        _executable.Write<long>(_step.StepInput, [0]);
        _executable.Write<bool>(_step.Finite, [true]);
        WriteSums(0, 0);
    }

    private FitOutcome Loop()
    {
        var steps = (long)_options.StepCount(_batches.Count);
        var every = Math.Max(1, (int)(steps / _batches.Count / MostRecords));
        while (_done < steps)
        {
            if (!_step.Elbo.Batch.IsFull) _batches.Shuffle(_epoch + 1);
            for (; _batch < _batches.Count && _done < steps; _batch++)
            {
                if (_request.Cancel.IsCancellationRequested) return IsFinite() ? Interrupted() : Fail();
                if (IsDue())
                {
                    if (!IsFinite()) return Fail();
                    Save();
                }
                if (!Step()) return Fail();
            }
            (_epoch, _batch) = (_epoch + 1, 0);
            var isLast = _done >= steps;
            var (isTaken, isRecorded) = (_snapshots?.Wants(_epoch) == true, isLast || _epoch - _recorded >= every);
            if ((isTaken || isRecorded) && !IsFinite()) return Fail();
            if (isTaken) _snapshots!.Take(_epoch, Parameters());
            if (!isRecorded) continue;
            Record();
            if (!isLast && _earlyStopping?.IsOver(_epoch) == true) return Finished(StopReason.EarlyStop);
        }
        return Finished(StopReason.Completed);
    }

    // Whether all was finite as far as has been read; the state is that before the step that was not.
    private bool Step()
    {
        _stepping.Start();
        if (!_step.Elbo.Batch.IsFull) WriteBatch(_batch);
        _executable.Run();
        (_done, _summed) = (_done + 1, _summed + 1);
        var isGood = !_pace.Count() || IsFinite();
        _stepping.Stop();
        if (!isGood) return false;
        if (++_stepsHere > 1) return true;
        // The runtime compiles the kernels while the first step runs, which is part of compiling.
        _compile = _total.Elapsed;
        _stepping.Reset();
        return true;
    }

    // Whether all steps so far were finite. Where it has not been read since, that waits for all of them.
    private bool IsFinite()
    {
        if (_pace.Unread == 0) return true;
        Span<bool> verdict = stackalloc bool[1];
        _stepping.Start();
        _executable.ReadInput(_step.Finite, verdict);
        _stepping.Stop();
        _pace.Read();
        return verdict[0];
    }

    // Weights change only around a last batch that is not full.
    private void WriteBatch(int batch)
    {
        _batches.Take(batch);
        _executable.Write<long>(_step.BatchInput, _batches.Index);
        var isPartial = _batches.Weight[^1] == 0;
        if (!isPartial && !_hasPartialWeights) return;
        _hasPartialWeights = isPartial;
        _batches.WriteWeight(_executable, _step.BatchInput + 1, _guide.Precision);
    }

    private void Record()
    {
        _recorded = _epoch;
        var (likelihood, kl) = Sums();
        (likelihood, kl) = (likelihood / _summed, kl / _summed);
        WriteSums(0, 0);
        _summed = 0;
        var record = new EpochRecord(_epoch, _done, likelihood - kl, likelihood, kl);
        if (_validation is not null) record = _validation.Add(record, Parameters());
        if (_earlyStopping is not null)
        {
            var criterion = record.ValidationNll ?? _temperature * kl - likelihood;
            record = record with { IsBest = _earlyStopping.Offer(_epoch, criterion, Parameters) };
        }
        _history.Add(record);
        _request.Progress?.Invoke(record);
    }

    // Over the steps since the last record.
    private (double Likelihood, double Kl) Sums()
    {
        if (_summed == 0) return (0, 0);
        Span<double> sums = stackalloc double[2];
        _executable.ReadInput(_step.Likelihood, sums[..1]);
        _executable.ReadInput(_step.Kl, sums[1..]);
        return (sums[0], sums[1]);
    }

    private void WriteSums(double likelihood, double kl)
    {
        _executable.Write<double>(_step.Likelihood, [likelihood]);
        _executable.Write<double>(_step.Kl, [kl]);
    }

    // The steps run after the one that failed have changed nothing: the counter tells which it was, and its batch is put back.
    private FitOutcome.Failed Fail()
    {
        Span<long> step = stackalloc long[1];
        _executable.ReadInput(_step.StepInput, step);
        (_done, _epoch, _batch) = (step[0], (int)(step[0] / _batches.Count), (int)(step[0] % _batches.Count));
        if (!_step.Elbo.Batch.IsFull)
        {
            _batches.Shuffle(_epoch + 1);
            WriteBatch(_batch);
        }
        EqArray<HostTensor> inputs = Enumerable.Range(0, _step.Graph.Inputs.Length).Select(Input).ToEqArray();
        return new(FailureLocator.Find(_step, _guide, inputs, _epoch + 1, _done), Result(_epoch + 1, StopReason.NumericalFailure));
    }

    private FitOutcome.Fitted Finished(StopReason reason)
    {
        var result = Result(_epoch, reason);
        _request.Checkpoints?.Save(TrainingState.OfEnded(_request.Phase, Position() with { Ended = reason, BestEpoch = result.BestEpoch }, result, _history, _snapshots));
        return new(result);
    }

    // The state is that of the steps alone: the epoch that was broken off is recorded for the result that is returned, and for nothing else.
    private FitOutcome.Fitted Interrupted()
    {
        if (_request.Checkpoints is not null) Save();
        if (_batch > 0) _epoch++;
        if (_summed > 0) Record();
        return new(Result(_epoch, StopReason.Cancelled));
    }

    private bool IsDue() => _request.Checkpoints is { IsPeriodic: true } plan
        && ((_batch == 0 && _epoch > _saved.Epoch && _epoch % plan.Epochs == 0) || Stopwatch.GetElapsedTime(_saved.Ticks) >= plan.Time);

    private void Save()
    {
        var tensors = new Dictionary<string, StateTensor>();
        foreach (var (name, type, input) in Carried()) tensors.Add(name, new(type.DType, type.Shape, () => Input(input)));
        TrainingState.Add(tensors, "best:", _guide, _earlyStopping?.Best?.Parameters ?? []);
        TrainingState.Add(tensors, _snapshots);
        HistoryState.Save(_history, tensors);
        _request.Checkpoints!.Save(new(_request.Phase, Position(), tensors));
        _saved = (_epoch, Stopwatch.GetTimestamp());
    }

    // Why the state is none of this fit, or null.
    private Diagnostic? Restore(PhaseState state)
    {
        var at = state.Position;
        foreach (var (name, type, input) in Carried())
        {
            if (TrainingState.Fault(state, name, type.DType, type.Shape) is { } fault) return fault;
            _executable.Write(input, state.Tensors[name].Read());
        }
        if (HistoryState.Restore(state.Tensors) is not { } history || at.Batch >= _batches.Count || (at.BestEpoch is not null && _earlyStopping is null)) return TrainingState.Foreign("its position is none of this fit");
        if (at.BestEpoch is { } best)
        {
            foreach (var p in _guide.Parameters)
            {
                if (TrainingState.Fault(state, "best:" + p.Name, _guide.Precision, p.Shape) is { } fault) return fault;
            }
            _earlyStopping!.Restore(at.Lowest, best, TrainingState.Parameters(state, "best:", _guide));
        }
        TrainingState.Restore(state, _snapshots);
        (_history, _done, _epoch, _batch, _recorded, _summed) = (history, at.Steps, at.Epoch, at.Batch, at.Recorded, at.SumCount);
        _executable.Write<bool>(_step.Finite, [true]);
        WriteSums(at.SumLikelihood, at.SumKl);
        _before = (at.CompileSeconds, at.StepSeconds, at.TimedSteps, at.TotalSeconds);
        return null;
    }

    // All that a step hands to the next but the tally, whose sums are in the position, under the names of a state.
    private IEnumerable<(string Name, TensorType Type, int Input)> Carried() =>
        Enumerable.Range(0, _step.StepInput + 1).Select(i => ("state:" + _step.Graph.Inputs[i].InputName(), TypeOf(i), i));

    private TrainingPosition Position() => Position(Sums());

    private TrainingPosition Position((double Likelihood, double Kl) sums) => new(_done, _epoch, _batch)
    {
        Recorded = _recorded,
        SumLikelihood = sums.Likelihood,
        SumKl = sums.Kl,
        SumCount = _summed,
        BestEpoch = _earlyStopping?.Best?.Epoch,
        Lowest = _earlyStopping?.Lowest ?? 0,
        CompileSeconds = _before.Compile + _compile.TotalSeconds,
        StepSeconds = _before.Steps + _stepping.Elapsed.TotalSeconds,
        TimedSteps = _before.TimedSteps + Math.Max(0, _stepsHere - 1),
        TotalSeconds = _before.Total + _total.Elapsed.TotalSeconds,
    };

    private FitResult Result(int epoch, StopReason reason)
    {
        // After a failure the last good state is what was asked for, not the best one.
        var best = reason == StopReason.NumericalFailure ? null : _earlyStopping?.Best;
        var parameters = (best?.Parameters ?? Parameters()).Zip(_guide.Parameters).ToDictionary(p => p.Second.Name, p => p.First);
        return new(Posterior.FromParameters(_request.Model, _guide, parameters).Required, _step.Elbo.Sites, _history.ToEqArray(), _done, reason, best?.Epoch ?? epoch, TrainingState.Timing(Position(default)));
    }

    private EqArray<HostTensor> Parameters() => Enumerable.Range(0, _step.ParameterCount).Select(Input).ToEqArray();

    private HostTensor Input(int index) => _executable.ReadInput(index, TypeOf(index));

    private TensorType TypeOf(int input) => new(_step.Graph.Inputs[input].DType, _step.Graph.Inputs[input].Shape);
}

/// <summary>A guide's starting values for a seed.</summary>
internal static class InitialValues
{
    public static EqArray<HostTensor> Compute(GuidePlan guide, IBackend backend, long seed, IReadOnlyDictionary<string, HostTensor>? places = null)
    {
        var input = TensorMath.Input("seed", DType.I64, []);
        var graph = Pipeline.Optimize(new TensorGraph([input], guide.InitialValues(input, places)));
        using var executable = backend.Compile(graph, new CompileOptions());
        executable.Write<long>(0, [seed]);
        executable.Run();
        return guide.Parameters.Select((p, i) => executable.Read(i, new(guide.Precision, p.Shape))).ToEqArray();
    }
}
