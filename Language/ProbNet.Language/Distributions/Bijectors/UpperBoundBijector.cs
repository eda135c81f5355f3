using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Reals onto the reals below a limit: y = high - e^x, log |dy/dx| = x. The limit broadcasts to the values and may be computed.</summary>
/// <param name="high">The limit, in the type of the given tensor.</param>
public sealed class UpperBoundBijector(Func<Tensor, Tensor> high) : Bijector
{
    /// <inheritdoc/>
    public override string Name => "upperBound";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained) => high(unconstrained) - Exp(unconstrained);

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => Log(high(constrained) - constrained);

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => unconstrained;
}
