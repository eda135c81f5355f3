using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The chi-squared distribution with df degrees of freedom: p(x) = x^(df / 2 - 1) exp(-x / 2) / (2^(df / 2) Gamma(df / 2)) for x &gt; 0.
/// </summary>
/// <remarks>
/// Mean df, variance 2 df. Twice a Gamma(df / 2, 1) draw; the gradient in df is implicit. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 18.
/// </remarks>
public sealed class ChiSquared : Distribution
{
    private ChiSquared() { }

    /// <summary>The family.</summary>
    public static ChiSquared Family { get; } = new();

    /// <summary>The distribution with these degrees of freedom.</summary>
    public static Instance Of(Tensor df) => Instance.Of(Family, df);

    /// <inheritdoc/>
    public override string Name => "chiSquared";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("df", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Positive();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => Gamma.Family.LogDensityInside(value, AsGamma(arguments[0]));

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => RoundIntoPositive(random.Gamma(arguments[0] * 0.5) * 2);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] * 2;

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Gamma.Family.Entropy(AsGamma(arguments[0]));

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([4.7], [0.4, 3.9, 30.0]),
        Probe.Scalars([0.8], [1e-300, 0.02, 55.0]),
        Probe.Scalars([900.0], [905.0, 500.0, 3000.0]),
    ];

    /// <summary>The arguments of the gamma distribution that it is.</summary>
    internal static EqArray<Tensor> AsGamma(Tensor df) => [df * 0.5, Full(df.DType, df.Shape, 0.5)];
}
