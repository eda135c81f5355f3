using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Weibull distribution: p(x) = (shape / scale) (x / scale)^(shape - 1) exp(-(x / scale)^shape) for x &gt; 0.
/// </summary>
/// <remarks>
/// Mean scale Gamma(1 + 1 / shape). Drawn as scale e^(1 / shape) with e standard exponential. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 21.
/// </remarks>
public sealed class Weibull : Distribution
{
    private Weibull() { }

    /// <summary>The family.</summary>
    public static Weibull Family { get; } = new();

    /// <summary>The distribution with this shape and scale.</summary>
    public static Instance Of(Tensor shape, Tensor scale) => Instance.Of(Family, shape, scale);

    /// <inheritdoc/>
    public override string Name => "weibull";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("shape", new Support.Positive()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Positive();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var log = Log(value);
        var power = arguments[0] * (log - Log(arguments[1]));
        return Log(arguments[0]) + power - log - Exp(power);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[1] * Exp(Lgamma(1 / arguments[0] + 1));

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var first = Lgamma(1 / arguments[0] + 1) * 2;
        return Square(arguments[1]) * Exp(first) * Expm1(Lgamma(2 / arguments[0] + 1) - first);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => (1 - 1 / arguments[0]) * EulerGamma + Log(arguments[1]) - Log(arguments[0]) + 1;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        -Expm1(-Exp(arguments[0] * (Log(Max(value, Like(value, 0))) - Log(arguments[1]))));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => Exp(Log(-Log1p(-probability)) / arguments[0] + Log(arguments[1]));

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_finite_between_extremes", "between such scales the divergence, a power of their ratio, exceeds the largest number")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([1.7, 2.4], [0.3, 2.0, 9.0]),
        Probe.Scalars([0.3, 1e-3], [1e-300, 1e-4, 50.0]),
        Probe.Scalars([40.0, 7e5], [6.9e5, 3e5, 7.6e5]),
    ];
}
