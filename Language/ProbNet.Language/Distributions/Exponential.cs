using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>The exponential distribution with a rate (not a mean): p(x) = rate exp(-rate x) for x ≥ 0.</summary>
/// <remarks>
/// Mean 1 / rate, variance 1 / rate^2. Drawn as -log(u) / rate. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1,
/// ch. 19.
/// </remarks>
public sealed class Exponential : Distribution
{
    private Exponential() { }

    /// <summary>The family.</summary>
    public static Exponential Family { get; } = new();

    /// <summary>The distribution with this rate, the reciprocal of the mean.</summary>
    public static Instance Of(Tensor rate) => Instance.Of(Family, rate);

    /// <inheritdoc/>
    public override string Name => "exponential";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("rate", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.NonNegative();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => Log(arguments[0]) - arguments[0] * value;

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        -Log(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0]))) / arguments[0];

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => 1 / arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => 1 / Square(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => 1 - Log(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => -Expm1(-arguments[0] * Max(value, Like(value, 0)));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => -Log1p(-probability) / arguments[0];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7], [0.4, 1.9, 11.0]),
        Probe.Scalars([2e5], [0.0, 3e-6, 12.0]),
        Probe.Scalars([1e-7], [0.0, 5e6, 1e12]),
    ];
}
