using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// The embedded backend: managed code on the vector units of this machine's processor. A graph becomes a plan over one block of native memory in
/// which elementwise work, broadcasts, draws and reductions are fused into passes over cache-sized tiles; running it allocates nothing.
/// Expects a graph that has been through <see cref="Pipeline.Optimize"/>; any other works, only slower.
/// </summary>
public sealed class CpuBackend : IBackend
{
    private readonly TileTable _table;

    /// <summary>The backend for the widest vectors this machine has.</summary>
    public CpuBackend()
        : this(TileTable.Best)
    {
    }

    internal CpuBackend(TileTable table) => _table = table;

    /// <summary>The bits of the vectors that <see cref="CpuBackend()"/> computes with on this machine.</summary>
    public static int VectorBits => TileTable.Best.Bits;

    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public IExecutable Compile(TensorGraph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        return CpuExecutable.Create(graph, options, _table);
    }

    /// <inheritdoc/>
    public PlanSummary Plan(TensorGraph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        using var plan = CpuExecutable.Create(graph, options, _table, isDry: true);
        return plan.Summary();
    }
}
