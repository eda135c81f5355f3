namespace ProbNet.Graph;

/// <summary>What running a compiled graph takes: its kernels, and the memory it holds from being compiled to being disposed.</summary>
public sealed record PlanSummary
{
    /// <summary>The backend and what it runs on, for the heading.</summary>
    public required string Title { get; init; }

    /// <summary>The kernels of a run, in order.</summary>
    public EqArray<KernelSummary> Kernels { get; init; } = [];

    /// <summary>Bytes of the inputs that are fed back: parameters and optimiser state.</summary>
    public long StateBytes { get; init; }

    /// <summary>Bytes of the other inputs: the data set, batch, seed.</summary>
    public long DataBytes { get; init; }

    /// <summary>Bytes of everything computed or constant; values that are not alive at the same time share them.</summary>
    public long IntermediateBytes { get; init; }

    /// <summary>Bytes of the kernels' own working memory: packed panels, tiles and partial results, of all threads together.</summary>
    public long ScratchBytes { get; init; }

    /// <summary>Bytes of the kernels' programs and tables.</summary>
    public long CodeBytes { get; init; }

    /// <summary>Threads that <see cref="ScratchBytes"/> is for.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Carried values computed over the old ones.</summary>
    public int InPlace { get; init; }

    /// <summary>Carried values copied after the run.</summary>
    public int Copied { get; init; }

    /// <summary>Bytes of all values together.</summary>
    public long ArenaBytes => StateBytes + DataBytes + IntermediateBytes;

    /// <summary>Bytes in all.</summary>
    public long TotalBytes => ArenaBytes + ScratchBytes + CodeBytes;

    /// <summary>Bytes read and written in a run.</summary>
    public long Traffic => Kernels.Sum(k => k.Traffic);

    /// <summary>Arithmetic in a run, in the units of <see cref="KernelSummary.Operations"/>.</summary>
    public double Operations => Kernels.Sum(k => k.Operations);

    /// <summary>A plan in which every value of a graph has memory of its own: what a backend without a planner takes, and more than any takes for values.</summary>
    /// <param name="title">See <see cref="Title"/>.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Which inputs are fed back.</param>
    public static PlanSummary Separate(string title, TensorGraph graph, CompileOptions options)
    {
        var carried = options.Carries.Select(c => c.Input).ToHashSet();
        return new()
        {
            Title = title,
            StateBytes = graph.Inputs.Where((_, i) => carried.Contains(i)).Sum(BytesOf),
            DataBytes = graph.Inputs.Where((_, i) => !carried.Contains(i)).Sum(BytesOf),
            IntermediateBytes = Topology.Sort([.. graph.Outputs.Select(o => o.Value)]).Where(n => n.Op != OpCode.Input).Sum(BytesOf),
            Copied = options.Carries.Count,
        };
    }

    private static long BytesOf(Tensor x) => (long)x.Shape.Size * x.DType.Size();
}

/// <summary>A kernel of a plan.</summary>
/// <param name="Text">What it does.</param>
/// <param name="Traffic">Bytes read and written.</param>
/// <param name="Operations">
/// Floating-point operations: an addition, product, comparison or choice counts 1, an elementary function 10, a power or special function 40, a random number 20.
/// </param>
/// <param name="Chunks">Pieces that threads share.</param>
public sealed record KernelSummary(string Text, long Traffic, double Operations, int Chunks = 1);
