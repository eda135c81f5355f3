using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// Positions that are tensors of integers. One of them replaces its axis by its own axes: <c>x.[*, i]</c> with <c>x : real[n, d]</c> and <c>i : int[k]</c> is
/// <c>real[n, k]</c>. Several are broadcast against each other and taken together, element by element: <c>m.[i, j]</c> with <c>i, j : int[k]</c> is <c>real[k]</c>,
/// the entries m(i₁, j₁), m(i₂, j₂), …; their common axes stand where the first of them stood.
/// </summary>
internal static class Gathers
{
    /// <summary>An axis and the positions taken from it; whether the program lists them.</summary>
    public readonly record struct Item(int Axis, Value.TensorOf Positions, SourceSpan Span, bool IsListed);

    /// <summary>The positions that a value stands for, or null where it is no tensor or list of integers; a list of integers is a constant vector.</summary>
    public static Value.TensorOf? Positions(Evaluator evaluator, Value value, SourceSpan span) => value switch
    {
        Value.TensorOf { Element: ElementType.Int } tensor => tensor,
        Value.List { Items: { IsEmpty: false } items } when items.All(i => i is Value.Static { Number.Constant: >= 0 }) => evaluator.Trace.Emit(
            ElementType.Int, [new Axis(Dim.Of(items.Count), span, "the length of this list")], span,
            () => Constant(HostTensor.Of([items.Count], [.. items.Select(i => ((Value.Static)i).Number.Constant!.Value)])), Dim.Of(items.Max(i => ((Value.Static)i).Number.Constant!.Value) + 1)),
        _ => null,
    };

    /// <summary>Whether positions lie inside an axis, as far as their type says; reports it if they do not.</summary>
    public static bool Fits(Evaluator evaluator, Value.TensorOf value, Item item)
    {
        var size = value.Axes[item.Axis];
        if (item.Positions.Bound is not { } bound || size.Size.Equals(bound)) return true;
        var room = (size.Size - bound).Constant;
        // Numbers that the program lists may leave some out, and are compared again when the size is known, as a single position is.
        if (item.IsListed && room is null or >= 0) return true;
        evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, item.Span,
            room < 0 ? $"the indices go up to {bound - Dim.Of(1)}, but the last position of the axis of size {size} is {size.Size - Dim.Of(1)}"
            : room > 0 ? $"the indices lie below {bound}, but the axis has size {size}, so that some of it is never used"
            : $"the indices lie below {bound}, and nothing says that they lie inside the axis of size {size}",
            room is null ? $"give the axis the size {bound}, one entry for each value of the index"
            : item.IsListed ? "positions start at 0" : $"positions start at 0; the type of indices of this axis is int<{size}>", Shapes.Provenance(size));
        return false;
    }

    /// <summary>The elements of a tensor at positions on some of its axes.</summary>
    public static Value.TensorOf? Take(Evaluator evaluator, Value.TensorOf value, List<Item> items, SourceSpan span)
    {
        if (items.Count == 0) return value;
        var common = items[0].Positions;
        foreach (var item in items.Skip(1))
        {
            if (Shapes.Broadcast(common.Axes, item.Positions.Axes) is not { } axes)
            {
                Shapes.FailBroadcast(evaluator, span, "indices that are taken together", common, items[0].Span, item.Positions, item.Span);
                return null;
            }
            common = common with { Axes = axes };
        }
        var taken = items.Select(i => i.Axis).ToHashSet();
        var kept = Enumerable.Range(0, value.Axes.Count).Where(a => !taken.Contains(a)).ToList();
        var before = kept.Count(a => a < items[0].Axis);
        EqArray<Axis> result = [.. kept.Take(before).Select(a => value.Axes[a]), .. common.Axes, .. kept.Skip(before).Select(a => value.Axes[a])];
        return evaluator.Trace.Emit(value.Element, result, span, () => Node(value, items, kept, before, common.Axes.Count), value.Bound);
    }

    // The axes that are taken from come first and are joined to one, so that one gather of whole rows does it; the new axes then move to their place.
    private static Tensor Node(Value.TensorOf value, List<Item> items, List<int> kept, int before, int rank)
    {
        var node = Transpose(value.Node!, [.. items.Select(i => i.Axis), .. kept]);
        var sizes = items.Select(i => value.Node!.Shape[i.Axis]).ToList();
        if (items.Count > 1) node = Reshape(node, Shape.Create([sizes.Aggregate(1, (product, size) => checked(product * size)), .. kept.Select(a => value.Node!.Shape[a])]));
        var positions = items[0].Positions.Node!;
        for (var i = 1; i < items.Count; i++) positions = positions * Constant(HostTensor.Scalar((long)sizes[i])) + items[i].Positions.Node!;
        node = Gather(node, positions);
        return before == 0 ? node : Transpose(node, [.. Enumerable.Range(rank, before), .. Enumerable.Range(0, rank), .. Enumerable.Range(rank + before, kept.Count - before)]);
    }
}
