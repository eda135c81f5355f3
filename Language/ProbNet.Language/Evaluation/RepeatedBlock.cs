using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// Independent repetition of a whole random computation. The computation is run once, as for one repetition; then everything it met, and its result, get the new
/// leading axes: sites are widened, and all that was computed from them is batched, so that repetition b of each value depends on repetition b of the sites.
/// What <c>param</c> learns inside is shared by all repetitions.
/// </summary>
internal static class RepeatedBlock
{
    /// <summary>The computation repeated over new leading axes.</summary>
    public static Value.Random Of(Evaluator evaluator, Value.Random block, EqArray<Axis> axes, SourceSpan span) =>
        new($"{block.What} repeated over {TypeText.Shape(axes)}", prefix => Run(evaluator, block, axes, prefix, span));

    private static Value Run(Evaluator evaluator, Value.Random block, EqArray<Axis> axes, string prefix, SourceSpan span)
    {
        var trace = evaluator.Trace;
        if (trace.Loop is not null) return trace.Report.Fail(CheckerCodes.Unsupported, span, "iid cannot repeat a prob block inside the step of a loop", "put iid on the distributions inside the block");
        var (site, factor, reported) = (trace.Sites.Count, trace.Factors.Count, trace.Reported.Count);
        var result = block.Run(prefix);
        if (trace.Report.Diagnostics.Count > 0 && result.IsUnknown) return result;
        var (sites, factors, values) = (trace.Sites[site..], trace.Factors[factor..], trace.Reported[reported..]);
        if (sites.Exists(s => s.IsStepwise))
            return trace.Report.Fail(CheckerCodes.Unsupported, span, "iid repeats a prob block here whose loop draws at every step", "draw in the loop with the axes of the repetition: let! e = normal 0.0 1.0 |> iid [k]");
        if (Unrepeatable(result) is { } what) return trace.Report.Fail(CheckerCodes.Unsupported, span, $"iid repeats a prob block here that returns {what.Describe()}", "return tensors, tuples or records of them");

        var lift = Lift(trace, axes, sites, [.. factors.Select(f => f.Value), .. values.Select(v => v.Value), .. Tensors(result)]);
        trace.Sites.RemoveRange(site, sites.Count);
        trace.Sites.AddRange(sites.Select(s => s with { Distribution = lift.Distribution(s.Distribution), Value = lift.Node(s.Value) }));
        trace.Factors.RemoveRange(factor, factors.Count);
        trace.Factors.AddRange(factors.Select(f => f with { Value = lift.Tensor(f.Value) }));
        trace.Reported.RemoveRange(reported, values.Count);
        trace.Reported.AddRange(values.Select(v => v with { Value = lift.Tensor(v.Value) }));
        return Lifted(result, lift);
    }

    private static Lifting Lift(Trace trace, EqArray<Axis> axes, List<TracedSite> sites, List<Value.TensorOf> values)
    {
        var nodes = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        if (!trace.BuildsGraph) return new(axes, nodes);
        Tensor[] holes = [.. sites.Where(s => s.Kind == Elaboration.SiteKind.Sample).Select(s => s.Value!)];
        Tensor[] outputs =
        [
            .. sites.SelectMany(s => s.Distribution.Instance!.Arguments), .. sites.Where(s => s.Kind != Elaboration.SiteKind.Sample).Select(s => s.Value!), .. values.Select(v => v.Node!),
        ];
        var (wide, lifted) = (holes, outputs);
        // The innermost axis first: each step adds one in front.
        foreach (var size in Trace.ShapeOf(axes).Reverse())
        {
            Tensor[] wider = [.. wide.Select(h => Input(h.InputName(), h.DType, h.Shape.Prepend(size), h.Origin))];
            lifted = [.. Vmap.Batch(lifted, wide.Zip(wider).ToDictionary(p => p.First, p => p.Second, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance), size)];
            wide = wider;
        }
        foreach (var (before, after) in outputs.Zip(lifted)) nodes[before] = after;
        foreach (var (before, after) in holes.Zip(wide)) nodes[before] = after;
        return new(axes, nodes);
    }

    private static Value? Unrepeatable(Value value) => value switch
    {
        Value.Tuple tuple => tuple.Items.Select(Unrepeatable).FirstOrDefault(v => v is not null),
        Value.List list => list.Items.Select(Unrepeatable).FirstOrDefault(v => v is not null),
        Value.Record record => record.Fields.Select(f => Unrepeatable(f.Value)).FirstOrDefault(v => v is not null),
        Value.Function or Value.Distribution or Value.Random or Value.Reported => value,
        _ => null,
    };

    private static IEnumerable<Value.TensorOf> Tensors(Value value) => value switch
    {
        Value.TensorOf tensor => [tensor],
        Value.Tuple tuple => tuple.Items.SelectMany(Tensors),
        Value.List list => list.Items.SelectMany(Tensors),
        Value.Record record => record.Fields.SelectMany(f => Tensors(f.Value)),
        _ => [],
    };

    private static Value Lifted(Value value, Lifting lift) => value switch
    {
        Value.TensorOf tensor => lift.Tensor(tensor),
        Value.Tuple tuple => new Value.Tuple(tuple.Items.Map(i => Lifted(i, lift))),
        Value.List list => new Value.List(list.Items.Map(i => Lifted(i, lift))),
        Value.Record record => new Value.Record(record.Fields.Map(f => (f.Name, Lifted(f.Value, lift)))),
        _ => value,
    };

    private sealed record Lifting(EqArray<Axis> Axes, Dictionary<Tensor, Tensor> Nodes)
    {
        public Tensor? Node(Tensor? node) => node is null ? null : Nodes[node];

        public Value.TensorOf Tensor(Value.TensorOf value) => new(value.Element, Axes.AddRange(value.Axes), Node(value.Node), value.Bound);

        public DistributionType Distribution(DistributionType type) => type with
        {
            Batch = Axes.AddRange(type.Batch),
            Instance = type.Instance is { } instance ? instance with { Arguments = instance.Arguments.Map(a => Nodes[a]), Batch = Trace.ShapeOf(Axes).Concat(instance.Batch) } : null,
        };
    }
}
