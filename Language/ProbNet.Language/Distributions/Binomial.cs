using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The number of successes in independent trials, each with probability p = 1 / (1 + exp(-logits)):
/// p(k) = C(trials, k) p^k (1 - p)^(trials - k) for k = 0 … trials.
/// </summary>
/// <remarks>
/// Values are I64; trials is a whole number. Mean trials p, variance trials p (1 - p). <see cref="BinomialProbs"/> takes p itself. Source:
/// Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 3.
/// </remarks>
public sealed class Binomial : Distribution
{
    private Binomial() { }

    /// <summary>The family.</summary>
    public static Binomial Family { get; } = new();

    /// <summary>The distribution with this number of trials and these log-odds.</summary>
    public static Instance Of(Tensor trials, Tensor logits) => Instance.Of(Family, trials, logits);

    /// <inheritdoc/>
    public override string Name => "binomial";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("trials", new Support.Count()), new("logits", new Support.Real())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CountUpTo("trials");

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (trials, logits) = (arguments[0], arguments[1]);
        var (k, p) = (Convert(value, trials.DType), Sigmoid(logits));
        return LogBinomial(k, trials - k, (p, Sigmoid(-logits)), (-Softplus(-logits), -Softplus(logits)), trials * p - k);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Convert(DrawBinomial(random, arguments[0], arguments[1]), DType.I64);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] * Sigmoid(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] * Sigmoid(arguments[1]) * Sigmoid(-arguments[1]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([13, 0.7], [0, 4, 9, 13]),
        Probe.Counts([1, -2.5], [0, 1]),
        Probe.Counts([900, -1.3], [0, 190, 230, 900]),
        Probe.Counts([40, 600], [0, 39, 40]),
        Probe.Counts([0, 0.3], [0]),
    ];
}
