using ProbNet.Graph;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>A backend that calls back after each step of training: each run of a graph with carried state.</summary>
internal sealed class StepCountingBackend(IBackend inner, Action<int> afterStep) : IBackend
{
    private int _steps;

    public string Name => inner.Name;

    public IExecutable Compile(TensorGraph graph, CompileOptions options) =>
        options.Carries.IsEmpty ? inner.Compile(graph, options) : new Counting(inner.Compile(graph, options), () => afterStep(++_steps));

    public PlanSummary Plan(TensorGraph graph, CompileOptions options) => inner.Plan(graph, options);

    private sealed class Counting(IExecutable inner, Action afterRun) : IExecutable
    {
        public bool IsAsynchronous => inner.IsAsynchronous;

        public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged => inner.Write(input, values);

        public void Run()
        {
            inner.Run();
            afterRun();
        }

        public void Read<T>(int output, Span<T> values) where T : unmanaged => inner.Read(output, values);

        public void ReadInput<T>(int input, Span<T> values) where T : unmanaged => inner.ReadInput(input, values);

        public string Describe() => inner.Describe();

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>Fits that are stopped and go on.</summary>
internal static class Interrupting
{
    /// <summary>Runs a fit that is stopped after every <paramref name="every"/> steps and goes on from what was saved then, until it ends.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="request">The fit.</param>
    /// <param name="every">Steps between stops, at least 1.</param>
    /// <param name="reread">What happens to a state on its way to the next process.</param>
    public static (FitResult Result, int Stops) Run(Algorithm algorithm, FitRequest request, int every, Func<FitState, FitState>? reread = null)
    {
        var state = FitState.Empty;
        for (var stops = 0; ; stops++)
        {
            using var stop = new CancellationTokenSource();
            var resumed = request with
            {
                Backend = new StepCountingBackend(request.Backend, step => { if (step == every) stop.Cancel(); }),
                Cancel = stop.Token,
                Resume = state,
                Checkpoints = new(phase => state = state.With(phase.Held())),
            };
            var result = algorithm.Fit(resumed).Required;
            if (result.Stop != StopReason.Cancelled) return (result, stops);
            state = reread?.Invoke(state) ?? state;
        }
    }

    /// <summary>Two results are the same bits: parameters, history, steps, reason and best epoch.</summary>
    public static void AssertSame(FitResult expected, FitResult found)
    {
        Assert.Equal(expected.Posterior.Parameters.Keys.Order(), found.Posterior.Parameters.Keys.Order());
        foreach (var (name, value) in expected.Posterior.Parameters) Assert.Equal(value, found.Posterior.Parameters[name]);
        Assert.Equal(expected.History, found.History);
        Assert.Equal((expected.Steps, expected.Stop, expected.BestEpoch), (found.Steps, found.Stop, found.BestEpoch));
    }
}
