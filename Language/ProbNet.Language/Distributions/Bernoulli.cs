using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A truth value, 1 with probability p = 1 / (1 + exp(-logits)), else 0:
/// log p(1) = -log(1 + exp(-logits)), log p(0) = -log(1 + exp(logits)).
/// </summary>
/// <remarks>
/// Values are I64. Mean p, variance p (1 - p). Drawn by comparing a uniform number with p. <see cref="BernoulliProbs"/> takes p itself.
/// Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 3.
/// </remarks>
public sealed class Bernoulli : Distribution
{
    private Bernoulli() { }

    /// <summary>The family.</summary>
    public static Bernoulli Family { get; } = new();

    /// <summary>The distribution with these log-odds.</summary>
    public static Instance Of(Tensor logits) => Instance.Of(Family, logits);

    /// <inheritdoc/>
    public override string Name => "bernoulli";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("logits", new Support.Real())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Binary();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        -Softplus(Select(Equal(value, Like(value, 1)), -arguments[0], arguments[0]));

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Convert(Less(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), Sigmoid(arguments[0])), DType.I64);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Sigmoid(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Sigmoid(arguments[0]) * Sigmoid(-arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        // Even in the logits; in |logits| both terms are positive and neither overflows.
        var size = Abs(arguments[0]);
        return Softplus(-size) + size * Sigmoid(-size);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([0.7], [0, 1]),
        Probe.Counts([-45.0], [0, 1]),
        Probe.Counts([1e5], [0, 1]),
    ];
}
