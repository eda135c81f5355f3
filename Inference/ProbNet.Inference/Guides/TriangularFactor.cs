using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A square factor with positive diagonal: diagonal, or lower triangular.</summary>
/// <param name="Diagonal">[n], positive.</param>
/// <param name="Lower">[n, n], zero on the diagonal and above; null for a diagonal factor.</param>
public sealed record TriangularFactor(Tensor Diagonal, Tensor? Lower)
{
    /// <summary>The number of rows.</summary>
    public int Size => Diagonal.Shape[0];

    /// <summary>The sums of the squares of its rows, [n]: the variances that it gives unit noise.</summary>
    public Tensor Variance => Lower is null ? Square(Diagonal) : Square(Diagonal) + Sum(Square(Lower), -1);

    /// <summary>log det, [].</summary>
    public Tensor LogDet => SumAll(Log(Diagonal));

    /// <summary>The factor divided by a number.</summary>
    public TriangularFactor Over(Tensor number) => new(Diagonal / BroadcastTo(number, Diagonal.Shape), Lower is null ? null : Lower / BroadcastTo(number, Lower.Shape));

    /// <summary>F x for x […, n, m].</summary>
    public Tensor Times(Tensor x) => Plus(x * BroadcastTo(ExpandDims(Diagonal, -1), x.Shape), l => MatMul(l, x));

    /// <summary>F^T x for x […, n, m].</summary>
    public Tensor TransposeTimes(Tensor x) => Plus(x * BroadcastTo(ExpandDims(Diagonal, -1), x.Shape), l => MatMul(TransposeLast(l), x));

    /// <summary>x F for x […, m, n].</summary>
    public Tensor After(Tensor x) => Plus(x * Diagonal, l => MatMul(x, l));

    /// <summary>x F^T for x […, m, n].</summary>
    public Tensor TransposeAfter(Tensor x) => Plus(x * Diagonal, l => MatMul(x, TransposeLast(l)));

    /// <summary>F^-1 x for x [n, m].</summary>
    public Tensor Solve(Tensor x)
    {
        var diagonal = ExpandDims(Diagonal, -1);
        if (Lower is null) return x / BroadcastTo(diagonal, x.Shape);
        return TriangularSolve(Lower + Select(Equal(Iota(Lower.Shape, 0), Iota(Lower.Shape, 1)), BroadcastTo(diagonal, Lower.Shape), Like(x, 0)), x);
    }

    /// <summary>The part of a matrix below its diagonal, zero elsewhere.</summary>
    internal static Tensor Below(Tensor matrix) => Select(Less(Iota(matrix.Shape, -1), Iota(matrix.Shape, -2)), matrix, Like(matrix, 0));

    private Tensor Plus(Tensor diagonal, Func<Tensor, Tensor> below) => Lower is null ? diagonal : diagonal + below(Lower);
}
