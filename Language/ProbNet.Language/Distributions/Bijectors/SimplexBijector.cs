using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Vectors of k - 1 reals onto probability vectors of k: a stick of length 1 is broken k - 1 times, piece i taking the fraction
/// z_i = sigmoid(x_i - log(k - i)) of what is left (i = 1 … k - 1); x = 0 gives equal pieces.
/// </summary>
/// <remarks>
/// […, k - 1] → […, k]. Computed through logarithms of the pieces, so that small ones keep their relative precision; one that
/// would round to 0 is the smallest number above, so that densities that vanish or diverge there stay finite.
/// log |det| = sum_i (log z_i + log(1 - z_i) + log of the stick left before break i). Source: Stan Reference Manual, "Unit simplex".
/// </remarks>
public sealed class SimplexBijector : Bijector
{
    private SimplexBijector() { }

    /// <summary>The only value.</summary>
    public static SimplexBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "simplex";

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape UnconstrainedShape(Shape constrained) => constrained.With(constrained.Rank - 1, constrained[^1] - 1);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var (logTaken, logLeft, before) = Break(unconstrained);
        var last = Sum(logLeft, -1);
        return DensityMath.RoundIntoPositive(Exp(Concat([before + logTaken, ExpandDims(last, -1)], -1)));
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained)
    {
        var k = constrained.Shape[^1];
        // What is left after each break is the sum of the later pieces: adding them up loses nothing, 1 minus the earlier ones would.
        var after = DensityMath.CumulativeSum(constrained, (piece, position) => piece > position);
        return Log(SliceAxis(constrained, -1, 0, k - 1)) - Log(SliceAxis(after, -1, 0, k - 1)) + Offsets(constrained, k);
    }

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained)
    {
        var (logTaken, logLeft, before) = Break(unconstrained);
        return Sum(logTaken + logLeft + before, -1);
    }

    // log z_i, log(1 - z_i), and the log of the stick left before break i.
    private static (Tensor LogTaken, Tensor LogLeft, Tensor Before) Break(Tensor unconstrained)
    {
        var t = unconstrained - Offsets(unconstrained, unconstrained.Shape[^1] + 1);
        var logLeft = -Softplus(t);
        return (-Softplus(-t), logLeft, DensityMath.CumulativeSum(logLeft, (piece, position) => piece < position));
    }

    // log(k - i) for i = 1 … k - 1.
    private static Tensor Offsets(Tensor like, int k) =>
        Constant(HostTensor.FromDoubles(like.DType, [k - 1], [.. Enumerable.Range(1, k - 1).Select(i => Math.Log(k - i))]));
}
