using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The normal distribution N(loc, scale^2); scale is a standard deviation. p(x) = exp(-((x - loc) / scale)^2 / 2) / (scale sqrt(2 pi)).
/// </summary>
/// <remarks>
/// Mean loc, variance scale^2. Drawn as loc + scale z. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 13.
/// </remarks>
public sealed class Normal : Distribution
{
    private Normal() { }

    /// <summary>The family.</summary>
    public static Normal Family { get; } = new();

    /// <summary>The distribution with this mean and standard deviation.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "normal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    // A negative scale has no logarithm, and scale 0 gives 0/0 or -inf + inf.
    /// <inheritdoc/>
    public override bool GuardsArguments => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Square((value - arguments[0]) / arguments[1]) * -0.5 - Log(arguments[1]) - HalfLogTwoPi;

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        arguments[0] + arguments[1] * random.Normal(arguments[0].DType, OneDraw(random, arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1]) + StandardNormalEntropy;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => StandardCdf((value - arguments[0]) / arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) =>
        arguments[0] + arguments[1] * StandardQuantile(probability);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.3], [0.7, -0.4, 2.9, 7.5]),
        Probe.Scalars([-300.0, 1e-2], [-300.0, -299.97, -310.0]),
        Probe.Scalars([0.0, 1.0], [1e10, -1e10, 1e100, 5e-324]),
        Probe.Scalars([2.0, 1e12], [2.0, -5e12]),
    ];

    /// <summary>
    /// P(Z ≤ z) of a standard normal, with relative accuracy in the lower tail down to where it underflows (-37.5 in f64).
    /// </summary>
    internal static Tensor StandardCdf(Tensor z) => Exp(NormalTail.LogCdf(z));

    /// <summary>The z with P(Z ≤ z) = p.</summary>
    internal static Tensor StandardQuantile(Tensor p) => ErfInv(p * 2 - 1) * Math.Sqrt(2);
}
