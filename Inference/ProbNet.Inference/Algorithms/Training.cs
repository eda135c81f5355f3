using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The loop that all gradient methods share: runs the step graph over shuffled minibatches, keeps the history, validates, stops early. It owns its buffers
/// and allocates nothing in a step.
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
    private readonly ScalarReader _metrics, _finite;
    private readonly List<EpochRecord> _history = [];
    private readonly Stopwatch _total, _stepping = new();
    private TimeSpan _compile;
    private bool _hasPartialWeights = true;

    private Training(FitRequest request, GuidePlan guide, StepGraph step, TrainingOptions options, double temperature, Stopwatch total, ISnapshots? snapshots)
    {
        _snapshots = snapshots;
        (_request, _guide, _step, _options, _temperature, _total) = (request, guide, step, options, temperature, total);
        _executable = request.Backend.Compile(Pipeline.Optimize(step.Graph), new CompileOptions { Carries = step.Carries, Threads = request.Threads });
        _batches = new(step.Elbo.Batch.Total, step.Elbo.Batch.Size, request.Seed);
        _validation = request.Validation is { } rows ? new(request, guide, rows, options.ValidationDraws) : null;
        _earlyStopping = options.EarlyStop is { } patience ? new(patience) : null;
        (_metrics, _finite) = (new(guide.Precision, 2), new(DType.Bool, 1));
        _compile = total.Elapsed;
    }

    /// <summary>Trains from the guide's starting values.</summary>
    /// <param name="request">What to fit.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="step">The step.</param>
    /// <param name="options">The length of the run and when to stop.</param>
    /// <param name="temperature">The factor on the KL in the criterion of early stopping without validation rows.</param>
    /// <param name="total">Running since the fit began.</param>
    /// <param name="snapshots">What gathers parameters on the way, or null.</param>
    public static FitOutcome Run(FitRequest request, GuidePlan guide, StepGraph step, TrainingOptions options, double temperature, Stopwatch total, ISnapshots? snapshots = null)
    {
        using var training = new Training(request, guide, step, options, temperature, total, snapshots);
        training.Start();
        return training.Loop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executable.Dispose();
        _validation?.Dispose();
    }

    private void Start()
    {
        var initial = InitialValues.Compute(_guide, _request.Backend, _request.Seed);
        for (var i = 0; i < initial.Count; i++) _executable.Write(i, initial[i]);
        for (var i = _step.ParameterCount; i < _step.StepInput; i++)
            _executable.Write(i, HostTensor.Zeros(_step.Graph.Inputs[i].DType, _step.Graph.Inputs[i].Shape));
        _executable.Write<long>(_step.StepInput, [0]);
        _executable.Write<long>(_step.SeedInput, [_request.Seed]);
        for (var i = 0; i < _step.Elbo.Data.Values.Count; i++) _executable.Write(_step.DataInput + i, _request.Train.Values[_step.Elbo.Data.Values[i].Name]);
    }

    private FitOutcome Loop()
    {
        var steps = (long)_options.StepCount(_batches.Count);
        var every = Math.Max(1, (int)(steps / _batches.Count / MostRecords));
        var (done, epoch, recorded) = (0L, 0, 0);
        var sums = (Likelihood: 0.0, Kl: 0.0, Count: 0);
        while (done < steps)
        {
            epoch++;
            if (!_step.Elbo.Batch.IsFull) _batches.Shuffle(epoch);
            _stepping.Start();
            for (var b = 0; b < _batches.Count && done < steps && !_request.Cancel.IsCancellationRequested; b++)
            {
                if (!_step.Elbo.Batch.IsFull) WriteBatch(b);
                _executable.Run();
                _finite.Read(_executable, _step.Finite);
                if (_finite[0] == 0)
                {
                    _stepping.Stop();
                    return Fail(epoch, done);
                }
                _metrics.Read(_executable, _step.Metrics);
                sums = (sums.Likelihood + _metrics[0], sums.Kl + _metrics[1], sums.Count + 1);
                if (++done > 1) continue;
                // The runtime compiles the kernels while the first step runs, which is part of compiling.
                _compile = _total.Elapsed;
                _stepping.Restart();
            }
            _stepping.Stop();
            var isLast = done >= steps || _request.Cancel.IsCancellationRequested;
            // An epoch that was broken off is none.
            if (!_request.Cancel.IsCancellationRequested && _snapshots?.Wants(epoch) == true) _snapshots.Take(epoch, Parameters());
            if (epoch - recorded < every && !isLast) continue;
            recorded = epoch;
            if (sums.Count > 0) Record(epoch, done, sums.Likelihood / sums.Count, sums.Kl / sums.Count);
            sums = default;
            if (_request.Cancel.IsCancellationRequested) return new FitOutcome.Fitted(Result(done, epoch, StopReason.Cancelled));
            if (!isLast && _earlyStopping?.IsOver(epoch) == true) return new FitOutcome.Fitted(Result(done, epoch, StopReason.EarlyStop));
        }
        return new FitOutcome.Fitted(Result(done, epoch, StopReason.Completed));
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

    private void Record(int epoch, long step, double likelihood, double kl)
    {
        var record = new EpochRecord(epoch, step, likelihood - kl, likelihood, kl);
        if (_validation is not null) record = _validation.Add(record, Parameters());
        if (_earlyStopping is not null)
        {
            var criterion = record.ValidationNll ?? _temperature * kl - likelihood;
            record = record with { IsBest = _earlyStopping.Offer(epoch, criterion, Parameters) };
        }
        _history.Add(record);
        _request.Progress?.Invoke(record);
    }

    private FitOutcome.Failed Fail(int epoch, long step)
    {
        EqArray<HostTensor> inputs = Enumerable.Range(0, _step.Graph.Inputs.Length)
            .Select(i => _executable.ReadInput(i, new(_step.Graph.Inputs[i].DType, _step.Graph.Inputs[i].Shape))).ToEqArray();
        return new(FailureLocator.Find(_step, _guide, inputs, epoch, step), Result(step, epoch, StopReason.NumericalFailure));
    }

    private FitResult Result(long steps, int epoch, StopReason reason)
    {
        // After a failure the last good state is what was asked for, not the best one.
        var best = reason == StopReason.NumericalFailure ? null : _earlyStopping?.Best;
        var parameters = (best?.Parameters ?? Parameters()).Zip(_guide.Parameters).ToDictionary(p => p.Second.Name, p => p.First);
        var seconds = _stepping.Elapsed.TotalSeconds;
        return new(Posterior.FromParameters(_request.Model, _guide, parameters).Required, _step.Elbo.Sites, _history.ToEqArray(), steps, reason, best?.Epoch ?? epoch,
            new(_compile, _stepping.Elapsed, _total.Elapsed, seconds > 0 && steps > 1 ? (steps - 1) / seconds : 0));
    }

    private EqArray<HostTensor> Parameters() =>
        Enumerable.Range(0, _step.ParameterCount).Select(i => _executable.ReadInput(i, new(_step.Graph.Inputs[i].DType, _step.Graph.Inputs[i].Shape))).ToEqArray();
}

/// <summary>A guide's starting values for a seed.</summary>
internal static class InitialValues
{
    public static EqArray<HostTensor> Compute(GuidePlan guide, IBackend backend, long seed)
    {
        var input = TensorMath.Input("seed", DType.I64, []);
        var graph = Pipeline.Optimize(new TensorGraph([input], guide.InitialValues(input)));
        using var executable = backend.Compile(graph, new CompileOptions());
        executable.Write<long>(0, [seed]);
        executable.Run();
        return guide.Parameters.Select((p, i) => executable.Read(i, new(guide.Precision, p.Shape))).ToEqArray();
    }
}
