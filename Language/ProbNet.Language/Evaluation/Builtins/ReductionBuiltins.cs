using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Functions that fold axes.</summary>
internal static class ReductionBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        Whole("sum", "the sum of all elements", SumAll),
        Whole("mean", "the mean of all elements", x => x.Rank == 0 ? x : Mean(x, [.. Enumerable.Range(0, x.Rank)])),
        Along("sumAxis", "the sum along one axis", (x, axis) => Sum(x, axis)),
        Along("meanAxis", "the mean along one axis", (x, axis) => Mean(x, axis)),
        Along("maxAxis", "the maximum along one axis", (x, axis) => ReduceMax(x, axis)),
        Last("logSumExp", "log of the sum of exponentials over the last axis", drops: true, Composite.LogSumExp),
        Last("softmax", "exponentials normalised over the last axis", drops: false, Composite.Softmax, new Distributions.Support.Simplex()),
        Last("logSoftmax", "log of softmax over the last axis", drops: false, Composite.LogSoftmax),
    ];

    private static Builtin Whole(string name, string doc, Func<Tensor, Tensor> build) => new(name, ["x"], "real[…] -> real", doc, (evaluator, arguments, call) =>
        Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is { } x ? evaluator.Trace.Emit(ElementType.Real, [], call, () => build(x.Node!)) : Value.Unknown.It);

    private static Builtin Along(string name, string doc, Func<Tensor, int, Tensor> build) => new(name, ["axis", "x"], "int -> real[…] -> real[…]", doc, (evaluator, arguments, call) =>
    {
        if (Coerce.Known(evaluator, arguments[0].Value, arguments[0].Span, "the axis") is not { } axis || Coerce.Real(evaluator, arguments[1].Value, arguments[1].Span) is not { } x) return Value.Unknown.It;
        if (axis < 0 || axis >= x.Axes.Count)
            return evaluator.Trace.Report.Fail(CheckerCodes.IndexRange, arguments[0].Span, $"{x.Describe()} has {Shapes.Axes(x.Axes.Count)}, so there is no axis {axis}", "the first axis is 0");
        return evaluator.Trace.Emit(ElementType.Real, x.Axes[..axis].AddRange(x.Axes[(axis + 1)..]), call, () => build(x.Node!, axis));
    });

    private static Builtin Last(string name, string doc, bool drops, Func<Tensor, Tensor> build, Distributions.Support? range = null) => new(name, ["x"], drops ? "real[…, k] -> real[…]" : "real[…, k] -> real[…, k]", doc, (evaluator, arguments, call) =>
    {
        if (Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } x) return Value.Unknown.It;
        if (x.IsScalar)
        {
            Shapes.FailRank(evaluator, arguments[0].Span, $"'{name}' works along the last axis", x);
            return Value.Unknown.It;
        }
        return evaluator.Trace.Emit(ElementType.Real, drops ? x.Axes[..^1] : x.Axes, call, () => build(x.Node!)) with { Source = range is null ? null : ValueSource.Computed(name, range, 1, call) };
    });
}
