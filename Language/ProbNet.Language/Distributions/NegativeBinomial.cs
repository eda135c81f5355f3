using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The negative binomial distribution of counts, by mean m and dispersion r:
/// p(k) = Gamma(k + r) / (k! Gamma(r)) (r / (r + m))^r (m / (r + m))^k for k = 0, 1, 2, ….
/// </summary>
/// <remarks>
/// Values are I64. Mean m, variance m + m^2 / r: the larger the dispersion, the nearer a Poisson distribution. The number of failures before
/// success n, each with probability p, has r = n and m = n (1 - p) / p. A draw is Poisson with a gamma rate of mean m and shape r. Source:
/// Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 5; Stan Functions Reference, neg_binomial_2.
/// </remarks>
public sealed class NegativeBinomial : Distribution
{
    private NegativeBinomial() { }

    /// <summary>The family.</summary>
    public static NegativeBinomial Family { get; } = new();

    /// <summary>The distribution with this mean and dispersion.</summary>
    public static Instance Of(Tensor mean, Tensor dispersion) => Instance.Of(Family, mean, dispersion);

    /// <inheritdoc/>
    public override string Name => "negativeBinomial";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("mean", new Support.Positive()), new("dispersion", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Count();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (mean, r) = (arguments[0], arguments[1]);
        var k = Convert(value, mean.DType);
        var sum = mean + r;
        var (p, q) = (mean / sum, r / sum);
        var log = (-Log1p(r / mean), -Log1p(mean / r));
        return LogBinomial(k, r, (p, q), log, q * (mean - k)) - Log1p(k / r);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (mean, r) = (arguments[0], arguments[1]);
        // Beyond the largest whole number that counts exactly, a count means nothing.
        var rate = Min(random.Named("rate").Gamma(r) * (mean / r), Like(r, 1L << 53));
        return Convert(random.Named("count").Poisson(rate), DType.I64);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] * (1 + arguments[0] / arguments[1]);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = [new("Is_zero_between_equals_and_positive_between_others", "the mean of log Gamma(k + r) has no closed form")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([3.7, 2.2], [0, 3, 7, 40]),
        Probe.Counts([0.02, 0.3], [0, 1, 25]),
        Probe.Counts([210.0, 12.0], [0, 200, 3000]),
        Probe.Counts([6.0, 1e7], [0, 6, 60]),
        Probe.Counts([40.0, 0.9], [0, 11, 700]),
    ];
}
