using System.Collections.Immutable;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Recursions along a Markov chain with k states: start […, k], move […, k, k] with rows from a state, and potentials […, t, k] of each state at each step.
/// Short chains are written out step by step, long ones are loops, so that the graph does not grow with their length.
/// </summary>
internal static class MarkovChain
{
    // Up to here a written-out chain is as quick to compile as a loop, and can be fused.
    private const int WrittenOut = 8;

    /// <summary>log sum over all paths of exp(logStart[s_1] + sum_i logMove[s_(i-1), s_i] + sum_i potentials[i, s_i]): the forward algorithm, […].</summary>
    public static Tensor LogNormaliser(Tensor logStart, Tensor logMove, Tensor potentials)
    {
        var steps = StepsFirst(potentials);
        var first = logStart + Index(steps, 0, 0);
        if (steps.Shape[0] == 1) return LogSpace.Sum(first, -1);
        var last = Walk([first], [Rest(steps)], (carries, items) =>
            new([LogSpace.Sum(ExpandDims(carries[0], -1) + logMove, -2) + items[0]], [])).Carries[0];
        return LogSpace.Sum(last, -1);
    }

    /// <summary>
    /// A path drawn from the chain, I64 [d…, b…, t], for probabilities with leading axes [d…, b…]. Step i uses the numbers of its own counters only.
    /// </summary>
    public static Tensor Draw(RandomSource random, Tensor logStart, Tensor logMove, int steps)
    {
        // Each step is the largest of log-probabilities plus Gumbel noise (Maddison, Tarlow, Minka 2014, section 2).
        var shape = OneDraw(random, logStart);
        var noise = StepsFirst(-Log(-Log(random.Uniform(logStart.DType, shape[..^1].Concat([steps]).Concat(shape[^1..])))));
        var first = ArgMax(logStart + Index(noise, 0, 0));
        if (steps == 1) return ExpandDims(first, -1);
        // Where each state would go: looking that up is all that has to be done in turn.
        var next = ArgMax(ExpandDims(Rest(noise), -2) + logMove);
        var path = Walk([first], [next], (carries, items) =>
        {
            var state = Composite.TakeLast(items[0], carries[0]);
            return new([state], [state]);
        });
        return StepsLast(Concat([ExpandDims(first, 0), path.Outputs[0]], 0));
    }

    /// <summary>p(s_i = s) without any observation, [.., t, k], from probabilities.</summary>
    public static Tensor Occupancy(Tensor start, Tensor move, int steps)
    {
        if (steps == 1) return ExpandDims(start, -2);
        var path = Walk([start], [Full(start.DType, [steps - 1], 0)], (carries, _) =>
        {
            var next = Sum(ExpandDims(carries[0], -1) * move, -2);
            return new([next], [next]);
        });
        var all = Concat([ExpandDims(start, 0), path.Outputs[0]], 0);
        return Transpose(all, [.. Enumerable.Range(1, start.Rank - 1), 0, start.Rank]);
    }

    /// <summary>The path of the largest summand of <see cref="LogNormaliser"/>, I64 […, t] (Viterbi 1967).</summary>
    public static Tensor MostLikely(Tensor logStart, Tensor logMove, Tensor potentials)
    {
        var steps = StepsFirst(potentials);
        var first = logStart + Index(steps, 0, 0);
        if (steps.Shape[0] == 1) return ExpandDims(ArgMax(first), -1);
        var forward = Walk([first], [Rest(steps)], (carries, items) =>
        {
            var into = ExpandDims(carries[0], -1) + logMove;
            return new([ReduceMax(into, -2) + items[0]], [ArgMax(TransposeLast(into))]);
        });
        var last = ArgMax(forward.Carries[0]);
        var back = Walk([last], [forward.Outputs[0]], (carries, items) =>
        {
            var state = Composite.TakeLast(items[0], carries[0]);
            return new([state], [state]);
        }, reverse: true);
        return StepsLast(Concat([back.Outputs[0], ExpandDims(last, 0)], 0));
    }

    // The sequences have the steps as their leading axis, as have the outputs.
    private static (ImmutableArray<Tensor> Carries, ImmutableArray<Tensor> Outputs) Walk(
        ImmutableArray<Tensor> carries, ImmutableArray<Tensor> sequences, Func<ImmutableArray<Tensor>, ImmutableArray<Tensor>, LoopStep> step, bool reverse = false)
    {
        var length = sequences[0].Shape[0];
        if (length > WrittenOut)
        {
            var type = carries.Concat(sequences).Select(x => x.DType).FirstOrDefault(t => t.IsFloat(), DType.F64);
            var loop = Loops.Scan(type, length, carries, sequences, step, reverse);
            return (loop.Carries, loop.Outputs);
        }
        var outputs = new List<IReadOnlyList<Tensor>>();
        for (var i = 0; i < length; i++)
        {
            var position = reverse ? length - 1 - i : i;
            var made = step(carries, [.. sequences.Select(s => Index(s, 0, position))]);
            (carries, outputs) = ([.. made.Next], [.. outputs, made.Outputs]);
        }
        if (reverse) outputs.Reverse();
        return (carries, [.. Enumerable.Range(0, outputs[0].Count).Select(o => Stack(outputs.Select(x => x[o]), 0))]);
    }

    private static Tensor Rest(Tensor steps) => SliceAxis(steps, 0, 1, steps.Shape[0]);

    // [.., t, k] → [t, …, k].
    private static Tensor StepsFirst(Tensor x) => Transpose(x, [x.Rank - 2, .. Enumerable.Range(0, x.Rank - 2), x.Rank - 1]);

    // [t, …] → […, t].
    private static Tensor StepsLast(Tensor x) => Transpose(x, [.. Enumerable.Range(1, x.Rank - 1), 0]);
}
