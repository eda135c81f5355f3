using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Kumaraswamy distribution: p(x) = a b x^(a - 1) (1 - x^a)^(b - 1) for 0 &lt; x &lt; 1.
/// </summary>
/// <remarks>
/// Mean b B(1 + 1 / a, b). Like a beta distribution, with an elementary distribution function. Source: Jones, Kumaraswamy's distribution: a beta-type
/// distribution with some tractability advantages, Statistical Methodology 6 (2009).
/// </remarks>
public sealed class Kumaraswamy : Distribution
{
    private Kumaraswamy() { }

    /// <summary>The family.</summary>
    public static Kumaraswamy Family { get; } = new();

    /// <summary>The distribution with these shape parameters: a pulls towards 1, b towards 0.</summary>
    public static Instance Of(Tensor a, Tensor b) => Instance.Of(Family, a, b);

    /// <inheritdoc/>
    public override string Name => "kumaraswamy";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("a", new Support.Positive()), new("b", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.UnitInterval();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (a, b, log) = (arguments[0], arguments[1], Log(value));
        return Log(a) + Log(b) + (a - 1) * log + (b - 1) * Log(-Expm1(a * log));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoUnitInterval(Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Moment(arguments, 1);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Moment(arguments, 2) - Square(Moment(arguments, 1));

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var (a, b) = (arguments[0], arguments[1]);
        return 1 - 1 / b + (1 - 1 / a) * (Digamma(b + 1) + EulerGamma) - Log(a) - Log(b);
    }

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        -Expm1(arguments[1] * Log(-Expm1(arguments[0] * Log(RoundIntoUnitInterval(value)))));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => Exp(Log(-Expm1(Log1p(-probability) / arguments[1])) / arguments[0]);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([2.3, 3.7], [0.4, 0.07, 0.93]),
        Probe.Scalars([0.6, 0.7], [1e-200, 0.2, 0.999999]),
        Probe.Scalars([30.0, 4.0], [0.95, 0.4, 0.999]),
    ];

    // E x^n = b B(1 + n / a, b).
    private static Tensor Moment(EqArray<Tensor> arguments, int n) => Exp(Log(arguments[1]) + LogBeta(n / arguments[0] + 1, arguments[1]));
}
