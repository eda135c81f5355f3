using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Reals onto (0, 1): y = 1 / (1 + e^-x), log |dy/dx| = -log(1 + e^x) - log(1 + e^-x).</summary>
/// <remarks>
/// Where y would round to 0 or 1 it is the nearest number inside the interval, so that densities on the interval stay finite.
/// </remarks>
public sealed class SigmoidBijector : Bijector
{
    private SigmoidBijector() { }

    /// <summary>The only value.</summary>
    public static SigmoidBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "sigmoid";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained) => DensityMath.RoundIntoUnitInterval(Sigmoid(unconstrained));

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => Log(constrained) - Log1p(-constrained);

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => -Softplus(unconstrained) - Softplus(-unconstrained);
}
