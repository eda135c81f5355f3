using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>A label in 0 … k-1 with p(i) = probs[i].</summary>
/// <remarks>
/// As <see cref="Categorical"/> but given probabilities [k], some of which may be 0. They must sum to 1 up to rounding and are not
/// renormalised. Values are I64 scalars. Source: Johnson, Kotz, Balakrishnan, Discrete Multivariate Distributions, ch. 35 (one trial).
/// </remarks>
public sealed class CategoricalProbs : Distribution
{
    private CategoricalProbs() { }

    /// <summary>The family.</summary>
    public static CategoricalProbs Family { get; } = new();

    /// <summary>The distribution with these probabilities, […, k].</summary>
    public static Instance Of(Tensor probs) => Instance.Of(Family, probs);

    /// <inheritdoc/>
    public override string Name => "categoricalProbs";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("probs", new Support.Simplex(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Category("probs");

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    // The probability is chosen before its logarithm is taken: a zero elsewhere in the vector then has no part in the gradient.
    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => Log(Composite.TakeLast(arguments[0], value));

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Categorical.DrawLabel(random, Log(arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => -Sum(XLogY(arguments[0], arguments[0]), -1);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Labels([0.125, 0.25, 0.0625, 0.5625], [0, 1, 2, 3]),
        Probe.Labels([0.125, 0.0, 0.875], [0, 2]),
        Probe.Labels([1e-250, 1.0], [0, 1]),
    ];
}
