using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A hidden Markov model: states s_1 … s_t in 0 … k-1 with p(s_1) = start, p(s_i | s_(i-1)) = move[s_(i-1), s_i], and observations y_i drawn from the
/// family with the arguments of step i and state s_i. The states are summed out: p(y) = sum over all paths of p(s) p(y | s).
/// </summary>
/// <remarks>
/// start [k], move [k, k] whose rows (from a state) sum to 1; probabilities may be 0. Each argument of the family has axes [t, k] in front of its event
/// axes. Values are [t] and then the family's event. The density is the forward algorithm in logarithms, O(t k^2); see <see cref="StateMarginals"/> and
/// <see cref="MostLikelyStates"/> for the states. Mean and variance by the marginals of the states, O(t k^2). Source: Rabiner, A Tutorial on Hidden
/// Markov Models, Proceedings of the IEEE 77 (1989), section III.
/// </remarks>
/// <param name="family">The family of the observations.</param>
public sealed class HiddenMarkov(Distribution family) : CompositeFamily
{
    /// <summary>
    /// The process with start […, k] and move […, k, k] whose observation i in state s is drawn from member [i, s] of the last two batch axes, [t, k], of
    /// <paramref name="emissions"/>.
    /// </summary>
    public static Instance Of(Tensor start, Tensor move, Instance emissions) =>
        Instance.Of(new HiddenMarkov(emissions.Family), [start, move, .. emissions.Arguments]);

    /// <inheritdoc/>
    public override string Construction => "hiddenMarkov";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner { get; } = [family];

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("start", new Support.Simplex(), 1), new("move", new Support.Simplex(), 2), .. Deepened(family, 2)];

    /// <inheritdoc/>
    public override Support Support => Components.CommonSupport(Inner)!;

    /// <inheritdoc/>
    public override int EventRank => 1 + family.EventRank;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) =>
        parameterEvents[2][..1].Concat(family.EventShape(parameterEvents[2..].Map(s => s[2..])));

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => family.ValueType(precision);

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        MarkovChain.LogNormaliser(LogSpace.Log(arguments[0]), LogSpace.Log(arguments[1]), EmissionLogDensities(value, arguments));

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var states = MarkovChain.Draw(random.Named("states"), LogSpace.Log(arguments[0]), LogSpace.Log(arguments[1]), Steps(arguments));
        return family.Sample(random.Named("value"), arguments[2..].Map(a => Components.Take(a, states)));
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => family.Mean(arguments[2..]) is { } means ? Average(Occupancy(arguments), means) : null;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        if (family.Mean(arguments[2..]) is not { } means || family.Variance(arguments[2..]) is not { } variances) return null;
        var weights = Occupancy(arguments);
        var mean = ExpandDims(Average(weights, means), weights.Rank - 1);
        return Average(weights, variances + Square(means - mean));
    }

    /// <summary>
    /// p(s_i = s | y) for every step and state: value as for the distribution (batch, then [t] and the event) → batch, then [t, k]. Rows sum to 1.
    /// </summary>
    /// <remarks>
    /// The derivative of log p(y) by the log-density of observation i in state s is this probability (Eisner, Inside-Outside and Forward-Backward Algorithms Are
    /// Just Backprop, 2016): it costs about what a gradient does, and can be differentiated again.
    /// </remarks>
    /// <exception cref="ArgumentException">The distribution is not a hidden Markov model.</exception>
    public static Tensor StateMarginals(Instance distribution, Tensor value)
    {
        var own = Own(distribution);
        var emissions = own.EmissionLogDensities(value, distribution.Arguments);
        var total = MarkovChain.LogNormaliser(LogSpace.Log(distribution.Arguments[0]), LogSpace.Log(distribution.Arguments[1]), emissions);
        return Vjp.Gradients(total, [emissions])[0];
    }

    /// <summary>
    /// The most likely path of states given the observations (the Viterbi path): value → batch, then [t], I64. Among equally likely paths the one
    /// whose last states are lowest.
    /// </summary>
    /// <exception cref="ArgumentException">The distribution is not a hidden Markov model.</exception>
    public static Tensor MostLikelyStates(Instance distribution, Tensor value) => MarkovChain.MostLikely(
        LogSpace.Log(distribution.Arguments[0]), LogSpace.Log(distribution.Arguments[1]), Own(distribution).EmissionLogDensities(value, distribution.Arguments));

    private static HiddenMarkov Own(Instance distribution) => distribution.Family as HiddenMarkov
        ?? throw new ArgumentException($"{distribution.Family.Name} has no hidden states", nameof(distribution));

    // log p(y_i | s): batch, then [t, k].
    private Tensor EmissionLogDensities(Tensor value, EqArray<Tensor> arguments)
    {
        var (batch, events) = (value.Shape[..^family.EventRank], value.Shape[^family.EventRank..]);
        var states = arguments[0].Shape[^1];
        var each = BroadcastTo(Reshape(value, batch.Concat([1]).Concat(events)), batch.Concat([states]).Concat(events));
        return Support == family.Support ? family.LogDensityInside(each, arguments[2..]) : family.LogDensity(each, arguments[2..]);
    }

    // p(s_i = s) before anything is seen, [t, k].
    private Tensor Occupancy(EqArray<Tensor> arguments) => MarkovChain.Occupancy(arguments[0], arguments[1], Steps(arguments));

    private int Steps(EqArray<Tensor> arguments) => arguments[2].Shape[^Parameters[2].EventRank];

    // sum_s w[i, s] x[i, s] over the axis of states.
    private Tensor Average(Tensor weights, Tensor x) =>
        Sum(Reshape(weights, weights.Shape.Concat(Shape.Create([.. Enumerable.Repeat(1, family.EventRank)]))) * x, weights.Rank - 1);
}
