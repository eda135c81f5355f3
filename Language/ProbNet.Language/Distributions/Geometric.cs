using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The number of failures before the first success of trials with probability p = 1 / (1 + exp(-logits)):
/// p(k) = p (1 - p)^k for k = 0, 1, 2, ….
/// </summary>
/// <remarks>
/// Values are I64. Mean (1 - p) / p = exp(-logits), variance exp(-logits) (1 + exp(-logits)). A draw is the whole part of an exponential one.
/// <see cref="GeometricProbs"/> takes p itself. Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 5.
/// </remarks>
public sealed class Geometric : Distribution
{
    private Geometric() { }

    /// <summary>The family.</summary>
    public static Geometric Family { get; } = new();

    /// <summary>The distribution with these log-odds of success.</summary>
    public static Instance Of(Tensor logits) => Instance.Of(Family, logits);

    /// <inheritdoc/>
    public override string Name => "geometric";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("logits", new Support.Real())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Count();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var logits = arguments[0];
        return -Softplus(-logits) - Convert(value, logits.DType) * Softplus(logits);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => DrawFailures(random, Softplus(arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Exp(-arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Exp(-arguments[0]) * (1 + Exp(-arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Softplus(-arguments[0]) + Exp(-arguments[0]) * Softplus(arguments[0]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([-0.7], [0, 3, 50]),
        Probe.Counts([-4.6], [0, 99, 20000]),
        Probe.Counts([300.0], [0, 1]),
    ];

    /// <summary>The number of failures, given -log of their probability: -log(u) divided by it, without the fraction. At most 2^53.</summary>
    internal static Tensor DrawFailures(RandomSource random, Tensor rate)
    {
        var uniform = random.Uniform(rate.DType, OneDraw(random, rate));
        return Convert(Min(Floor(-Log(uniform) / rate), Like(rate, 1L << 53)), DType.I64);
    }
}
