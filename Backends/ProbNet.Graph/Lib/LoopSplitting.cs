using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Computes an open loop. A carry whose next value depends on no carry, such as the value drawn a step before, is a sequence moved by one position; so is one
/// that depends on such carries only. What is left is looped over, or written out where the steps are few. Outputs are computed for all steps at once.
/// </summary>
internal sealed class LoopSplitting
{
    /// <summary>Loops of at most this many steps are written out.</summary>
    public const int Short = 4;

    private readonly OpenLoop _loop;
    private readonly DType _type;
    private readonly Origin? _origin;

    // Placeholders, and next values of looped carries, with their values at every step.
    private readonly Dictionary<Tensor, Tensor> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Tensor?[] _final;

    public LoopSplitting(OpenLoop loop, DType type, Origin? origin)
    {
        (_loop, _type, _origin) = (loop, type, origin);
        _final = new Tensor?[loop.Carries.Count];
        for (var i = 0; i < loop.Slices.Count; i++) _known[loop.Slices[i]] = loop.Sequences[i];
    }

    public (ImmutableArray<Tensor> Carries, ImmutableArray<Tensor> Outputs) Run(IReadOnlyList<Tensor> outputs)
    {
        if (_loop.Length == 0) return ([.. _loop.Initial], [.. outputs.Select(x => Full(x.DType, x.Shape.Prepend(0), 0))]);
        var needs = Needs(_loop.Next.Concat(outputs));
        var open = Enumerable.Range(0, _loop.Carries.Count).ToList();
        for (var found = true; found;)
        {
            found = false;
            foreach (var i in open.ToArray())
            {
                if (needs(_loop.Next[i]).Overlaps(open)) continue;
                _final[i] = Last(_loop.Next[i]);
                _known[_loop.Carries[i]] = Entering(i, All(_loop.Next[i]));
                open.Remove(i);
                found = true;
            }
        }
        if (open.Count > 0) Repeat(open, outputs.Any(x => needs(x).Overlaps(open)));
        return ([.. _final.Select(x => x!)], [.. outputs.Select(All)]);
    }

    private Tensor All(Tensor step) => Vmap.Batch([step], _known, _loop.Length)[0];

    private Tensor Last(Tensor step)
    {
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, values) in _known) map[placeholder] = Index(values, 0, _loop.Length - 1);
        return Substitution.Apply([step], map)[0];
    }

    private Tensor Entering(int carry, Tensor next) => _loop.Length == 1
        ? ExpandDims(_loop.Initial[carry], 0)
        : Concat([ExpandDims(_loop.Initial[carry], 0), SliceAxis(next, 0, 0, _loop.Length - 1)], 0).WithOrigin(_origin);

    private void Repeat(List<int> carries, bool outputsNeedThem)
    {
        Tensor[] next = [.. carries.Select(i => _loop.Next[i])];
        Tensor[] placeholders = [.. _known.Keys];
        var (final, stacked) = _loop.Length <= Short ? WriteOut(carries, next, placeholders) : Scan(carries, next, placeholders, outputsNeedThem);
        for (var k = 0; k < carries.Count; k++)
        {
            _final[carries[k]] = final[k];
            if (!outputsNeedThem) continue;
            _known[_loop.Carries[carries[k]]] = Entering(carries[k], stacked[k]);
            _known[next[k]] = stacked[k];
        }
    }

    private (IReadOnlyList<Tensor> Final, IReadOnlyList<Tensor> Stacked) Scan(List<int> carries, Tensor[] next, Tensor[] placeholders, bool stack)
    {
        // Sequences that no next value reads stay outside.
        var read = new HashSet<Tensor>(Topology.Sort(next), ReferenceEqualityComparer.Instance);
        Tensor[] used = [.. placeholders.Where(read.Contains)];
        var result = Loops.Scan(_type, _loop.Length, [.. carries.Select(i => _loop.Initial[i])], [.. used.Select(x => _known[x])], (state, slices) =>
        {
            var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            for (var k = 0; k < carries.Count; k++) map[_loop.Carries[carries[k]]] = state[k];
            for (var k = 0; k < used.Length; k++) map[used[k]] = slices[k];
            var step = Substitution.Apply(next, map);
            return new(step, stack ? step : []);
        }, reverse: false, _origin);
        return (result.Carries, result.Outputs);
    }

    private (IReadOnlyList<Tensor> Final, IReadOnlyList<Tensor> Stacked) WriteOut(List<int> carries, Tensor[] next, Tensor[] placeholders)
    {
        Tensor[] state = [.. carries.Select(i => _loop.Initial[i])];
        var steps = new List<Tensor[]>();
        for (var t = 0; t < _loop.Length; t++)
        {
            var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            for (var k = 0; k < carries.Count; k++) map[_loop.Carries[carries[k]]] = state[k];
            foreach (var x in placeholders) map[x] = Index(_known[x], 0, t);
            state = [.. Substitution.Apply(next, map)];
            steps.Add(state);
        }
        return (state, [.. Enumerable.Range(0, state.Length).Select(k => Stack(steps.Select(s => s[k]), 0))]);
    }

    /// <summary>For each expression the carries it depends on.</summary>
    private Func<Tensor, HashSet<int>> Needs(IEnumerable<Tensor> roots)
    {
        var needs = new Dictionary<Tensor, HashSet<int>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < _loop.Carries.Count; i++) needs[_loop.Carries[i]] = [i];
        foreach (var node in Topology.Sort(roots))
        {
            HashSet<int>? own = null;
            var shared = true;
            foreach (var operand in node.Inputs)
            {
                if (!needs.TryGetValue(operand, out var more) || ReferenceEquals(own, more)) continue;
                if (own is null) own = more;
                else if (!more.IsSubsetOf(own))
                {
                    if (shared) (own, shared) = ([.. own], false);
                    own.UnionWith(more);
                }
            }
            if (own is not null) needs[node] = own;
        }
        return x => needs.GetValueOrDefault(x) ?? [];
    }
}
