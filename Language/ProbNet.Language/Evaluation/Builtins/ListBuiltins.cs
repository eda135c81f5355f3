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
        new("foldLayers", ["layer", "items", "x"], "(a -> x -> prob<x>) -> list of a -> x -> prob<x>", "feeds x through one random layer for each item; sites are numbered from 0", FoldLayers),
    ];

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
