using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// How often each of k labels comes up in independent trials with log p_i = logits[i] - log(sum_j exp(logits[j])):
/// p(x) = trials! / (x_1! … x_k!) p_1^x_1 … p_k^x_k for counts that sum to trials.
/// </summary>
/// <remarks>
/// logits [k]; values are I64 [k]; trials is a whole number. Mean trials p_i, variance trials p_i (1 - p_i). Drawn by halving: the trials of
/// a group of labels are divided between its two halves by a binomial draw, down to single labels. <see cref="MultinomialProbs"/> takes
/// probabilities. Source: Johnson, Kotz, Balakrishnan, Discrete Multivariate Distributions, ch. 35.
/// </remarks>
public sealed class Multinomial : Distribution
{
    private Multinomial() { }

    /// <summary>The family.</summary>
    public static Multinomial Family { get; } = new();

    /// <summary>The distribution with this number of trials and these unnormalised log-probabilities, […, k].</summary>
    public static Instance Of(Tensor trials, Tensor logits) => Instance.Of(Family, trials, logits);

    /// <inheritdoc/>
    public override string Name => "multinomial";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("trials", new Support.Count()), new("logits", new Support.RealVector(), 1)];

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
        var log = Composite.LogSoftmax(arguments[1]);
        return LogMultinomial(Convert(value, log.DType), arguments[0], Exp(log), log);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => DrawCounts(random, arguments[0], arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => ExpandDims(arguments[0], -1) * Composite.Softmax(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var p = Composite.Softmax(arguments[1]);
        return ExpandDims(arguments[0], -1) * p * CumulativeSum(p, (piece, position) => piece != position);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 7), Probe.Vector(0.3, -1.1, 0.9)], [Probe.Integers(2, 1, 4), Probe.Integers(0, 7, 0), Probe.Integers(0, 0, 7)]),
        new([HostTensor.Scalar(DType.F64, 40), Probe.Vector(1.5, -0.5)], [Probe.Integers(33, 7), Probe.Integers(0, 40)]),
        new([HostTensor.Scalar(DType.F64, 3), Probe.Vector(500, -600, 499)], [Probe.Integers(2, 0, 1), Probe.Integers(0, 3, 0)]),
        new([HostTensor.Scalar(DType.F64, 0), Probe.Vector(0.3, 0.4)], [Probe.Integers(0, 0)]),
    ];

    /// <summary>Counts of labels with the given log-probabilities, up to a constant; -inf is probability 0. […], […, k] → I64 […, k].</summary>
    internal static Tensor DrawCounts(RandomSource random, Tensor trials, Tensor logits)
    {
        var k = logits.Shape[^1];
        var leading = logits.Shape[..^1];
        // Labels are filled up to a power of two with impossible ones.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)k);
        var filler = Full(logits.DType, leading.Concat([size - k]), double.NegativeInfinity);
        var pairs = new Stack<Tensor>();
        for (var level = size == k ? logits : Concat([logits, filler], -1); level.Shape[^1] > 1; level = Composite.LogSumExp(pairs.Peek()))
            pairs.Push(Reshape(level, leading.Concat([level.Shape[^1] / 2, 2])));
        var counts = ExpandDims(trials, -1);
        foreach (var pair in pairs)
        {
            var (left, right) = (Index(pair, -1, 0), Index(pair, -1, 1));
            // Of two impossible halves neither gets any trials, whatever their odds.
            var possible = Less(Like(left, double.NegativeInfinity), Max(left, right));
            var odds = Select(possible, left, Like(left, 0)) - Select(possible, right, Like(left, 0));
            var first = DrawBinomial(random.Named("of" + counts.Shape[^1]), counts, odds);
            counts = Reshape(Stack([first, counts - first], -1), leading.Concat([2 * counts.Shape[^1]]));
        }
        return Convert(SliceAxis(counts, -1, 0, k), DType.I64);
    }
}
