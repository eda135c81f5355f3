namespace ProbNet.Graph;

/// <summary>
/// Gives nodes that a rule made the origin of the node they were made for, so that messages about them name a place in the model. One instance serves one
/// transformation: it remembers which nodes were there before and what became of the new ones.
/// </summary>
internal sealed class Origins
{
    // From each node met to the one to use for it: itself where it was there before, a stamped copy where a rule made it.
    private readonly Dictionary<Tensor, Tensor> _known;
    private readonly Stack<Tensor> _stack = new();

    public Origins(IReadOnlyCollection<Tensor> existing)
    {
        _known = new(2 * existing.Count, ReferenceEqualityComparer.Instance);
        foreach (var node in existing) _known[node] = node;
    }

    /// <summary>Counts a node among those that keep their origin.</summary>
    public void Add(Tensor node) => _known[node] = node;

    /// <summary><paramref name="root"/> with <paramref name="origin"/> on every new node beneath it that has none.</summary>
    public Tensor Stamp(Tensor root, Origin? origin)
    {
        _stack.Push(root);
        while (_stack.TryPeek(out var node))
        {
            if (_known.ContainsKey(node))
            {
                _stack.Pop();
                continue;
            }
            var ready = true;
            foreach (var operand in node.Inputs)
            {
                if (_known.ContainsKey(operand)) continue;
                _stack.Push(operand);
                ready = false;
            }
            if (!ready) continue;
            _stack.Pop();
            var stamped = Substitution.Rebuild(node, _known).WithOrigin(origin);
            _known[node] = stamped;
            _known[stamped] = stamped;
        }
        return _known[root];
    }
}
