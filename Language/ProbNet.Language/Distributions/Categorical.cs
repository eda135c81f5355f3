using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>A label in 0 … k-1 with log p(i) = logits[i] - log(sum_j exp(logits[j])).</summary>
/// <remarks>
/// logits [k]; values are I64 scalars. Labels are names, so there is no mean. Drawn as the largest of logits + Gumbel noise, which never
/// leaves log space. <see cref="CategoricalProbs"/> takes probabilities, <see cref="OneHotCategorical"/> has vectors as values. Source:
/// Johnson, Kotz, Balakrishnan, Discrete Multivariate Distributions, ch. 35 (one trial); the draw: Maddison, Tarlow, Minka 2014, section 2.
/// </remarks>
public sealed class Categorical : Distribution
{
    private Categorical() { }

    /// <summary>The family.</summary>
    public static Categorical Family { get; } = new();

    /// <summary>The distribution with these unnormalised log-probabilities, […, k].</summary>
    public static Instance Of(Tensor logits) => Instance.Of(Family, logits);

    /// <inheritdoc/>
    public override string Name => "categorical";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("logits", new Support.RealVector(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Category("logits");

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Composite.TakeLast(Composite.LogSoftmax(arguments[0]), value);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => DrawLabel(random, arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => EntropyOfLogits(arguments[0]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Labels([0.3, -1.1, 0.9, 0.0, 1.7], [0, 1, 2, 3, 4]),
        Probe.Labels([1000.0, -1000.0, 998.5], [0, 1, 2]),
        Probe.Labels([-3.5], [0]),
    ];

    /// <summary>A label drawn with the given log-probabilities, up to a constant; -inf is probability 0. […, k] → […].</summary>
    internal static Tensor DrawLabel(RandomSource random, Tensor logits) =>
        ArgMax(logits - Log(-Log(random.Uniform(logits.DType, OneDraw(random, logits)))));

    /// <summary>-sum p log p of softmax(logits).</summary>
    internal static Tensor EntropyOfLogits(Tensor logits)
    {
        var log = Composite.LogSoftmax(logits);
        return -Sum(Exp(log) * log, -1);
    }
}
