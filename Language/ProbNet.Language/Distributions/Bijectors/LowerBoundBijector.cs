using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Reals onto (low, infinity): y = low + e^x, log |dy/dx| = x. The limit broadcasts to the values and may be computed.</summary>
/// <param name="low">The limit, in the type of the given tensor.</param>
/// <remarks>Where y would round to the limit it is one part in 2^52 (2^23 in single precision) above it.</remarks>
public sealed class LowerBoundBijector(Func<Tensor, Tensor> low) : Bijector
{
    /// <inheritdoc/>
    public override string Name => "lowerBound";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained)
    {
        var from = low(unconstrained);
        var relative = unconstrained.DType == DType.F32 ? Math.Pow(2, -23) : Math.Pow(2, -52);
        var least = from + StopGradient(DensityMath.RoundIntoPositive(Abs(from) * relative));
        return Max(from + Exp(unconstrained), least);
    }

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => Log(constrained - low(constrained));

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => unconstrained;
}
