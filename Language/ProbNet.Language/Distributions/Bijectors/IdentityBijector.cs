using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Every real is its own image.</summary>
public sealed class IdentityBijector : Bijector
{
    private IdentityBijector() { }

    /// <summary>The only value.</summary>
    public static IdentityBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "identity";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained) => unconstrained;

    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => constrained;

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => ZerosLike(unconstrained);
}
