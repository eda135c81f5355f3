using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Vectors of k (k + 1) / 2 reals onto lower-triangular k x k matrices with positive diagonal: the triangle is filled row by row and its
/// diagonal is exponentiated; log |det| is the sum of the k entries that become the diagonal.
/// </summary>
/// <remarks>[…, k (k + 1) / 2] → […, k, k]. Source: Pinheiro and Bates 1996, section 2.2 (log-Cholesky).</remarks>
public sealed class LowerCholeskyBijector : Bijector
{
    private LowerCholeskyBijector() { }

    /// <summary>The only value.</summary>
    public static LowerCholeskyBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "lowerCholesky";

    /// <inheritdoc/>
    public override int EventRank => 2;

    /// <inheritdoc/>
    public override Shape UnconstrainedShape(Shape constrained) => constrained[..^2].Concat([Triangle(constrained[^1])]);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var k = Side(unconstrained.Shape[^1]);
        // Entries above the diagonal read element 0 and are then replaced by zeros.
        var positions =
            from row in Enumerable.Range(0, k)
            from column in Enumerable.Range(0, k)
            select column <= row ? Triangle(row) + column : 0;
        var square = Reshape(DensityMath.TakeFromLast(unconstrained, positions), unconstrained.Shape[..^1].Concat([k, k]));
        var onDiagonal = Equal(Iota(square.Shape, -2), Iota(square.Shape, -1));
        // The exponential sees the diagonal only: elsewhere it could overflow, and its gradient with it.
        return Select(onDiagonal, Exp(Select(onDiagonal, square, Like(square, 0))), Composite.LowerTriangle(square));
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained)
    {
        var k = constrained.Shape[^1];
        var onDiagonal = Equal(Iota(constrained.Shape, -2), Iota(constrained.Shape, -1));
        var logs = Select(onDiagonal, Log(Select(onDiagonal, constrained, Like(constrained, 1))), constrained);
        var positions = from row in Enumerable.Range(0, k) from column in Enumerable.Range(0, row + 1) select row * k + column;
        return DensityMath.TakeFromLast(Reshape(logs, constrained.Shape[..^2].Concat([k * k])), positions);
    }

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) =>
        Sum(DensityMath.TakeFromLast(unconstrained, Enumerable.Range(0, Side(unconstrained.Shape[^1])).Select(row => Triangle(row) + row)), -1);

    private static int Triangle(int k) => k * (k + 1) / 2;

    private static int Side(int size)
    {
        var k = (int)Math.Sqrt(2.0 * size);
        return Triangle(k) == size ? k : throw new ShapeException(OpCode.Reshape, $"{size} numbers do not fill a triangle");
    }
}
