using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// The uses of a site of the step before, by which a loop carries a discrete state on: nodes that hold a function of the site moved by one step,
/// <c>concat(first, f(z)[0 .. T - 2])</c>. Position t of a term that uses them depends on z at t and at t - 1.
/// </summary>
internal static class Shifts
{
    /// <summary>The shifts along the leading axis among the nodes that depend on a site.</summary>
    /// <param name="site">The site.</param>
    /// <param name="hole">Its position in <paramref name="dependence"/>.</param>
    /// <param name="nodes">The nodes, operands before users.</param>
    /// <param name="dependence">What depends on the site.</param>
    public static List<Tensor> Of(DiscreteSite site, int hole, IReadOnlyList<Tensor> nodes, Dependence dependence)
    {
        if (site.Elements.Rank == 0 || site.Elements[0] == 1) return [];
        var status = new Dictionary<Tensor, RowStatus>(ReferenceEqualityComparer.Instance) { [site.Hole] = RowStatus.Along(0) };
        var shifts = new List<Tensor>();
        foreach (var node in nodes)
        {
            if (status.ContainsKey(node)) continue;
            status[node] = RowRules.Apply(node, [.. node.Inputs.Select(i => status.GetValueOrDefault(i, RowStatus.Independent))]);
            if (node.Op == OpCode.Concat && node.Attributes is Attributes.Axis { Value: 0 } && node.Inputs is [var first, { Op: OpCode.Slice } later] && first.Shape[0] == 1
                && !dependence.DependsOn(first, hole) && IsAllButLast(later, site.Elements[0]) && status[later.Inputs[0]] is RowStatus.Row(0)) shifts.Add(node);
        }
        return shifts;
    }

    private static bool IsAllButLast(Tensor slice, int steps)
    {
        var whole = slice.Inputs[0].Shape;
        return slice.Attributes is Attributes.Box box && box.Start.All(s => s == 0) && whole[0] == steps && slice.Shape == whole.With(0, steps - 1);
    }
}

/// <summary>
/// A chain z[0], …, z[T-1] whose terms each depend on two neighbours: log-potentials of pairs, and what the forward algorithm makes of them.
/// </summary>
/// <remarks>Source: Rabiner, A tutorial on hidden Markov models, Proc. IEEE 77 (1989), eqs. 19 to 21, in log space; the cost is T k².</remarks>
/// <param name="Pairs">[T, plates…, k, k]: at t the terms of z[t - 1] (first) and z[t] (second); the value at t = 0 means nothing.</param>
/// <param name="Forward">[T, plates…, k]: log of the sum over z[0 .. t - 1] of all terms up to t.</param>
internal sealed record Chain(Tensor Pairs, Tensor Forward)
{
    /// <summary>The sum over all states, [plates…].</summary>
    public Tensor Total => Log0.SumExp(Index(Forward, 0, Forward.Shape[0] - 1), -1);

    /// <summary>The chain of these terms.</summary>
    /// <param name="first">[plates…, k]: the terms of z[0].</param>
    /// <param name="pairs">[T, plates…, k, k].</param>
    public static Chain Of(Tensor first, Tensor pairs)
    {
        var later = SliceAxis(pairs, 0, 1, pairs.Shape[0]);
        var forward = Loops.Scan(first.DType, later.Shape[0], [first], [later], (state, item) =>
        {
            var next = Log0.SumExp(BroadcastTo(ExpandDims(state[0], -1), item[0].Shape) + item[0], -2);
            return new([next], [next]);
        });
        return new(pairs, Concat([ExpandDims(first, 0), forward.Outputs[0]], 0));
    }

    /// <summary>A joint draw of all states by sampling backwards, I64 [T, plates…].</summary>
    /// <param name="noise">Independent standard Gumbel numbers, of the shape of <see cref="Forward"/>.</param>
    public Tensor Draw(Tensor noise)
    {
        var (steps, labels) = (Forward.Shape[0], Forward.Shape[^1]);
        var scores = Forward + noise;
        var last = ArgMax(Index(scores, 0, steps - 1));
        var earlier = Loops.Scan(Forward.DType, steps - 1, [last], [SliceAxis(scores, 0, 0, steps - 1), SliceAxis(Pairs, 0, 1, steps)], (state, item) =>
        {
            // The terms that lead to the state drawn for the step after.
            var towards = Composite.TakeLast(item[1], BroadcastTo(ExpandDims(state[0], -1), item[1].Shape[..^1]));
            var drawn = ArgMax(item[0] + towards);
            return new([drawn], [drawn]);
        }, reverse: true);
        return Concat([earlier.Outputs[0], ExpandDims(last, 0)], 0);
    }
}

/// <summary>Sums of exponentials where all may be 0.</summary>
internal static class Log0
{
    /// <summary>log(sum(exp(x))) over an axis. All -inf gives -inf, and no gradient.</summary>
    public static Tensor SumExp(Tensor x, int axis)
    {
        if (axis < 0) axis += x.Rank;
        var max = StopGradient(ReduceMax(x, axis));
        var isDead = Equal(max, Like(max, double.NegativeInfinity));
        var shift = Select(IsFinite(max), max, ZerosLike(max));
        var sum = Sum(Exp(x - BroadcastTo(ExpandDims(shift, axis), x.Shape)), axis);
        return Select(isDead, Full(x.DType, max.Shape, double.NegativeInfinity), Log(Select(isDead, OnesLike(sum), sum)) + shift);
    }

    /// <summary>The terms with a gradient of exactly zero where they are -inf: a label of probability 0 passes no gradient, not even the infinite one of its logarithm.</summary>
    public static Tensor Guarded(Tensor x)
    {
        var floor = Full(x.DType, x.Shape, double.NegativeInfinity);
        return Select(Equal(x, floor), floor, x);
    }
}
