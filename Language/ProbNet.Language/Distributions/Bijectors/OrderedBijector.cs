using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Vectors of reals onto ascending vectors: y_1 = x_1, y_i = y_(i-1) + exp(x_i); log |det| is the sum of x_2 … x_k.
/// </summary>
/// <remarks>
/// […, k] → […, k]. A step far smaller than its neighbours is lost to rounding and leaves two equal components. Source: Stan Reference
/// Manual, "Ordered vector".
/// </remarks>
public sealed class OrderedBijector : Bijector
{
    private OrderedBijector() { }

    /// <summary>The only value.</summary>
    public static OrderedBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "ordered";

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var first = IsFirst(unconstrained);
        // The first component is not exponentiated, so that it can neither overflow nor spoil a gradient.
        var steps = Select(first, unconstrained, Exp(Select(first, Like(unconstrained, 0), unconstrained)));
        return DensityMath.CumulativeSum(steps, (piece, position) => piece <= position);
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained)
    {
        var k = constrained.Shape[^1];
        if (k == 1) return constrained;
        var steps = SliceAxis(constrained, -1, 1, k) - SliceAxis(constrained, -1, 0, k - 1);
        return Concat([SliceAxis(constrained, -1, 0, 1), Log(steps)], -1);
    }

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) =>
        Sum(Select(IsFirst(unconstrained), Like(unconstrained, 0), unconstrained), -1);

    private static Tensor IsFirst(Tensor x) => Equal(Iota(x.Shape, -1), Constant(DType.I64, 0));
}
