using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Improved variational online Newton: f(x) = 1 + x + x^2 / 2, which is positive whatever the noise in x, so that precisions stay positive; the term of second order is that of a
/// geodesic of the scales.
/// </summary>
/// <remarks>
/// Source: Shen et al., Variational learning is effective for large deep networks, ICML 2024, algorithm 1, with the prior inside the objective; the correction, Lin, Schmidt,
/// Khan, Handling the positive-definite constraint in the Bayesian learning rule, ICML 2020. Under noise the term of second order raises precisions a little: by about
/// r Var(H) / (2 P), which falls with the step r = 1 - beta2.
/// </remarks>
public sealed record Ivon : NaturalGradient
{
    /// <inheritdoc/>
    public override string Name => "ivon";

    /// <inheritdoc/>
    public override string Doc => "natural gradients of mean-field normals, precisions kept positive by the improved online Newton rule";

    /// <inheritdoc/>
    public override string Source => "Shen et al., Variational learning is effective for large deep networks, ICML 2024, algorithm 1";

    /// <inheritdoc/>
    public override EqArray<Option> Options => Declare<Ivon>();

    /// <inheritdoc/>
    protected override Tensor Factor(Tensor x) => 1 + x + Square(x) * 0.5;
}
