using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The distribution of e^y with y ~ N(loc, scale^2): loc and scale are the mean and standard deviation of the logarithm.
/// p(x) = exp(-((log x - loc) / scale)^2 / 2) / (x scale sqrt(2 pi)) for x &gt; 0.
/// </summary>
/// <remarks>Mean exp(loc + scale^2 / 2), variance (exp(scale^2) - 1) exp(2 loc + scale^2). Drawn as exp(loc + scale z).
/// Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 14.</remarks>
public sealed class LogNormal : Distribution
{
    private LogNormal() { }

    /// <summary>The family.</summary>
    public static LogNormal Family { get; } = new();

    /// <summary>The distribution whose logarithm has this mean and standard deviation.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "logNormal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Positive();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var log = Log(value);
        return Square((log - arguments[0]) / arguments[1]) * -0.5 - Log(arguments[1]) - log - HalfLogTwoPi;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(Exp(arguments[0] + arguments[1] * random.Normal(arguments[0].DType, OneDraw(random, arguments[0]))));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Exp(arguments[0] + Square(arguments[1]) * 0.5);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var variance = Square(arguments[1]);
        return Expm1(variance) * Exp(arguments[0] * 2 + variance);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => arguments[0] + Log(arguments[1]) + StandardNormalEntropy;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        Normal.StandardCdf((Log(Max(value, Like(value, 0))) - arguments[0]) / arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) =>
        Exp(arguments[0] + arguments[1] * Normal.StandardQuantile(probability));

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.3, 0.6], [1.2, 0.31, 4.7]),
        Probe.Scalars([-2.0, 1.9], [1e-300, 0.05, 1e300]),
        Probe.Scalars([11.0, 0.02], [59874.0, 63000.0]),
    ];
}
