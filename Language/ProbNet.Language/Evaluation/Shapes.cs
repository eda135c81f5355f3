using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Shape arithmetic on axes and the messages when it fails.</summary>
internal static class Shapes
{
    /// <summary>Right-aligned broadcasting of axes: sizes must be equal or one of them the literal 1. Null if they do not fit.</summary>
    public static EqArray<Axis>? Broadcast(EqArray<Axis> a, EqArray<Axis> b)
    {
        var rank = Math.Max(a.Count, b.Count);
        var result = new Axis[rank];
        for (var i = 1; i <= rank; i++)
        {
            var x = i <= a.Count ? a[a.Count - i] : null;
            var y = i <= b.Count ? b[b.Count - i] : null;
            if (x is null || y is null) result[rank - i] = (x ?? y)!;
            else if (x.Equals(y) || y.IsOne) result[rank - i] = x;
            else if (x.IsOne) result[rank - i] = y;
            else return null;
        }
        return result.ToEqArray();
    }

    /// <summary>Reports two shapes that do not broadcast, saying which axis pair differs and where both came from.</summary>
    public static void FailBroadcast(Evaluator evaluator, SourceSpan span, string operation, Value.TensorOf a, SourceSpan aSpan, Value.TensorOf b, SourceSpan bSpan)
    {
        for (var i = 1; i <= Math.Min(a.Axes.Count, b.Axes.Count); i++)
        {
            Axis x = a.Axes[a.Axes.Count - i], y = b.Axes[b.Axes.Count - i];
            if (x.Equals(y) || x.IsOne || y.IsOne) continue;
            evaluator.Trace.Report.Fail(CheckerCodes.Broadcast, span, $"the shapes do not agree in {operation}: {a.Describe()} and {b.Describe()} differ in {Ordinal(i)} axis, {x} against {y}",
                operation == "`*`" && a.Axes.Count > 0 && b.Axes.Count > 1 && a.Axes[^1].Equals(b.Axes[^2]) ? "`*` is elementwise; a matrix product is written `@`" : HintFor(a, b, x, y),
                [new DiagnosticNote($"the left side is {a.Describe()}", aSpan), new DiagnosticNote($"the right side is {b.Describe()}", bSpan), .. Provenance(x), .. Provenance(y)]);
            return;
        }
    }

    /// <summary>Where an axis came from, as a note.</summary>
    public static EqArray<DiagnosticNote> Provenance(Axis axis) =>
        axis.From.Source is null ? [] : [new DiagnosticNote($"the size {axis} is {axis.Why}", axis.From)];

    /// <summary>Reports a tensor with another number of axes than needed.</summary>
    public static void FailRank(Evaluator evaluator, SourceSpan span, string needs, Value.TensorOf found, string? hint = null) =>
        evaluator.Trace.Report.Fail(CheckerCodes.Rank, span, $"{needs}, but this is {found.Describe()}, which has {Axes(found.Axes.Count)}", hint);

    public static string Axes(int count) => count switch { 0 => "no axes", 1 => "one axis", _ => $"{count} axes" };

    private static string? HintFor(Value.TensorOf a, Value.TensorOf b, Axis x, Axis y)
    {
        if (a.Axes.Count == b.Axes.Count && a.Axes.Count == 2 && a.Axes[0].Equals(b.Axes[1]) && a.Axes[1].Equals(b.Axes[0])) return "one of them may need `transpose`";
        if (a.Axes.Count == 2 && b.Axes.Count == 1 && a.Axes[0].Equals(b.Axes[0])) return "shapes are aligned at the last axis; a vector over the first axis of a matrix needs a trailing axis of size 1";
        return x.Size.Constant is null || y.Size.Constant is null ? "a named dimension equals only itself: give both the same name if the data makes them equal" : null;
    }

    private static string Ordinal(int fromTheEnd) => fromTheEnd switch { 1 => "the last", 2 => "the second last", 3 => "the third last", _ => $"the {fromTheEnd}th last" };
}
