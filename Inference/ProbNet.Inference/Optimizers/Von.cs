using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Variational online Newton: f(x) = 1 + x, the plain natural-gradient step; on a quadratic the step with rate 1 and both decays 0 lands at the optimum. Noise may ask for a
/// precision below 0; <c>trust</c> then keeps it positive.
/// </summary>
/// <remarks>
/// Source: Khan, Nielsen, Tangkaratt, Lin, Gal, Srivastava, ICML 2018, sec. 3 (VON). Its relative VOGN replaces the second derivative by squared gradients of single rows, which a step
/// does not have: it has the gradient of the batch.
/// </remarks>
public sealed record Von : NaturalGradient
{
    /// <inheritdoc/>
    public override string Name => "von";

    /// <inheritdoc/>
    public override string Doc => "natural gradients of mean-field normals: the plain online Newton rule";

    /// <inheritdoc/>
    public override string Source => "Khan et al., Fast and scalable Bayesian deep learning by weight-perturbation in Adam, ICML 2018";

    /// <inheritdoc/>
    public override EqArray<Option> Options => Declare<Von>();

    /// <inheritdoc/>
    protected override Tensor Factor(Tensor x) => 1 + x;
}
