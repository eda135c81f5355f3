using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The absolute value of a Cauchy variable centred at 0. p(x) = 2 / (pi scale (1 + (x / scale)^2)) for x ≥ 0.
/// </summary>
/// <remarks>No mean; scale is the median. Drawn by inverting the distribution function, scale tan(pi u / 2).
/// Source: Polson and Scott, On the half-Cauchy prior for a global scale parameter, Bayesian Analysis 7 (2012), eq. 1.</remarks>
public sealed class HalfCauchy : Distribution
{
    private HalfCauchy() { }

    /// <summary>The family.</summary>
    public static HalfCauchy Family { get; } = new();

    /// <summary>The distribution with this scale (its median).</summary>
    public static Instance Of(Tensor scale) => Instance.Of(Family, scale);

    /// <inheritdoc/>
    public override string Name => "halfCauchy";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.NonNegative();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Math.Log(2 / Math.PI) - Log(arguments[0]) - LogOnePlusSquaredRatio(value, arguments[0]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        arguments[0] * StandardQuantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])));

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[0]) + Math.Log(2 * Math.PI);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => Atan(Max(value, Like(value, 0)) / arguments[0]) * (2 / Math.PI);

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => arguments[0] * StandardQuantile(probability);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = 
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([2.3], [0.9, 2.3, 14.0]),
        Probe.Scalars([1e-5], [0.0, 3e-6, 1.0, 1e200]),
        Probe.Scalars([7e8], [0.0, 1e9, 1e250]),
    ];

    // tan(pi p / 2), from the half of the circle in which the angle is small, so that the upper tail keeps its precision.
    private static Tensor StandardQuantile(Tensor p)
    {
        var upper = Less(Like(p, 0.5), p);
        var angle = Select(upper, 1 - p, p) * (Math.PI / 2);
        var (sin, cos) = (Sin(angle), Cos(angle));
        return Select(upper, cos, sin) / Select(upper, sin, cos);
    }
}
