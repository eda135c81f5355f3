using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The logistic distribution: p(x) = e^(-z) / (scale (1 + e^(-z))^2), z = (x - loc) / scale.
/// </summary>
/// <remarks>
/// Mean loc, variance (pi scale)^2 / 3. Drawn as loc + scale log(u / (1 - u)). Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 23.
/// </remarks>
public sealed class Logistic : Distribution
{
    private Logistic() { }

    /// <summary>The family.</summary>
    public static Logistic Family { get; } = new();

    /// <summary>The distribution with this mean and scale.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "logistic";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var z = (value - arguments[0]) / arguments[1];
        return -Softplus(z) - Softplus(-z) - Log(arguments[1]);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!;

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1] * Math.PI) * (1.0 / 3);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1]) + 2;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => Sigmoid((value - arguments[0]) / arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) =>
        arguments[0] + arguments[1] * (Log(probability) - Log1p(-probability));

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.6], [0.7, -2.0, 9.0]),
        Probe.Scalars([-40.0, 1e-2], [-40.0, -39.9, 1e6]),
        Probe.Scalars([3.0, 5e8], [3.0, -2e9, 1e11]),
    ];
}
