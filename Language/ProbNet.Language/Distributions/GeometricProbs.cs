using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>The number of failures before the first success: p(k) = prob (1 - prob)^k for k = 0, 1, 2, ….</summary>
/// <remarks>
/// As <see cref="Geometric"/> but given the probability, below 1. Values are I64; some count the trials, which are one more. Mean
/// (1 - prob) / prob, variance (1 - prob) / prob^2. Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 5.
/// </remarks>
public sealed class GeometricProbs : Distribution
{
    private GeometricProbs() { }

    /// <summary>The family.</summary>
    public static GeometricProbs Family { get; } = new();

    /// <summary>The distribution with this probability of success.</summary>
    public static Instance Of(Tensor prob) => Instance.Of(Family, prob);

    /// <inheritdoc/>
    public override string Name => "geometricProbs";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("prob", new Support.UnitInterval())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Count();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Log(arguments[0]) + Convert(value, arguments[0].DType) * Log1p(-arguments[0]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Geometric.DrawFailures(random, -Log1p(-arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => (1 - arguments[0]) / arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => (1 - arguments[0]) / arguments[0] / arguments[0];

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var p = arguments[0];
        return -Log(p) - (1 - p) / p * Log1p(-p);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([0.3], [0, 3, 50]),
        Probe.Counts([0.01], [0, 99, 20000]),
        Probe.Counts([1 - 1e-7], [0, 1]),
    ];
}
