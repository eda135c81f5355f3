using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The number of successes in trials whose common probability is drawn from a beta distribution:
/// p(k) = C(trials, k) B(k + a, trials - k + b) / B(a, b) for k = 0 … trials.
/// </summary>
/// <remarks>
/// Values are I64; trials is a whole number. Mean trials a / (a + b), variance trials a b (a + b + trials) / ((a + b)^2 (a + b + 1)).
/// Drawn as it is told. Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 6.
/// </remarks>
public sealed class BetaBinomial : Distribution
{
    private BetaBinomial() { }

    /// <summary>The family.</summary>
    public static BetaBinomial Family { get; } = new();

    /// <summary>The distribution with this number of trials and these shape parameters: a pulls towards success, b towards failure.</summary>
    public static Instance Of(Tensor trials, Tensor a, Tensor b) => Instance.Of(Family, trials, a, b);

    /// <inheritdoc/>
    public override string Name => "betaBinomial";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("trials", new Support.Count()), new("a", new Support.Positive()), new("b", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CountUpTo("trials");

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    // C(n, k) = 1 / ((n + 1) B(n - k + 1, k + 1)).
    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (trials, a, b) = (arguments[0], arguments[1], arguments[2]);
        var k = Convert(value, trials.DType);
        var r = trials - k;
        return LogBeta(k + a, r + b) - LogBeta(a, b) - LogBeta(r + 1, k + 1) - Log1p(trials);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var logits = LogGammaDraw(random.Named("a"), arguments[1]) - LogGammaDraw(random.Named("b"), arguments[2]);
        return Convert(DrawBinomial(random.Named("count"), arguments[0], logits), DType.I64);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] * arguments[1] / (arguments[1] + arguments[2]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var (trials, a, b) = (arguments[0], arguments[1], arguments[2]);
        var sum = a + b;
        return trials * (a / sum) * (b / sum) * ((sum + trials) / (sum + 1));
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = [new("Is_zero_between_equals_and_positive_between_others", "the mean of log B(k + a, trials - k + b) has no closed form")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([13, 2.3, 3.7], [0, 4, 9, 13]),
        Probe.Counts([1, 0.2, 5.0], [0, 1]),
        Probe.Counts([60, 0.3, 0.4], [0, 17, 60]),
        Probe.Counts([900, 40.0, 90.0], [0, 270, 900]),
        Probe.Counts([0, 1.0, 1.0], [0]),
    ];
}
