using ProbNet.Graph;

namespace ProbNet.Inference.Memory;

/// <summary>Stands in for a backend to find out what something that compiles graphs would take; what it compiles cannot be run.</summary>
internal sealed class PlanningBackend(IBackend backend) : IBackend
{
    /// <summary>Bytes of all plans made so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of all outputs of the plan made last.</summary>
    public long OutputBytes { get; private set; }

    /// <summary>Rows of all draws that the plan made last computes in a run: the two leading axes of its outputs.</summary>
    public long OutputRows { get; private set; } = 1;

    public string Name => backend.Name;

    public IExecutable Compile(TensorGraph graph, CompileOptions options)
    {
        Bytes += Plan(graph, options).TotalBytes;
        OutputBytes = graph.Outputs.Sum(o => (long)o.Value.Shape.Size * o.Value.DType.Size());
        OutputRows = Math.Max(1, graph.Outputs.Max(o => o.Value.Shape.Rank < 2 ? 1 : (long)o.Value.Shape[0] * o.Value.Shape[1]));
        return new Nothing();
    }

    public PlanSummary Plan(TensorGraph graph, CompileOptions options) => backend.Plan(graph, options);

    private sealed class Nothing : IExecutable
    {
        public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged => throw NotRun();

        public void Run() => throw NotRun();

        public void Read<T>(int output, Span<T> values) where T : unmanaged => throw NotRun();

        public void ReadInput<T>(int input, Span<T> values) where T : unmanaged => throw NotRun();

        public string Describe() => "planned only";

        public void Dispose()
        {
        }

        private static InvalidOperationException NotRun() => new("a plan made to know its size cannot be run");
    }
}
