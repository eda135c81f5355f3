using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A normal with covariance diag(d^2) + P P^T over D components, P of r columns: u = loc + d eps + P eta with eps [D] and eta [r] standard normal. Nothing of size D x D is formed. Leading axes
/// are a batch.
/// </summary>
/// <param name="Loc">Means, […, D].</param>
/// <param name="Deviation">d, positive, […, D].</param>
/// <param name="Factor">P, […, D, r], r at least 1.</param>
/// <remarks>
/// With A = P / d, and the capacitance matrix C = I + A^T A of r x r (Woodbury's identity and the matrix determinant lemma; Ong, Nott, Smith, Gaussian variational approximation with a factor covariance
/// structure, JCGS 27 (2018), sec. 3): log det = 2 sum log d + log det C, and with z = (u - loc) / d = eps + A eta the quadratic form z^T (I + A A^T)^-1 z is the least value of
/// |z - A v|^2 + |v|^2 over v, at v = C^-1 A^T z = eta + g with g = C^-1 (A^T eps - eta): it equals |eps - A g|^2 + |eta + g|^2, a sum of squares without cancellation. C is formed and factorised in
/// double precision: its condition grows as the square of A's.
/// </remarks>
internal sealed record LowRankNormal(Tensor Loc, Tensor Deviation, Tensor Factor)
{
    private Tensor Scaled => Factor / BroadcastTo(ExpandDims(Deviation, -1), Factor.Shape);

    private int Rank => Factor.Shape[^1];

    /// <summary>The variance of each component, […, D].</summary>
    public Tensor Variance => Square(Deviation) + Sum(Square(Factor), -1);

    /// <summary>The draw that the noise gives, […, D].</summary>
    /// <param name="eps">[…, D].</param>
    /// <param name="eta">[…, r].</param>
    public Tensor Draw(Tensor eps, Tensor eta) => Loc + Deviation * eps + Apply(Factor, eta);

    /// <summary>The log-density of that draw, […].</summary>
    public Tensor LogDensity(Tensor eps, Tensor eta)
    {
        var (scaled, root) = (Scaled, Root());
        var g = Solve(root, Apply(TransposeLast(scaled), eps) - eta);
        return OfSquares(Sum(Square(eps - Apply(scaled, g)), -1) + Sum(Square(eta + g), -1), root);
    }

    /// <summary>The log-density of any value, […].</summary>
    /// <param name="value">[…, D].</param>
    public Tensor LogDensityOf(Tensor value)
    {
        var (scaled, root, z) = (Scaled, Root(), (value - Loc) / Deviation);
        var v = Solve(root, Apply(TransposeLast(scaled), z));
        return OfSquares(Sum(Square(z - Apply(scaled, v)), -1) + Sum(Square(v), -1), root);
    }

    /// <summary>The differential entropy, […].</summary>
    public Tensor Entropy() => HalfLogDet(Root()) + Loc.Shape[^1] * 0.5 * (1 + Math.Log(2 * Math.PI));

    // The lower Cholesky factor of I + A^T A.
    private Tensor Root()
    {
        var scaled = Convert(Scaled, DType.F64);
        var shape = scaled.Shape[..^2].Concat([Rank, Rank]);
        return Cholesky(MatMul(TransposeLast(scaled), scaled) + Convert(Equal(Iota(shape, -2), Iota(shape, -1)), DType.F64));
    }

    private Tensor HalfLogDet(Tensor root) => Sum(Log(Deviation), -1) + Convert(Sum(Log(Composite.Diagonal(root)), -1), Deviation.DType);

    private Tensor OfSquares(Tensor squares, Tensor root) => squares * -0.5 - HalfLogDet(root) - Loc.Shape[^1] * 0.5 * Math.Log(2 * Math.PI);

    // C^-1 b.
    private static Tensor Solve(Tensor root, Tensor b)
    {
        var column = ExpandDims(Convert(b, DType.F64), -1);
        return Convert(Squeeze(TriangularSolve(root, TriangularSolve(root, column), transposed: true), -1), b.DType);
    }

    private static Tensor Apply(Tensor matrix, Tensor vector) => Squeeze(MatMul(matrix, ExpandDims(vector, -1)), -1);
}
