using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Estimators;

public class RowAnalysisTests
{
    private static readonly Tensor X = Input("x", DType.F64, [7, 3]);
    private static readonly Tensor Y = Input("y", DType.F64, [7]);
    private static readonly Tensor Class = Input("class", DType.I64, [7]);
    private static readonly Tensor W = Input("w", DType.F64, [3, 5]);
    private static readonly Tensor Table = Input("table", DType.F64, [11, 2]);
    private static readonly Tensor Square3 = Input("square", DType.F64, [3, 3]);

    private static RowStatus Status(Tensor x) => RowAnalysis.Of([x], [X, Y, Class])[x];

    [Fact]
    public void RowsAreFollowedThroughEveryKindOfOperation()
    {
        (Tensor Expression, int Axis)[] cases =
        [
            (X, 0), (Relu(X), 0), (X + Y.ExpandLast(), 0), (X * 2.5, 0), (Select(Less(X, Like(X, 0)), X, -X), 0),
            (Convert(Class, DType.F64), 0), (StopGradient(X), 0),
            (MatMul(X, W), 0), (MatMul(TransposeLast(W), TransposeLast(X)), 1),
            (TransposeLast(X), 1), (Transpose(BroadcastTo(X, [2, 7, 3]), [2, 0, 1]), 2),
            (Reshape(X, [7, 1, 3]), 0), (Reshape(X, [1, 7, 3]), 1), (Reshape(Reshape(X, [7, 3, 1]), [7, 3]), 0),
            (BroadcastTo(X, [5, 7, 3]), 1), (ExpandDims(Y, 0), 1),
            (SliceAxis(X, 1, 0, 2), 0), (Index(X, 1, 2), 0), (Pad(X, [0, 1], [0, 2]), 0),
            (Concat([X, X], 1), 0), (Concat([X, Full(DType.F64, [7, 2], 1)], 1), 0), (Stack([Y, Y], 0), 1),
            (Gather(Table, Class), 0), (Gather(TransposeLast(X), Constant(HostTensor.Of([2], [2L, 0]))), 1),
            (ScatterAdd([4, 7], Constant(HostTensor.Of([3], [2L, 0, 2])), TransposeLast(X)), 1),
            (Sum(X, 1), 0), (ReduceMax(X, 1), 0), (Sum(TransposeLast(X), 0), 0), (Convert(ArgMax(X), DType.F64), 0),
            (Composite.LogSoftmax(X), 0), (Composite.TakeLast(X, Class), 0),
            (MatMul(ExpandDims(X, 1), BroadcastTo(W, [7, 3, 5])), 0), (MatMul(ExpandDims(X, 1), ExpandDims(X, 2)), 0),
            (TriangularSolve(Square3, TransposeLast(X)), 1), (Cholesky(BroadcastTo(ExpandDims(ExpandDims(Y, 1), 2), [7, 3, 3])), 0),
        ];
        foreach (var (expression, axis) in cases) Assert.True(Status(expression) is RowStatus.Row(var a) && a == axis, $"{expression}: {Status(expression)}, not along {axis}");
    }

    [Fact]
    public void ValuesWithoutRowsHaveNone()
    {
        foreach (var expression in (Tensor[])[W, MatMul(TransposeLast(W), W), Full(DType.F64, [7, 3], 2), Sum(W, 0)]) Assert.Equal(RowStatus.Independent, Status(expression));
    }

    [Fact]
    public void MixingIsNamedWhereItHappens()
    {
        (Tensor Expression, OpCode Op, string Why)[] cases =
        [
            (Exp(Sum(X, 0)), OpCode.ReduceSum, "sums over the data rows"),
            (ReduceMax(Y, 0), OpCode.ReduceMax, "takes the maximum over the data rows"),
            (Convert(ArgMax(Y), DType.F64), OpCode.ArgMax, "position of the maximum"),
            (Reshape(X, [21]), OpCode.Reshape, "merges the data rows"),
            (SliceAxis(X, 0, 1, 7), OpCode.Slice, "only some of the data rows"),
            (Pad(X, [1, 0], [0, 0]), OpCode.Pad, "adds rows"),
            (Concat([X, X], 0), OpCode.Concat, "joins data rows"),
            (BroadcastTo(ExpandDims(Y, 0), [7, 7]) - BroadcastTo(ExpandDims(Y, 1), [7, 7]), OpCode.Sub, "each data row with every other"),
            (MatMul(X, TransposeLast(X)), OpCode.MatMul, "every data row with every other"),
            (MatMul(TransposeLast(X), X), OpCode.MatMul, "sums over the data rows in a matrix product"),
            (Gather(X, Class), OpCode.Gather, "picks data rows by index"),
            (ScatterAdd([5, 3], Class, X), OpCode.ScatterAdd, "adds data rows up by index"),
            (TriangularSolve(Input("l", DType.F64, [7, 7]), X), OpCode.TriangularSolve, "over the data rows"),
            (Cholesky(BroadcastTo(ExpandDims(Y, 1), [7, 7])), OpCode.Cholesky, "over the data rows"),
        ];
        foreach (var (expression, op, why) in cases)
        {
            var mixed = Assert.IsType<RowStatus.Mixed>(Status(expression));
            Assert.True(mixed.Node.Op == op && mixed.Why.Contains(why), $"{expression}: {mixed.Node.Op} {mixed.Why}");
            // The first mixing is kept however the value is used later.
            Assert.Same(mixed.Node, Assert.IsType<RowStatus.Mixed>(Status(Sum(Exp(expression), [.. Enumerable.Range(0, expression.Rank)]) + 1)).Node);
        }
    }

    [Fact]
    public void TheSampleModelsHaveNoObstacles()
    {
        foreach (var (model, _) in new[] { Samples.Coin(), Samples.Mean(), Samples.Regression(), Samples.Schools(), Samples.Net() })
        {
            Assert.Empty(RowAnalysis.Obstacles(model.Elaborate(model.Rows)));
            Assert.Null(RowCount.Dependence(model.Elaborate(model.Rows), model.Elaborate(3)));
        }
    }

    [Fact]
    public void SitesThatDependOnOtherRowsAreObstacles()
    {
        var model = ModelBuilder.Bind(5, ["y", "total"], b =>
        {
            var x = b.PerRow("x", []);
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)));
            b.Draw("y", Normal.Of(x * w, b.Real(2)), perRow: true);
            b.Draw("total", Normal.Of(Sum(x, 0) * w, b.Real(2)));
        });
        var obstacle = Assert.Single(RowAnalysis.Obstacles(model.Elaborate(5)));
        Assert.Equal("total", obstacle.Site.Name);

        // One event over all rows, as in Gaussian process regression.
        var process = ModelBuilder.Bind(5, ["y"], b =>
        {
            var scale = b.Draw("scale", HalfNormal.Of(b.Real(1)));
            var eye = Convert(Equal(Iota([b.Rows, b.Rows], 0), Iota([b.Rows, b.Rows], 1)), DType.F64);
            b.Draw("y", MultivariateNormal.Of(Full(DType.F64, [b.Rows], 0), eye * scale), perRow: true);
        });
        Assert.Equal("y", Assert.Single(RowAnalysis.Obstacles(process.Elaborate(5))).Site.Name);
    }

    [Fact]
    public void TheNumberOfRowsAsAValueIsFound()
    {
        static BoundModel With(Func<ModelBuilder, Tensor> scale) => ModelBuilder.Bind(5, ["y"], b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)));
            b.Draw("y", Normal.Of(BroadcastTo(w, [b.Rows]), scale(b)), perRow: true);
        });
        (BoundModel Model, string Why)[] cases =
        [
            (With(b => b.Real(1.0 / b.Rows)), "computes with that number"),
            (With(b => Convert(Iota([b.Rows], 0), DType.F64) + 1), "counts positions"),
            (With(b => Sum(Full(DType.F64, [b.Rows], 0.1), 0)), "sums repeated values"),
        ];
        foreach (var (model, why) in cases) Assert.Contains(why, RowCount.Dependence(model.Elaborate(5), model.Elaborate(3))!.Value.Why);
        Assert.Null(RowCount.Dependence(With(b => Full(DType.F64, [b.Rows], 0.1)).Elaborate(5), With(b => Full(DType.F64, [b.Rows], 0.1)).Elaborate(3)));
    }
}

internal static class TensorShorthand
{
    public static Tensor ExpandLast(this Tensor x) => ExpandDims(x, -1);
}
