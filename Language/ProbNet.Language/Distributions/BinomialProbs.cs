using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The number of successes in independent trials: p(k) = C(trials, k) prob^k (1 - prob)^(trials - k) for k = 0 … trials.
/// </summary>
/// <remarks>
/// As <see cref="Binomial"/> but given the probability, which may be 0 or 1. Values are I64. Mean trials prob, variance
/// trials prob (1 - prob). Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 3.
/// </remarks>
public sealed class BinomialProbs : Distribution
{
    private BinomialProbs() { }

    /// <summary>The family.</summary>
    public static BinomialProbs Family { get; } = new();

    /// <summary>The distribution with this number of trials and this probability of success.</summary>
    public static Instance Of(Tensor trials, Tensor prob) => Instance.Of(Family, trials, prob);

    /// <inheritdoc/>
    public override string Name => "binomialProbs";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("trials", new Support.Count()), new("prob", new Support.Probability())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CountUpTo("trials");

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (trials, prob) = (arguments[0], arguments[1]);
        var k = Convert(value, trials.DType);
        var r = trials - k;
        var zero = Like(k, 0);
        // A certain outcome that did not fail has no part in the gradient.
        var logP = Log(Select(Equal(k, zero), Like(k, 1), prob));
        var logQ = Log1p(-Select(Equal(r, zero), zero, prob));
        return LogBinomial(k, r, (prob, 1 - prob), (logP, logQ), trials * prob - k);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Convert(random.Binomial(arguments[0], arguments[1]), DType.I64);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] * arguments[1];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] * arguments[1] * (1 - arguments[1]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([13, 0.3], [0, 4, 9, 13]),
        Probe.Counts([900, 0.2], [0, 180, 900]),
        Probe.Counts([4, 1e-200], [0, 1, 4]),
        Probe.Counts([25, 1 - 1e-13], [0, 24, 25]),
    ];
}
