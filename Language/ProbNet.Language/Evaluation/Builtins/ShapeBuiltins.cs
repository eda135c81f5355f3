using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Functions about sizes and the arrangement of elements.</summary>
internal static class ShapeBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("features", ["x"], "real[…, k] -> int", "the size of the last axis", (e, a, call) => Size(e, a[0], "features", x => x[^1])),
        new("rows", ["x"], "real[n, …] -> int", "the size of the first axis", (e, a, call) => Size(e, a[0], "rows", x => x[0])),
        new("shape", ["x"], "real[a, b, …] -> list", "the sizes of all axes", (e, a, call) =>
            Coerce.Tensor(e, a[0].Value, a[0].Span) is { } x ? new Value.List(x.Axes.Map(axis => (Value)new Value.Static(axis.Size, axis.From))) : Value.Unknown.It),
        new("zeros", ["shape"], "list -> real[shape]", "a tensor of zeros", (e, a, call) => Filled(e, a[0], call, 0)),
        new("ones", ["shape"], "list -> real[shape]", "a tensor of ones", (e, a, call) => Filled(e, a[0], call, 1)),
        new("broadcast", ["shape", "x"], "list -> real[…] -> real[shape]", "repeats axes of size 1 and missing leading axes", BroadcastTo),
        new("reshape", ["shape", "x"], "list -> real[…] -> real[shape]", "the same elements in row-major order under another shape", ReshapeTo),
        new("flatten", ["x"], "real[n, …] -> real[n, k]", "joins all axes but the first", Flatten),
        new("transpose", ["x"], "real[…, a, b] -> real[…, b, a]", "exchanges the last two axes; transpose [1; 0; 2] x permutes them", Transposed),
        new("concat", ["axis", "parts"], "int -> list of real[…] -> real[…]", "joins tensors along an axis", Concatenated),
    ];

    private static Value Size(Evaluator evaluator, Argument argument, string name, Func<EqArray<Axis>, Axis> choose)
    {
        if (Coerce.Tensor(evaluator, argument.Value, argument.Span) is not { } x) return Value.Unknown.It;
        if (!x.IsScalar) return new Value.Static(choose(x.Axes).Size, argument.Span);
        Shapes.FailRank(evaluator, argument.Span, $"'{name}' is the size of an axis", x);
        return Value.Unknown.It;
    }

    private static Value Filled(Evaluator evaluator, Argument shape, SourceSpan call, double value) =>
        Coerce.Axes(evaluator, shape.Value, shape.Span, "the shape") is { } axes
            ? evaluator.Trace.Emit(ElementType.Real, axes, call, () => Full(evaluator.Trace.Precision, Trace.ShapeOf(axes), value))
            : Value.Unknown.It;

    private static Value BroadcastTo(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Axes(evaluator, arguments[0].Value, arguments[0].Span, "the shape") is not { } axes || Coerce.Tensor(evaluator, arguments[1].Value, arguments[1].Span) is not { } x) return Value.Unknown.It;
        if (Shapes.Broadcast(x.Axes, axes) is { } common && common == axes)
            return evaluator.Trace.Emit(x.Element, axes, call, () => TensorMath.BroadcastTo(x.Node!, Trace.ShapeOf(axes)), x.Bound) with { Source = x.Source };
        return evaluator.Trace.Report.Fail(CheckerCodes.Broadcast, call, $"{x.Describe()} does not broadcast to {TypeText.Shape(axes)}", "only axes of size 1 and missing leading axes are repeated");
    }

    private static Value ReshapeTo(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Axes(evaluator, arguments[0].Value, arguments[0].Span, "the shape") is not { } axes || Coerce.Tensor(evaluator, arguments[1].Value, arguments[1].Span) is not { } x) return Value.Unknown.It;
        Dim before = Count(x.Axes), after = Count(axes);
        if (before.Equals(after)) return evaluator.Trace.Emit(x.Element, axes, call, () => Reshape(x.Node!, Trace.ShapeOf(axes)), x.Bound) with { Source = x.Source?.Elements };
        return evaluator.Trace.Report.Fail(CheckerCodes.Reshape, call, $"{x.Describe()} has {before} elements, but {TypeText.Shape(axes)} takes {after}");
    }

    private static Value Flatten(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Tensor(evaluator, arguments[0].Value, arguments[0].Span) is not { } x) return Value.Unknown.It;
        if (x.IsScalar)
        {
            Shapes.FailRank(evaluator, arguments[0].Span, "'flatten' keeps the first axis and joins the others", x);
            return Value.Unknown.It;
        }
        EqArray<Axis> axes = [x.Axes[0], new Axis(Count(x.Axes[1..]), call, "the product of the axes joined here")];
        return evaluator.Trace.Emit(x.Element, axes, call, () => Reshape(x.Node!, Trace.ShapeOf(axes)), x.Bound) with { Source = x.Source?.Elements };
    }

    private static Value Transposed(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (arguments[0].Value is Value.List order)
            return new Value.Function("transpose", ["x"], [], (applied, rest, outer) => Permuted(applied, order, arguments[0].Span, rest[0], outer), default);
        if (Coerce.Tensor(evaluator, arguments[0].Value, arguments[0].Span) is not { } x) return Value.Unknown.It;
        if (x.Axes.Count < 2)
        {
            Shapes.FailRank(evaluator, arguments[0].Span, "'transpose' exchanges the last two axes", x);
            return Value.Unknown.It;
        }
        return evaluator.Trace.Emit(x.Element, x.Axes[..^2].Add(x.Axes[^1]).Add(x.Axes[^2]), call, () => TransposeLast(x.Node!), x.Bound) with { Source = x.Source?.Elements };
    }

    private static Value Permuted(Evaluator evaluator, Value.List order, SourceSpan orderSpan, Argument argument, SourceSpan call)
    {
        var permutation = new List<int>();
        foreach (var item in order.Items)
        {
            if (Coerce.Known(evaluator, item, orderSpan, "an axis") is not { } axis) return Value.Unknown.It;
            permutation.Add(axis);
        }
        if (Coerce.Tensor(evaluator, argument.Value, argument.Span) is not { } x) return Value.Unknown.It;
        if (!permutation.Order().SequenceEqual(Enumerable.Range(0, x.Axes.Count)))
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.Rank, orderSpan, $"[{string.Join("; ", permutation)}] is not an order of the {Shapes.Axes(x.Axes.Count)} of {x.Describe()}",
                "name each axis once, counting from 0");
        }
        return evaluator.Trace.Emit(x.Element, permutation.Select(i => x.Axes[i]).ToEqArray(), call, () => Transpose(x.Node!, permutation.ToEqArray()), x.Bound) with { Source = x.Source?.Elements };
    }

    private static Value Concatenated(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Known(evaluator, arguments[0].Value, arguments[0].Span, "the axis") is not { } axis || Coerce.List(evaluator, arguments[1].Value, arguments[1].Span, "'concat' joins the items of") is not { } list) return Value.Unknown.It;
        var parts = new List<Value.TensorOf>();
        foreach (var item in list.Items)
        {
            if (Coerce.Real(evaluator, item, arguments[1].Span) is not { } part) return Value.Unknown.It;
            parts.Add(part);
        }
        if (parts.Count == 0) return evaluator.Trace.Report.Fail(CheckerCodes.ListLength, arguments[1].Span, "there is nothing to join in an empty list");
        var first = parts[0];
        if (axis < 0 || axis >= first.Axes.Count)
            return evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, arguments[0].Span, $"{first.Describe()} has {Shapes.Axes(first.Axes.Count)}, so there is no axis {axis}", "the first axis is 0");
        foreach (var part in parts.Skip(1))
        {
            if (part.Axes.Count == first.Axes.Count && Enumerable.Range(0, part.Axes.Count).All(i => i == axis || part.Axes[i].Equals(first.Axes[i]))) continue;
            return evaluator.Trace.Report.Fail(CheckerCodes.Broadcast, call, $"{first.Describe()} and {part.Describe()} cannot be joined along axis {axis}", "all other axes must be equal");
        }
        var total = parts.Aggregate(Dim.Of(0), (sum, part) => sum + part.Axes[axis].Size);
        return evaluator.Trace.Emit(ElementType.Real, first.Axes.SetItem(axis, new Axis(total, call, "the sum of the parts joined here")), call, () => Concat(parts.Select(p => p.Node!), axis));
    }

    private static Dim Count(EqArray<Axis> axes) => axes.Aggregate(Dim.Of(1), (product, axis) => product * axis.Size);
}
