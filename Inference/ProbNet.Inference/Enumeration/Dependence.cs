using ProbNet.Graph;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Which of some holes each node of a growing expression depends on. A node is visited once, however many expressions share it, so that following a chain of sites
/// costs time in proportion to its length.
/// </summary>
internal sealed class Dependence
{
    private static readonly int[] None = [];
    private readonly Dictionary<Tensor, int[]> _holes = new(ReferenceEqualityComparer.Instance);

    public Dependence(IReadOnlyList<Tensor> holes)
    {
        for (var i = 0; i < holes.Count; i++) _holes[holes[i]] = [i];
    }

    /// <summary>The positions of the holes that the node depends on, ascending.</summary>
    public IReadOnlyList<int> Of(Tensor root)
    {
        if (_holes.TryGetValue(root, out var known)) return known;
        var stack = new Stack<(Tensor Node, int Next)>();
        stack.Push((root, 0));
        while (stack.Count > 0)
        {
            var (node, next) = stack.Pop();
            if (next == node.Inputs.Length)
            {
                _holes[node] = Union(node);
                continue;
            }
            stack.Push((node, next + 1));
            if (!_holes.ContainsKey(node.Inputs[next])) stack.Push((node.Inputs[next], 0));
        }
        return _holes[root];
    }

    /// <summary>The nodes of some expressions that depend on a hole, operands before users; the hole comes first.</summary>
    public List<Tensor> Above(int hole, IEnumerable<Tensor> roots)
    {
        var (order, seen) = (new List<Tensor>(), new HashSet<Tensor>(ReferenceEqualityComparer.Instance));
        var stack = new Stack<(Tensor Node, int Next)>();
        foreach (var root in roots)
        {
            if (!DependsOn(root, hole) || !seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.Count > 0)
            {
                var (node, next) = stack.Pop();
                if (next == node.Inputs.Length)
                {
                    order.Add(node);
                    continue;
                }
                stack.Push((node, next + 1));
                var operand = node.Inputs[next];
                if (DependsOn(operand, hole) && seen.Add(operand)) stack.Push((operand, 0));
            }
        }
        return order;
    }

    /// <summary>Whether the node depends on a hole.</summary>
    public bool DependsOn(Tensor node, int hole) => Of(node).Contains(hole);

    // Most nodes depend on what one operand depends on, whose list they then share.
    private int[] Union(Tensor node)
    {
        var all = None;
        foreach (var operand in node.Inputs)
        {
            var own = _holes[operand];
            if (own.Length == 0 || ReferenceEquals(own, all)) continue;
            all = all.Length == 0 ? own : own.All(all.Contains) ? all : [.. all.Union(own).Order()];
        }
        return all;
    }
}
