using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Reals onto positive reals: y = log(1 + e^x), which is e^x far below 0 and x far above; log |dy/dx| = -log(1 + e^-x).</summary>
public sealed class SoftplusBijector : Bijector
{
    private SoftplusBijector() { }

    /// <summary>The only value.</summary>
    public static SoftplusBijector Value { get; } = new();

    /// <inheritdoc/>
    public override string Name => "softplus";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor unconstrained) => Softplus(unconstrained);

    // log(e^y - 1) = y + log(1 - e^-y): no overflow for large y, and log y to full precision for small.
    /// <inheritdoc/>
    public override Tensor Inverse(Tensor constrained) => constrained + Log(-Expm1(-constrained));

    /// <inheritdoc/>
    public override Tensor LogDetJacobian(Tensor unconstrained) => -Softplus(-unconstrained);
}
