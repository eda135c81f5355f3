using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>A truth value, 1 with probability prob, else 0: log p(1) = log prob, log p(0) = log(1 - prob).</summary>
/// <remarks>
/// As <see cref="Bernoulli"/> but given the probability, which may be 0 or 1. Values are I64. Mean prob, variance prob (1 - prob).
/// Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 3.
/// </remarks>
public sealed class BernoulliProbs : Distribution
{
    private BernoulliProbs() { }

    /// <summary>The family.</summary>
    public static BernoulliProbs Family { get; } = new();

    /// <summary>The distribution with this probability of 1.</summary>
    public static Instance Of(Tensor prob) => Instance.Of(Family, prob);

    /// <inheritdoc/>
    public override string Name => "bernoulliProbs";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("prob", new Support.Probability())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Binary();

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var prob = arguments[0];
        var one = Equal(value, Like(value, 1));
        return Select(one, Log(Select(one, prob, Like(prob, 1))), Log1p(-Select(one, Like(prob, 0), prob)));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Convert(Less(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments[0]), DType.I64);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] * (1 - arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var prob = arguments[0];
        var certain = Equal(prob, Like(prob, 1));
        return -XLogY(prob, prob) - (1 - prob) * Log1p(-Select(certain, Like(prob, 0), prob));
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Counts([0.3], [0, 1]),
        Probe.Counts([1e-200], [0, 1]),
        Probe.Counts([1 - 1e-13], [0, 1]),
    ];
}
