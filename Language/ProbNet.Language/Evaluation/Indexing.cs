using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Indices and slices <c>x.[i, *, a .. b]</c> of tensors and lists; ranges include both ends.</summary>
internal static class Indexing
{
    public static Value Evaluate(Evaluator evaluator, Syntax.Index index, Scope scope)
    {
        var target = evaluator.Evaluate(index.Target, scope);
        return target switch
        {
            Value.Unknown => target,
            Value.List list => OfList(evaluator, index, list, scope),
            _ => Coerce.Tensor(evaluator, target, index.Target.Span) is { } tensor ? OfTensor(evaluator, index, tensor, scope) : Value.Unknown.It,
        };
    }

    // Longer lists than this are a mistake, and every item costs a value.
    public const int LongestRange = 100_000;

    /// <summary><c>[a .. b]</c>, both ends included; empty where b is a - 1, as in F#.</summary>
    public static Value RangeList(Evaluator evaluator, RangeLiteral range, Scope scope)
    {
        var from = Coerce.Known(evaluator, evaluator.Evaluate(range.From, scope), range.From.Span, "the start of a range");
        var to = Coerce.Known(evaluator, evaluator.Evaluate(range.To, scope), range.To.Span, "the end of a range");
        if (from is not { } a || to is not { } b) return Value.Unknown.It;
        if (b < a - 1) return evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, range.Span, $"the range {a} .. {b} runs backwards", "write the smaller end first; both ends are included");
        if ((long)b - a >= LongestRange) return evaluator.Trace.Report.Fail(CheckerCodes.BadSize, range.Span, $"a list of {(long)b - a + 1} items is too long", "lists are for layers and the like; data belongs in tensors");
        return new Value.List(Enumerable.Range(a, b - a + 1).Select(i => (Value)new Value.Static(Dim.Of(i), range.Span)).ToEqArray());
    }

    private static Value OfList(Evaluator evaluator, Syntax.Index index, Value.List list, Scope scope)
    {
        if (index.Items is not [var item])
            return evaluator.Trace.Report.Fail(CheckerCodes.Rank, index.Span, $"a list has one index, but {index.Items.Count} are given");
        switch (item)
        {
            case IndexItem.At(var at):
                if (Coerce.Known(evaluator, evaluator.Evaluate(at, scope), at.Span, "the index of a list") is not { } i) return Value.Unknown.It;
                if (i >= 0 && i < list.Items.Count) return list.Items[i];
                return evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, at.Span, $"the list has {list.Items.Count} items, so there is no item {i}", i < 0 ? "items count from 0; the last one of xs is xs.[length xs - 1]" : "the first item is 0");
            case IndexItem.Range range:
                var start = range.From is null ? 0 : Coerce.Known(evaluator, evaluator.Evaluate(range.From, scope), range.From.Span, "the start of a range");
                var stop = range.To is null ? list.Items.Count - 1 : Coerce.Known(evaluator, evaluator.Evaluate(range.To, scope), range.To.Span, "the end of a range");
                if (start is not { } a || stop is not { } b) return Value.Unknown.It;
                if (a >= 0 && b < list.Items.Count && a <= b + 1) return new Value.List(list.Items[a..(b + 1)]);
                return evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, index.Span, $"the list has {list.Items.Count} items, so there is no range {a} .. {b}", "both ends are included");
            default:
                return list;
        }
    }

    private static Value OfTensor(Evaluator evaluator, Syntax.Index index, Value.TensorOf tensor, Scope scope)
    {
        if (index.Items.Count > tensor.Axes.Count)
        {
            Shapes.FailRank(evaluator, index.Span, $"{index.Items.Count} indices need as many axes", tensor);
            return Value.Unknown.It;
        }
        // Items are applied to the axes from the left; `axis` is where the next one stands, since positions drop their axis.
        var (value, axis) = (tensor, 0);
        var gathers = new List<Gathers.Item>();
        foreach (var item in index.Items)
        {
            Value.TensorOf? next = value;
            switch (item)
            {
                case IndexItem.All: axis++; break;
                case IndexItem.Range range: next = Range(evaluator, index, value, axis, range, scope); axis++; break;
                case IndexItem.At(var at):
                    var position = evaluator.Evaluate(at, scope);
                    if (Gathers.Positions(evaluator, position, at.Span) is { } positions)
                    {
                        gathers.Add(new(axis, positions, at.Span, position is Value.List));
                        if (!Gathers.Fits(evaluator, value, gathers[^1])) return Value.Unknown.It;
                        axis++;
                    }
                    else
                    {
                        next = Position(evaluator, index, value, axis, position, at.Span);
                    }
                    break;
                default: throw new System.Diagnostics.UnreachableException();
            }
            if (next is null) return Value.Unknown.It;
            value = next;
        }
        if (Gathers.Take(evaluator, value, gathers, index.Span) is not { } result) return Value.Unknown.It;
        // Indices of leading axes leave the events whole.
        return result with { Source = SourceOf.Part(tensor.Source, index.Items.Count <= tensor.Axes.Count - (tensor.Source?.EventRank ?? 0)) };
    }

    private static Value.TensorOf? Position(Evaluator evaluator, Syntax.Index index, Value.TensorOf value, int axis, Value position, SourceSpan span)
    {
        if (position is Value.TensorOf { Element: ElementType.Bool })
        {
            evaluator.Trace.Report.Fail(CheckerCodes.Unsupported, span, $"an index is a position, but this is {((Value.TensorOf)position).Describe()}, and how many elements it picks would depend on the data",
                "keep all elements and choose with `if mask then a else b`");
            return null;
        }
        if (Coerce.Static(evaluator, position, span, "an index") is not { } at || !InRange(evaluator, at, value, axis, span)) return null;
        return evaluator.Trace.Emit(value.Element, RemoveAt(value.Axes, axis), index.Span, () => TensorMath.Index(value.Node!, axis, (int)at.Constant!.Value), value.Bound);
    }

    private static Value.TensorOf? Range(Evaluator evaluator, Syntax.Index index, Value.TensorOf value, int axis, IndexItem.Range range, Scope scope)
    {
        var size = value.Axes[axis].Size;
        var from = range.From is null ? Dim.Of(0) : Coerce.Static(evaluator, evaluator.Evaluate(range.From, scope), range.From.Span, "the start of a range");
        var to = range.To is null ? size - Dim.Of(1) : Coerce.Static(evaluator, evaluator.Evaluate(range.To, scope), range.To.Span, "the end of a range");
        if (from is null || to is null) return null;
        var length = to - from + Dim.Of(1);
        if (from.Constant < 0 || length.Constant <= 0 || (size - Dim.Of(1) - to).Constant < 0)
        {
            evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, index.Span, $"there is no range {from} .. {to} in an axis of size {size}", "positions start at 0 and both ends of a range are included", [.. Shapes.Provenance(value.Axes[axis])]);
            return null;
        }
        var axes = value.Axes.SetItem(axis, new Axis(length, index.Span, "the length of this range"));
        return evaluator.Trace.Emit(value.Element, axes, index.Span, () => SliceAxis(value.Node!, axis, (int)from.Constant!.Value, (int)to.Constant!.Value + 1), value.Bound);
    }

    private static bool InRange(Evaluator evaluator, Dim at, Value.TensorOf value, int axis, SourceSpan span)
    {
        var size = value.Axes[axis].Size;
        if (at.Constant is not < 0 && (size - at).Constant is not <= 0) return true;
        evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, span, $"the index {at} is outside the axis of size {size} in {value.Describe()}", $"positions count from 0; the last one is {size - Dim.Of(1)}", [.. Shapes.Provenance(value.Axes[axis])]);
        return false;
    }

    private static EqArray<Axis> RemoveAt(EqArray<Axis> axes, int axis) => axes[..axis].AddRange(axes[(axis + 1)..]);
}
