using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Reals onto positive reals: y = e^x, log |dy/dx| = x.</summary>
public sealed class ExpBijector : Bijector
{
    private ExpBijector() { }

    /// <summary>The only value.</summary>
    public static ExpBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "exp";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained) => Exp(unconstrained);

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => Log(constrained);

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => unconstrained;
}
