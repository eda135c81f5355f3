using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>The uniform distribution on an interval: p(x) = 1 / (high - low) for low ≤ x ≤ high.</summary>
/// <remarks>
/// Mean (low + high) / 2, variance (high - low)^2 / 12. Drawn as low + (high - low) u. Source: Johnson, Kotz, Balakrishnan, Continuous
/// Univariate Distributions 2, ch. 26.
/// </remarks>
public sealed class Uniform : Distribution
{
    private Uniform() { }

    /// <summary>The family.</summary>
    public static Uniform Family { get; } = new();

    /// <summary>The distribution on [low, high].</summary>
    public static Instance Of(Tensor low, Tensor high) => Instance.Of(Family, low, high);

    /// <inheritdoc/>
    public override string Name => "uniform";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("low", new Support.Real()), new("high", new Support.Above("low"))];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Interval("low", "high");

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        -Log(arguments[1] - arguments[0]) + (value - value);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (low, high) = (arguments[0], arguments[1]);
        var u = random.Uniform(low.DType, OneDraw(random, low));
        return Min(Max(low + (high - low) * u, low), high);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] * 0.5 + arguments[1] * 0.5;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1] - arguments[0]) * (1.0 / 12);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1] - arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        Min(Max((value - arguments[0]) / (arguments[1] - arguments[0]), Like(value, 0)), Like(value, 1));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) =>
        arguments[0] * (1 - probability) + arguments[1] * probability;

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergence is infinite unless one interval lies in the other, and is not among those of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([-1.7, 2.6], [-1.7, 0.3, 2.6]),
        Probe.Scalars([3e8, 3.1e8], [3e8, 3.05e8]),
        Probe.Scalars([-5e4, 2e3], [-4.9e4, 1e3]),
    ];
}
