using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Linear algebra.</summary>
internal static class LinearBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("eye", ["n"], "int -> real[n, n]", "the identity matrix", (evaluator, arguments, call) =>
        {
            if (Coerce.Axes(evaluator, new Value.List([arguments[0].Value]), arguments[0].Span, "the size") is not { } axes) return Value.Unknown.It;
            var square = axes.Add(axes[0]);
            return evaluator.Trace.Emit(ElementType.Real, square, call, () => Identity(Trace.ShapeOf(square), evaluator.Trace.Precision));
        }),
        new("diag", ["v"], "real[n] -> real[n, n]", "the diagonal matrix of a vector", (evaluator, arguments, call) =>
        {
            if (Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } v) return Value.Unknown.It;
            if (v.Axes.Count != 1)
            {
                Shapes.FailRank(evaluator, arguments[0].Span, "'diag' takes a vector", v);
                return Value.Unknown.It;
            }
            var square = v.Axes.Add(v.Axes[0]);
            return evaluator.Trace.Emit(ElementType.Real, square, call, () => Identity(Trace.ShapeOf(square), evaluator.Trace.Precision) * v.Node!);
        }),
        new("cholesky", ["m"], "real[…, n, n] -> real[…, n, n]", "the lower Cholesky factor of a positive-definite matrix", (evaluator, arguments, call) =>
        {
            if (Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } m) return Value.Unknown.It;
            if (m.Axes.Count < 2)
            {
                Shapes.FailRank(evaluator, arguments[0].Span, "'cholesky' takes a square matrix", m);
                return Value.Unknown.It;
            }
            if (!m.Axes[^1].Equals(m.Axes[^2]))
                return evaluator.Trace.Report.Fail(CheckerCodes.Broadcast, arguments[0].Span, $"'cholesky' takes a square matrix, but this is {m.Describe()}", null, [.. Shapes.Provenance(m.Axes[^2]), .. Shapes.Provenance(m.Axes[^1])]);
            return evaluator.Trace.Emit(ElementType.Real, m.Axes, call, () => Cholesky(m.Node!));
        }),
    ];

    private static Tensor Identity(Shape shape, DType type) => Convert(Equal(Iota(shape, 0), Iota(shape, 1)), type);
}
