namespace ProbNet.Graph;

/// <summary>The reference evaluator behind the backend interface, for comparison with real backends. Slow; allocates on every run.</summary>
public sealed class ReferenceBackend : IBackend
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public IExecutable Compile(TensorGraph graph, CompileOptions options) => new Executable(graph, options);

    /// <summary>Every value in memory of its own, which is what the evaluator holds at the end of a run.</summary>
    public PlanSummary Plan(TensorGraph graph, CompileOptions options) => PlanSummary.Separate("reference evaluator", graph, options);

    private sealed class Executable(TensorGraph graph, CompileOptions options) : IExecutable
    {
        private readonly HostTensor[] _inputs = [.. graph.Inputs.Select(input => HostTensor.Zeros(input.DType, input.Shape))];
        private IReadOnlyList<HostTensor> _outputs = [.. graph.Outputs.Select(output => HostTensor.Zeros(output.Value.DType, output.Value.Shape))];

        public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
        {
            var current = _inputs[input];
            if (current.Data is not T[] || values.Length != current.Data.Length)
            {
                throw new ArgumentException(
                    $"input '{graph.Inputs[input].InputName()}' is {current.DType.Name()}{current.Shape}, not {values.Length} values of {typeof(T).Name}", nameof(values));
            }
            var copy = HostTensor.Zeros(current.DType, current.Shape);
            values.CopyTo((T[])copy.Data);
            _inputs[input] = copy;
        }

        public void Run()
        {
            _outputs = Reference.Evaluate(graph, _inputs);
            foreach (var carry in options.Carries) _inputs[carry.Input] = _outputs[carry.Output];
        }

        public void Read<T>(int output, Span<T> values) where T : unmanaged => _outputs[output].Span<T>().CopyTo(values);

        public void ReadInput<T>(int input, Span<T> values) where T : unmanaged => _inputs[input].Span<T>().CopyTo(values);

        public string Describe() => Printer.Print(graph);

        public void Dispose()
        {
        }
    }
}
