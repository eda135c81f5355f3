using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>A graph as the regions and kernels of a fused script.</summary>
/// <param name="Lowered">Its definitions.</param>
/// <param name="Order">The steps in the order they run.</param>
/// <param name="Overwritten">The new values that are computed over the old ones, with their carries.</param>
internal sealed record FusedPlan(Lowered Lowered, List<Step> Order, Dictionary<Def, Carry> Overwritten)
{
    // Results of this many elements at most are kept by the shim for the next run (kLargestSpare there).
    private const int LargestSpare = 1 << 13;

    // What libtorch keeps of a compiled script, by measurements of scripts of 700 to 38,000 lines: a part of its own, and some for each line.
    private const long FixedBytes = 14 << 20, LineBytes = 2400;

    // What depends on nothing is computed with the rest, inside the regions that need it.
    private static readonly LoweringOptions Options = new(Convolutions.Takes, Convolutions.TakesFold, HoistsFixed: false, node => node.Op != OpCode.Input && !RegionText.Takes(node));

    /// <summary>The plan of a graph.</summary>
    public static FusedPlan Of(TensorGraph graph, EqArray<Carry> carries)
    {
        var lowered = Lowering.Run(graph, Options);
        Recomputation.Apply(lowered.Defs);
        var order = Schedule.Order(Clusters.Build(lowered.Defs, Levels.Assign(lowered.Defs)), lowered, carries);
        return new(lowered, order, FindOverwritten(lowered, order, carries));
    }

    /// <summary>What running the script takes. Kernels of libtorch may take working memory of their own, which nothing tells.</summary>
    /// <param name="title">For the heading.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Which inputs are fed back, and the threads.</param>
    public PlanSummary Summary(string title, TensorGraph graph, CompileOptions options)
    {
        var carried = options.Carries.Select(c => c.Input).ToHashSet();
        var inPlace = options.Carries.Count(c => Overwritten.Values.Contains(c));
        var loops = Order.Where(s => s.Defs[0].Node?.Attributes is Attributes.Loop).Sum(s => Body(((Attributes.Loop)s.Defs[0].Node!.Attributes).Body, options));
        return new()
        {
            Title = title,
            Kernels = [.. Order.Select(s => new KernelSummary(Describe(s), Traffic(s), s.Defs.Sum(Operations)))],
            StateBytes = graph.Inputs.Where((_, i) => carried.Contains(i)).Sum(BytesOf),
            DataBytes = graph.Inputs.Where((_, i) => !carried.Contains(i)).Sum(BytesOf),
            IntermediateBytes = Peak() + loops,
            CodeBytes = FixedBytes + Order.Sum(s => 3L + s.Defs.Count * 4 / 3) * LineBytes,
            Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            InPlace = inPlace,
            Copied = options.Carries.Count - inPlace,
        };
    }

    private static long Body(TensorGraph body, CompileOptions options) => Of(body, []).Summary("", body, options with { Carries = [] }).ArenaBytes;

    // The most that is alive at once: scripts give up a value after its last use.
    private long Peak()
    {
        var last = new Dictionary<Def, int>();
        for (var i = 0; i < Order.Count; i++)
        {
            foreach (var def in Order[i].Reads) last[def] = i;
        }
        foreach (var output in Lowered.Outputs) last[output.Def] = int.MaxValue;
        long constants = Lowered.Defs.Where(d => d.Kind == DefKind.Constant).Sum(d => (long)d.Bytes), spare = 0, alive = 0, peak = 0;
        for (var i = 0; i < Order.Count; i++)
        {
            foreach (var def in Order[i].Writes)
            {
                if (Overwritten.ContainsKey(def)) continue;
                if (Order[i].IsRegion && def.Size <= LargestSpare) spare += def.Bytes;
                else alive += def.Bytes;
            }
            peak = Math.Max(peak, alive);
            foreach (var def in Order[i].Reads.Concat(Order[i].Writes).Distinct())
            {
                if (def.IsLeaf || Overwritten.ContainsKey(def) || last.GetValueOrDefault(def, -1) > i) continue;
                if (!(def.IsFusable && def.Size <= LargestSpare)) alive -= def.Bytes;
            }
        }
        return constants + spare + peak;
    }

    private static Dictionary<Def, Carry> FindOverwritten(Lowered lowered, List<Step> order, EqArray<Carry> carries)
    {
        var (written, read) = (new Dictionary<Def, int>(), new Dictionary<Def, int>());
        for (var i = 0; i < order.Count; i++)
        {
            foreach (var def in order[i].Writes) written[def] = i;
            foreach (var def in order[i].Reads) read[def] = i;
        }
        var (found, taken) = (new Dictionary<Def, Carry>(), new HashSet<Def>());
        foreach (var carry in carries)
        {
            var (state, next) = (lowered.Inputs[carry.Input], lowered.Outputs[carry.Output].Def);
            if (next.Kind != DefKind.Map || found.ContainsKey(next) || !taken.Add(state)) continue;
            if (Overwriting.IsSafe(state, next, order, written.GetValueOrDefault(next, int.MaxValue), read.GetValueOrDefault(state, -1))) found.Add(next, carry);
        }
        return found;
    }

    private static double Operations(Def def) =>
        def.Op == OpCode.MatMul ? 2.0 * def.Size * def.Operands[0].Dims[^1] : def.IsFusable ? Work.Operations(def) * def.Space : 0;

    private static long Traffic(Step step) => step.Reads.Sum(d => (long)d.Bytes) + step.Writes.Sum(d => (long)d.Bytes);

    private static string Describe(Step step)
    {
        var def = step.Defs[0];
        if (!step.IsRegion) return $"{(def.Node is null ? "copy" : Printer.Name(def.Op))} -> {Shown(def)}";
        var counted = step.Defs.GroupBy(d => d.Op).Select(g => g.Count() == 1 ? Printer.Name(g.Key) : $"{Printer.Name(g.Key)} x{g.Count()}");
        return $"region [{step.Space}]: {string.Join(", ", counted)} -> {string.Join(", ", step.Writes.Select(Shown))}";
    }

    private static string Shown(Def def) => $"{def.Type.Name()}[{string.Join(", ", def.Dims)}]";

    private static long BytesOf(Tensor x) => (long)x.Shape.Size * x.DType.Size();
}
