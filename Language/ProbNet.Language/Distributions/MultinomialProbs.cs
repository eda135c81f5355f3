using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// How often each of k labels comes up in independent trials: p(x) = trials! / (x_1! … x_k!) probs[1]^x_1 … probs[k]^x_k for counts that
/// sum to trials.
/// </summary>
/// <remarks>
/// As <see cref="Multinomial"/> but given probabilities [k], some of which may be 0. They must sum to 1 up to rounding and are not
/// renormalised. Values are I64 [k]. Source: Johnson, Kotz, Balakrishnan, Discrete Multivariate Distributions, ch. 35.
/// </remarks>
public sealed class MultinomialProbs : Distribution
{
    private MultinomialProbs() { }

    /// <summary>The family.</summary>
    public static MultinomialProbs Family { get; } = new();

    /// <summary>The distribution with this number of trials and these probabilities, […, k].</summary>
    public static Instance Of(Tensor trials, Tensor probs) => Instance.Of(Family, trials, probs);

    /// <inheritdoc/>
    public override string Name => "multinomialProbs";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("trials", new Support.Count()), new("probs", new Support.Simplex(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CountsSummingTo("trials");

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[1];

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (counts, probs) = (Convert(value, arguments[1].DType), arguments[1]);
        // A label that did not come up has no part in the gradient of the logarithm.
        return LogMultinomial(counts, arguments[0], probs, Log(Select(Equal(counts, Like(counts, 0)), Like(probs, 1), probs)));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Multinomial.DrawCounts(random, arguments[0], Log(arguments[1]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => ExpandDims(arguments[0], -1) * arguments[1];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        // 1 - p as the sum of the others, which loses nothing where p is near 1.
        var others = CumulativeSum(arguments[1], (piece, position) => piece != position);
        return ExpandDims(arguments[0], -1) * arguments[1] * others;
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 6), Probe.Vector(0.125, 0.25, 0.0625, 0.5625)], [Probe.Integers(1, 2, 0, 3), Probe.Integers(0, 0, 6, 0)]),
        new([HostTensor.Scalar(DType.F64, 5), Probe.Vector(0.125, 0, 0.875)], [Probe.Integers(2, 0, 3), Probe.Integers(0, 0, 5)]),
        new([HostTensor.Scalar(DType.F64, 30), Probe.Vector(1e-200, 1)], [Probe.Integers(0, 30), Probe.Integers(2, 28)]),
    ];
}
