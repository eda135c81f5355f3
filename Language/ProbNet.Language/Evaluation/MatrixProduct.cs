using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>The operator <c>@</c>: matrix times matrix, matrix times vector, vector times matrix, inner product; leading axes are a batch.</summary>
internal static class MatrixProduct
{
    public static Value Evaluate(Evaluator evaluator, Binary binary, Value.TensorOf left, Value.TensorOf right)
    {
        if (Coerce.ToReal(evaluator, left, binary.Left.Span) is not { } l || Coerce.ToReal(evaluator, right, binary.Right.Span) is not { } r) return Value.Unknown.It;
        foreach (var (side, span) in new[] { (l, binary.Left.Span), (r, binary.Right.Span) })
        {
            if (side.IsScalar)
            {
                Shapes.FailRank(evaluator, span, "`@` multiplies matrices and vectors", side, "use `*` to scale by a number");
                return Value.Unknown.It;
            }
        }
        Axis inner = l.Axes[^1], outer = r.Axes.Count == 1 ? r.Axes[0] : r.Axes[^2];
        if (!inner.Equals(outer)) return Fail(evaluator, binary, l, r, inner, outer);
        EqArray<Axis> rows = l.Axes.Count == 1 ? [] : [l.Axes[^2]], columns = r.Axes.Count == 1 ? [] : [r.Axes[^1]];
        EqArray<Axis> leftBatch = l.Axes.Count <= 2 ? [] : l.Axes[..^2], rightBatch = r.Axes.Count <= 2 ? [] : r.Axes[..^2];
        if (Shapes.Broadcast(leftBatch, rightBatch) is not { } batch)
        {
            Shapes.FailBroadcast(evaluator, binary.Span, "`@`", l with { Axes = leftBatch }, binary.Left.Span, r with { Axes = rightBatch }, binary.Right.Span);
            return Value.Unknown.It;
        }
        var axes = batch.AddRange(rows).AddRange(columns);
        return evaluator.Trace.Emit(ElementType.Real, axes, binary.Span, () =>
        {
            var x = l.Axes.Count == 1 ? ExpandDims(l.Node!, 0) : l.Node!;
            var y = r.Axes.Count == 1 ? ExpandDims(r.Node!, 1) : r.Node!;
            return Reshape(MatMul(x, y), Trace.ShapeOf(axes));
        });
    }

    private static Value Fail(Evaluator evaluator, Binary binary, Value.TensorOf l, Value.TensorOf r, Axis inner, Axis outer)
    {
        var hint = l.Axes.Count >= 2 && l.Axes[^2].Equals(outer) ? "transposing the left side would make it fit: transpose a @ b"
            : r.Axes.Count == 2 && r.Axes[1].Equals(inner) ? "transposing the right side would make it fit: a @ transpose b"
            : "the last axis of the left side and the first of the right side must have the same size" + (l.Axes[^1].Size.Constant is null ? "; `features x` is the size of x's last axis" : "");
        return evaluator.Trace.Report.Fail(CheckerCodes.MatrixProduct, binary.OperatorSpan.Source is null ? binary.Span : binary.OperatorSpan,
            $"the inner sizes of a matrix product differ: {l.Describe()} @ {r.Describe()} pairs {inner} with {outer}", hint,
            [new DiagnosticNote($"the left side is {l.Describe()}", binary.Left.Span), new DiagnosticNote($"the right side is {r.Describe()}", binary.Right.Span), .. Shapes.Provenance(inner), .. Shapes.Provenance(outer)]);
    }
}
