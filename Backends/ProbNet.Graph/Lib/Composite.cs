using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Functions composed of primitives.</summary>
public static class Composite
{
    /// <summary>log(sum(exp(x))) over the last axis. The maximum is subtracted first, so nothing overflows; all -inf gives -inf.</summary>
    public static Tensor LogSumExp(Tensor x)
    {
        var max = StopGradient(ReduceMax(x, -1));
        var shift = Select(IsFinite(max), max, ZerosLike(max));
        return Log(Sum(Exp(x - ExpandDims(shift, -1)), -1)) + shift;
    }

    /// <summary>x - logSumExp(x) over the last axis: the log of the softmax.</summary>
    public static Tensor LogSoftmax(Tensor x) => x - ExpandDims(LogSumExp(x), -1);

    /// <summary>exp(x) / sum(exp(x)) over the last axis.</summary>
    public static Tensor Softmax(Tensor x)
    {
        var e = Exp(x - ExpandDims(StopGradient(ReduceMax(x, -1)), -1));
        return e / ExpandDims(Sum(e, -1), -1);
    }

    /// <summary>1 where position along a new last axis of size <paramref name="size"/> equals the index, else 0. [s…] I64 → [s…, size].</summary>
    public static Tensor OneHot(Tensor indices, int size, DType type)
    {
        var shape = indices.Shape.Concat([size]);
        return Convert(Equal(BroadcastTo(ExpandDims(indices, -1), shape), Iota(shape, -1)), type);
    }

    /// <summary>The element of each last-axis row chosen by index: x [s…, k], indices I64 [s…] → [s…]. Elements not chosen may be infinite.</summary>
    public static Tensor TakeLast(Tensor x, Tensor indices) =>
        Sum(Select(Equal(BroadcastTo(ExpandDims(indices, -1), x.Shape), Iota(x.Shape, -1)), x, Like(x, 0)), -1);

    /// <summary>The diagonal of the last two axes: [s…, n, n] → [s…, n].</summary>
    public static Tensor Diagonal(Tensor x) =>
        Sum(Select(Equal(Iota(x.Shape, -2), Iota(x.Shape, -1)), x, Like(x, 0)), -1);

    /// <summary>The lower triangle of the last two axes, zeros above it.</summary>
    public static Tensor LowerTriangle(Tensor x) =>
        Select(LessEqual(Iota(x.Shape, -1), Iota(x.Shape, -2)), x, Like(x, 0));
}
