using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Gumbel distribution of maxima: p(x) = exp(-z - e^(-z)) / scale, z = (x - loc) / scale.
/// </summary>
/// <remarks>
/// Mean loc + gamma scale with Euler's gamma, variance (pi scale)^2 / 6. Drawn as loc - scale log(-log u). Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 22.
/// </remarks>
public sealed class Gumbel : Distribution
{
    private Gumbel() { }

    /// <summary>The family.</summary>
    public static Gumbel Family { get; } = new();

    /// <summary>The distribution with this mode and scale.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "gumbel";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var z = (value - arguments[0]) / arguments[1];
        return -z - Exp(-z) - Log(arguments[1]);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!;

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] + arguments[1] * EulerGamma;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1] * Math.PI) * (1.0 / 6);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1]) + (EulerGamma + 1);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => Exp(-Exp(-(value - arguments[0]) / arguments[1]));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => arguments[0] - arguments[1] * Log(-Log(probability));

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_finite_between_extremes", "between scales that differ by a factor of 1e9 the divergence itself exceeds the largest number")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.6], [0.7, -2.0, 9.0]),
        Probe.Scalars([-40.0, 0.5], [-40.0, -41.5, 700.0]),
        Probe.Scalars([3.0, 5e8], [3.0, -2e9, 1e11]),
    ];
}
