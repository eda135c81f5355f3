using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The absolute value of a N(0, scale^2) variable. p(x) = 2 exp(-(x / scale)^2 / 2) / (scale sqrt(2 pi)) for x ≥ 0.
/// </summary>
/// <remarks>
/// Mean scale sqrt(2 / pi), variance scale^2 (1 - 2 / pi); <c>scale</c> is that of the normal, not the standard deviation. Drawn as scale
/// |z|. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 13.
/// </remarks>
public sealed class HalfNormal : Distribution
{
    private HalfNormal() { }

    /// <summary>The family.</summary>
    public static HalfNormal Family { get; } = new();

    /// <summary>The distribution with this scale.</summary>
    public static Instance Of(Tensor scale) => Instance.Of(Family, scale);

    /// <inheritdoc/>
    public override string Name => "halfNormal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.NonNegative();

    // As for the normal: a negative scale has no logarithm, and scale 0 gives 0/0 or -inf + inf.
    /// <inheritdoc/>
    public override bool GuardsArguments => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Square(value / arguments[0]) * -0.5 - Log(arguments[0]) + (Math.Log(2) - HalfLogTwoPi);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        arguments[0] * Abs(random.Normal(arguments[0].DType, OneDraw(random, arguments[0])));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] * Math.Sqrt(2 / Math.PI);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[0]) * (1 - 2 / Math.PI);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[0]) + (StandardNormalEntropy - Math.Log(2));

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => Erf(Max(value, Like(value, 0)) / arguments[0] * Math.Sqrt(0.5));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => arguments[0] * ErfInv(probability) * Math.Sqrt(2);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([1.7], [0.6, 2.3, 9.5]),
        Probe.Scalars([1e-4], [0.0, 3e-5, 0.25]),
        Probe.Scalars([2.5e9], [1.0, 1e9, 1e14]),
    ];
}
