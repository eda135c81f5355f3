using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>The Poisson distribution of counts: p(k) = rate^k exp(-rate) / k! for k = 0, 1, 2, ….</summary>
/// <remarks>
/// Values are I64. Mean and variance are the rate. No closed-form entropy. Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions,
/// ch. 4.
/// </remarks>
public sealed class Poisson : Distribution
{
    private Poisson() { }

    /// <summary>The family.</summary>
    public static Poisson Family { get; } = new();

    /// <summary>The distribution with this rate, its mean.</summary>
    public static Instance Of(Tensor rate) => Instance.Of(Family, rate);

    /// <inheritdoc/>
    public override string Name => "poisson";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("rate", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Count();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (rate, count) = (arguments[0], Convert(value, arguments[0].DType));
        return LogPoisson(count, rate, Log(rate));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Convert(random.Poisson(arguments[0]), DType.I64);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([3.7], [0, 3, 7, 19]),
        Probe.Counts([1e-8], [0, 1, 5]),
        Probe.Counts([430.0], [0, 425, 3000]),
    ];
}
