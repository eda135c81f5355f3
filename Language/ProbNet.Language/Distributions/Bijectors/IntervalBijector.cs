using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Reals onto (low, high): y = low + (high - low) / (1 + e^-x), log |dy/dx| = log(high - low) - log(1 + e^x) - log(1 + e^-x). The ends broadcast
/// to the values and may be computed.
/// </summary>
/// <param name="low">The lower end, in the type of the given tensor.</param>
/// <param name="high">The upper end.</param>
/// <remarks>
/// Each half of the interval is measured from its own end, so that the distance to it keeps its relative precision as far as y can hold it.
/// </remarks>
public sealed class IntervalBijector(Func<Tensor, Tensor> low, Func<Tensor, Tensor> high) : Bijector
{
    /// <inheritdoc/>
    public override string Name => "interval";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var (a, b) = (low(unconstrained), high(unconstrained));
        var lower = Less(unconstrained, Like(unconstrained, 0));
        // Not -|x|, whose derivative at 0 is taken to be 0.
        var near = (b - a) * Sigmoid(Select(lower, unconstrained, -unconstrained));
        return Select(lower, a + near, b - near);
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => Log(constrained - low(constrained)) - Log(high(constrained) - constrained);

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) =>
        Log(high(unconstrained) - low(unconstrained)) - Softplus(unconstrained) - Softplus(-unconstrained);
}
