using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Functions over lists of static length.</summary>
internal static class ListBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("length", ["items"], "list -> int", "the number of items", (evaluator, arguments, call) =>
            Coerce.List(evaluator, arguments[0].Value, arguments[0].Span, "the argument of length") is { } list ? new Value.Static(Dim.Of(list.Items.Count), call) : Value.Unknown.It),
        new("tensor", ["items"], "list -> real[n, …]", "the tensor of a list of numbers, or of lists or tensors of one shape, stacked along a new first axis", (evaluator, arguments, call) =>
            Coerce.List(evaluator, arguments[0].Value, arguments[0].Span, "the argument of tensor") is { } list ? Stacked(evaluator, list, arguments[0].Span, call) ?? (Value)Value.Unknown.It : Value.Unknown.It),
        new("foldLayers", ["layer", "items", "x"], "(a -> x -> prob<x>) -> list of a -> x -> prob<x>", "feeds x through one random layer for each item; sites are numbered from 0", FoldLayers),
    ];

    private static Value.TensorOf? Stacked(Evaluator evaluator, Value.List list, SourceSpan span, SourceSpan call)
    {
        var report = evaluator.Trace.Report;
        if (list.Items.IsEmpty)
        {
            report.Fail(CheckerCodes.BadSize, span, "an empty list has no tensor", "sizes start at 1");
            return null;
        }
        var items = new List<Value.TensorOf>();
        foreach (var item in list.Items)
        {
            var next = item is Value.List inner ? Stacked(evaluator, inner, span, call) : Coerce.Real(evaluator, item, span);
            if (next is null) return null;
            if (items.Count > 0 && next.Axes != items[0].Axes)
            {
                report.Fail(CheckerCodes.ArgumentShape, span, $"the items of tensor must have one shape, but the first is {items[0].Describe()} and item {items.Count} is {next.Describe()}", "items are counted from 0");
                return null;
            }
            items.Add(next);
        }
        EqArray<Axis> axes = [new Axis(Dim.Of(items.Count), span, "the length of this list"), .. items[0].Axes];
        // Numbers are one constant and not as many nodes.
        return evaluator.Trace.Emit(ElementType.Real, axes, call, () => items.TrueForAll(i => i.Literal is not null)
            ? TensorMath.Constant(HostTensor.FromDoubles(evaluator.Trace.Precision, [items.Count], [.. items.Select(i => i.Literal!.Value)]))
            : TensorMath.Stack(items.Select(i => i.Node!), 0));
    }

    private static Value FoldLayers(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.List(evaluator, arguments[1].Value, arguments[1].Span, "foldLayers goes over") is not { } list) return Value.Unknown.It;
        var frames = evaluator.Trace.Report.Frames;
        return new Value.Random("a fold of layers", prefix =>
        {
            var outer = evaluator.Trace.Report.Frames;
            evaluator.Trace.Report.Frames = frames;
            var x = arguments[2].Value;
            for (var i = 0; i < list.Items.Count; i++)
            {
                var layer = evaluator.Apply(arguments[0], call, list.Items[i], x);
                x = layer is Value.Random or Value.Distribution ? ProbBlock.Draw(evaluator, layer, ProbBlock.Join(prefix, i.ToString(System.Globalization.CultureInfo.InvariantCulture)), arguments[0].Span) : layer;
            }
            evaluator.Trace.Report.Frames = outer;
            return x;
        });
    }
}
