using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>A vector with a single 1, at position i with log p = logits[i] - log(sum_j exp(logits[j])), and zeros elsewhere.</summary>
/// <remarks>
/// logits [k]; values are real vectors [k]. Mean softmax(logits), variance of each component p (1 - p). <see cref="Categorical"/> has the
/// position as value. Source: Johnson, Kotz, Balakrishnan, Discrete Multivariate Distributions, ch. 35 (one trial).
/// </remarks>
public sealed class OneHotCategorical : Distribution
{
    private OneHotCategorical() { }

    /// <summary>The family.</summary>
    public static OneHotCategorical Family { get; } = new();

    /// <summary>The distribution with these unnormalised log-probabilities, […, k].</summary>
    public static Instance Of(Tensor logits) => Instance.Of(Family, logits);

    /// <inheritdoc/>
    public override string Name => "oneHotCategorical";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("logits", new Support.RealVector(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.OneHot();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[0];

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => Sum(value * Composite.LogSoftmax(arguments[0]), -1);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Composite.OneHot(Categorical.DrawLabel(random, arguments[0]), arguments[0].Shape[^1], arguments[0].DType);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Composite.Softmax(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var p = Composite.Softmax(arguments[0]);
        return p * (1 - p);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Categorical.EntropyOfLogits(arguments[0]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([Probe.Vector(0.3, -1.1, 0.9)], [Probe.Vector(1, 0, 0), Probe.Vector(0, 1, 0), Probe.Vector(0, 0, 1)]),
        new([Probe.Vector(800, -800)], [Probe.Vector(1, 0), Probe.Vector(0, 1)]),
    ];
}
