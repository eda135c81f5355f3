using ProbNet.Graph;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>
/// A backend whose executables run ahead: writes and runs wait in a queue, and nothing is computed before something is read. Counts the steps (runs of graphs with carried state) and the reads of their executables.
/// </summary>
internal sealed class AsynchronousBackend(IBackend inner) : IBackend
{
    /// <summary>Steps put into queues.</summary>
    public int Steps { get; private set; }

    /// <summary>Reads of executables of steps.</summary>
    public int Reads { get; private set; }

    /// <summary>The most steps that waited at once.</summary>
    public int Ahead { get; private set; }

    public string Name => inner.Name;

    public IExecutable Compile(TensorGraph graph, CompileOptions options) => new Queued(this, inner.Compile(graph, options), isStep: !options.Carries.IsEmpty);

    public PlanSummary Plan(TensorGraph graph, CompileOptions options) => inner.Plan(graph, options);

    private sealed class Queued(AsynchronousBackend backend, IExecutable inner, bool isStep) : IExecutable
    {
        private readonly Queue<Action> _queue = [];
        private int _waiting;

        public bool IsAsynchronous => true;

        public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
        {
            var taken = values.ToArray();
            _queue.Enqueue(() => inner.Write<T>(input, taken));
        }

        public void Run()
        {
            _queue.Enqueue(inner.Run);
            if (!isStep) return;
            backend.Steps++;
            backend.Ahead = Math.Max(backend.Ahead, ++_waiting);
        }

        public void Read<T>(int output, Span<T> values) where T : unmanaged
        {
            Wait();
            inner.Read(output, values);
        }

        public void ReadInput<T>(int input, Span<T> values) where T : unmanaged
        {
            Wait();
            inner.ReadInput(input, values);
        }

        public string Describe() => inner.Describe();

        public void Dispose() => inner.Dispose();

        private void Wait()
        {
            while (_queue.TryDequeue(out var work)) work();
            _waiting = 0;
            if (isStep) backend.Reads++;
        }
    }
}
