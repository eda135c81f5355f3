using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Vectors of k (k - 1) / 2 reals onto Cholesky factors of k x k correlation matrices: z = tanh(x), row by row below the diagonal, are
/// partial correlations; L[i,j] = z[i,j] r[i,j] and L[i,i] = r[i,i] with r[i,j]^2 the product of 1 - z[i,m]^2 over m &lt; j.
/// </summary>
/// <remarks>
/// […, k (k - 1) / 2] → […, k, k], unit-norm rows. The determinant is with respect to the entries below the diagonal:
/// log |det| = sum_(j &lt; i) (log(1 - z[i,j]^2) + log r[i,j]). Everything goes through log(1 - z^2) = -2 log cosh x, so that correlations
/// near 1 keep their distance from it. Sources: Lewandowski, Kurowicka, Joe 2009, section 2.4; Stan Reference Manual, "Cholesky factors of
/// correlation matrices".
/// </remarks>
public sealed class CorrelationCholeskyBijector : Bijector
{
    private CorrelationCholeskyBijector() { }

    /// <summary>The only value.</summary>
    public static CorrelationCholeskyBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "correlationCholesky";

    /// <inheritdoc/>
    public override int EventRank => 2;

    /// <inheritdoc/>
    public override Shape UnconstrainedShape(Shape constrained) => constrained[..^2].Concat([Triangle(constrained[^1])]);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var x = Fill(unconstrained);
        var left = Exp(LogLeft(x));
        var square = Select(Below(x), Tanh(x) * left, Like(x, 0));
        return Select(OnDiagonal(x), DensityMath.RoundIntoPositive(left), square);
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained)
    {
        var k = constrained.Shape[^1];
        // The length of the row's part after each entry: adding up its squares loses nothing, 1 minus the earlier ones would.
        var rest = DensityMath.CumulativeSum(Square(constrained), (piece, position) => piece > position);
        var below = Below(constrained);
        var ratio = Select(below, constrained, Like(constrained, 0)) / Sqrt(Select(below, rest, Like(rest, 1)));
        var positions = from row in Enumerable.Range(1, k - 1) from column in Enumerable.Range(0, row) select row * k + column;
        return DensityMath.TakeFromLast(Reshape(Asinh(ratio), constrained.Shape[..^2].Concat([k * k])), positions);
    }

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained)
    {
        var x = Fill(unconstrained);
        return SumLast(Select(Below(x), LogOneMinusSquare(x) + LogLeft(x), Like(x, 0)), 2);
    }

    // The triangle below the diagonal, zeros elsewhere.
    private static Tensor Fill(Tensor unconstrained)
    {
        var k = Side(unconstrained.Shape[^1]);
        var positions =
            from row in Enumerable.Range(0, k)
            from column in Enumerable.Range(0, k)
            select column < row ? Triangle(row) + column : 0;
        var square = Reshape(DensityMath.TakeFromLast(unconstrained, positions), unconstrained.Shape[..^1].Concat([k, k]));
        return Select(Below(square), square, Like(square, 0));
    }

    // log r[i,j]. Zeros on and above the diagonal add nothing.
    private static Tensor LogLeft(Tensor x) => DensityMath.CumulativeSum(LogOneMinusSquare(x), (piece, position) => piece < position) * 0.5;

    // log(1 - tanh(x)^2) = -2 log cosh x.
    private static Tensor LogOneMinusSquare(Tensor x) => 2 * Math.Log(2) - Softplus(2 * x) - Softplus(-2 * x);

    private static Tensor Asinh(Tensor x)
    {
        var size = Abs(x);
        return Sign(x) * Log1p(size + size * (size / (1 + Sqrt(1 + Square(size)))));
    }

    private static Tensor Below(Tensor x) => Less(Iota(x.Shape, -1), Iota(x.Shape, -2));

    private static Tensor OnDiagonal(Tensor x) => Equal(Iota(x.Shape, -1), Iota(x.Shape, -2));

    private static int Triangle(int k) => k * (k - 1) / 2;

    private static int Side(int size)
    {
        var k = (int)Math.Ceiling(Math.Sqrt(2.0 * size));
        return Triangle(k) == size ? k : throw new ShapeException(OpCode.Reshape, $"{size} numbers do not fill a triangle below a diagonal");
    }
}
