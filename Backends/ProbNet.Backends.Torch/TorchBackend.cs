using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// libtorch, on the CPU or a CUDA device: a graph becomes one TorchScript function that updates its state in place, and a run is one native call. On CUDA the run is
/// captured after warm-up and replayed. Expects a graph that has been through <see cref="Pipeline.Optimize"/>; any other works, only slower.
/// </summary>
/// <param name="runtime">How libtorch is reached; stays the caller's.</param>
/// <param name="device">Where to compute.</param>
/// <param name="options">How.</param>
public sealed class TorchBackend(ITorchRuntime runtime, TorchDevice device, TorchOptions options) : IBackend
{
    /// <inheritdoc/>
    public string Name => device.IsCuda ? $"torch:{device}" : "torch";

    /// <inheritdoc/>
    public IExecutable Compile(TensorGraph graph, CompileOptions compile)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(compile);
        return TorchExecutable.Create(runtime, device, options, graph, compile);
    }

    /// <inheritdoc/>
    public PlanSummary Plan(TensorGraph graph, CompileOptions compile)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(compile);
        var title = $"torch plan on {device}";
        return runtime.HasOperators ? FusedPlan.Of(graph, compile.Carries).Summary(title, graph, compile) : PlanSummary.Separate(title, graph, compile);
    }

    /// <summary>The script that <see cref="Compile"/> makes of a graph.</summary>
    internal static EmittedScript Emit(bool hasOperators, TorchOptions options, TensorGraph graph, EqArray<Carry> carries) =>
        hasOperators ? FusedEmitter.Emit(graph, carries, options.Compute) : PlainEmitter.Emit(graph, carries);
}
