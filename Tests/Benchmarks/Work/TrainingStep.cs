using System.Diagnostics;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;

namespace ProbNet.Benchmarks;

/// <summary>
/// The training step of a fit, as the training loop runs it: the shuffled batch written, one run of the step graph (gather, draw, forward, backward, divergence, Adam, check
/// that all is finite, sums of the metrics), the verdict read.
/// </summary>
internal sealed class TrainingStep : IWork
{
    private readonly StepGraph _step;
    private readonly Minibatches _batches;
    private int _batch, _epoch;

    private TrainingStep(BoundModel model, GuidePlan guide, StepGraph step, HostTensor x, HostTensor y, int threads, IBackend backend)
    {
        _step = step;
        _batches = new(model.Rows, step.Elbo.Batch.Size, 1);
        var watch = Stopwatch.StartNew();
        Executable = backend.Compile(Pipeline.Optimize(step.Graph), new CompileOptions { Carries = step.Carries, Threads = threads });
        CompileSeconds = watch.Elapsed.TotalSeconds;
        var initial = InitialValues.Compute(guide, new CpuBackend(), 1);
        for (var i = 0; i < initial.Count; i++) Executable.Write(i, initial[i]);
        for (var i = step.ParameterCount; i < step.StepInput; i++) Executable.Write(i, HostTensor.Zeros(step.Graph.Inputs[i].DType, step.Graph.Inputs[i].Shape));
        Executable.Write<long>(step.StepInput, [0]);
        Executable.Write<bool>(step.Finite, [true]);
        Executable.Write<double>(step.Likelihood, [0]);
        Executable.Write<double>(step.Kl, [0]);
        Executable.Write<long>(step.SeedInput, [1]);
        for (var i = 0; i < step.Elbo.Data.Values.Count; i++) Executable.Write(step.DataInput + i, step.Elbo.Data.Values[i].Name == "y" ? y : x);
        if (!step.Elbo.Batch.IsFull)
        {
            _batches.Shuffle(0);
            _batches.Take(0);
            _batches.WriteWeight(Executable, step.BatchInput + 1, guide.Precision);
        }
    }

    /// <summary>The compiled step.</summary>
    public IExecutable Executable { get; }

    /// <summary>The types of the parameters, the first inputs.</summary>
    public EqArray<TensorType> Parameters => Enumerable.Range(0, _step.ParameterCount).Select(i => new TensorType(_step.Graph.Inputs[i].DType, _step.Graph.Inputs[i].Shape)).ToEqArray();

    /// <summary>Seconds to optimise and compile the graph.</summary>
    public double CompileSeconds { get; }

    /// <summary>A multilayer perceptron. The estimator "deterministic" learns the weights as points.</summary>
    public static TrainingStep Mlp(IReadOnlyList<int> widths, int batch, int rows, string estimator, int threads, IBackend? backend = null) =>
        Of(Models.Mlp(widths, estimator != "deterministic"), [widths[0]], widths[^1], batch, rows, estimator, threads, backend);

    /// <summary>A small network of convolutions.</summary>
    public static TrainingStep Cnn(int batch, int rows, string estimator, int threads, IBackend? backend = null) =>
        Of(Models.Cnn(estimator != "deterministic"), [28, 28, 1], 10, batch, rows, estimator, threads, backend);

    /// <summary>A network of any program over images, trained on classes.</summary>
    public static TrainingStep Net(string program, Shape image, int classes, int batch, int rows, string estimator, IBackend backend) => Of(program, image, classes, batch, rows, estimator, 1, backend);

    /// <summary>Eight schools in double precision.</summary>
    public static TrainingStep Schools(IBackend backend)
    {
        var model = Models.Bind(Models.EightSchools, "j", 8, isRows: false, DType.F64);
        var guide = GuidePlan.For(model, [new(new NormalGuide())]).Required;
        var elbo = Elbo.Build(model, guide, new SharedEstimator(), 1);
        var step = StepGraph.Build(elbo, new TrainingOptions { Batch = 1 }, temperature: 1, klWarmup: 0);
        return new(model, guide, step, HostTensor.Of([8], [15.0, 10, 16, 11, 9, 11, 10, 18]), HostTensor.Of([8], [28.0, 8, -3, 7, -1, 1, 18, 12]), 1, backend);
    }

    private static TrainingStep Of(string program, Shape image, int classes, int batch, int rows, string estimator, int threads, IBackend? backend)
    {
        var model = Models.Bind(program, "n", rows, isRows: true, DType.F32);
        var guide = GuidePlan.For(model, [new(new NormalGuide())]).Required;
        Estimator chosen = estimator switch { "flipout" => new FlipoutEstimator(), "local" => new LocalEstimator(), _ => new SharedEstimator() };
        var elbo = Elbo.Build(model, guide, chosen, batch);
        var step = StepGraph.Build(elbo, new TrainingOptions { Batch = batch }, temperature: 1, klWarmup: 0);
        return new(model, guide, step, Numbers.Reals(DType.F32, [rows, .. image]), Numbers.Labels(rows, classes), threads, backend ?? new CpuBackend());
    }

    /// <inheritdoc/>
    public void Run()
    {
        Queue();
        Check();
    }

    /// <summary>A run whose verdict is not read: on a device that works by itself it returns at once.</summary>
    public void Queue()
    {
        // Batches that are not full at the end of an epoch are left out, as their weights would have to be written too: rows are a multiple of the batch here.
        if (!_step.Elbo.Batch.IsFull)
        {
            if (_batch == _batches.Count)
            {
                _batches.Shuffle(++_epoch);
                _batch = 0;
            }
            _batches.Take(_batch++);
            Executable.Write<long>(_step.BatchInput, _batches.Index);
        }
        Executable.Run();
    }

    /// <summary>Reads the verdict of the runs so far, for which it waits.</summary>
    /// <exception cref="InvalidOperationException">A step was not finite.</exception>
    public void Check()
    {
        Span<bool> isFinite = stackalloc bool[1];
        Executable.ReadInput(_step.Finite, isFinite);
        if (!isFinite[0]) throw new InvalidOperationException("a step was not finite");
    }

    /// <inheritdoc/>
    public void Dispose() => Executable.Dispose();
}
