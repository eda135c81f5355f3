using System.Runtime.CompilerServices;

namespace ProbNet.Graph;

/// <summary>
/// Common subexpression elimination: nodes with the same primitive, attributes and operands become one. Literals compare by bits, so 0 and -0 stay
/// apart; operands of commutative primitives compare in either order; draws at the same counter are the same numbers and merge.
/// </summary>
internal static class CommonSubexpressions
{
    public static TensorGraph Run(TensorGraph graph)
    {
        var canonical = new HashSet<Tensor>(new Structural());
        var map = new Dictionary<Tensor, Tensor>(graph.Nodes.Length, ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            var rebuilt = Substitution.Rebuild(node, map);
            map[node] = node.Op != OpCode.Input && !canonical.Add(rebuilt) && canonical.TryGetValue(rebuilt, out var earlier) ? earlier : rebuilt;
        }
        var changed = false;
        foreach (var (_, value) in graph.Outputs) changed |= !ReferenceEquals(map[value], value);
        return changed ? graph.WithOutputs(graph.Outputs.Select(output => (output.Name, map[output.Value]))) : graph;
    }

    private sealed class Structural : IEqualityComparer<Tensor>
    {
        public bool Equals(Tensor? a, Tensor? b)
        {
            if (ReferenceEquals(a, b)) return true;
            if (a is null || b is null || a.Op != b.Op || a.Inputs.Length != b.Inputs.Length) return false;
            var same = true;
            for (var i = 0; same && i < a.Inputs.Length; i++) same = ReferenceEquals(a.Inputs[i], b.Inputs[i]);
            if (!same && !(Commutes(a.Op) && ReferenceEquals(a.Inputs[0], b.Inputs[1]) && ReferenceEquals(a.Inputs[1], b.Inputs[0]))) return false;
            return ReferenceEquals(a.Attributes, b.Attributes) || a.Attributes.Equals(b.Attributes);
        }

        public int GetHashCode(Tensor node)
        {
            var operands = 0;
            var commutes = Commutes(node.Op);
            foreach (var operand in node.Inputs)
            {
                var hash = RuntimeHelpers.GetHashCode(operand);
                operands = commutes ? operands + hash : operands * 31 + hash;
            }
            return HashCode.Combine(node.Op, operands, node.Attributes is Attributes.None ? 0 : node.Attributes.GetHashCode());
        }

        // Of two different NaNs the sum or product keeps one or the other; they are not told apart.
        private static bool Commutes(OpCode op) => op is OpCode.Add or OpCode.Mul or OpCode.Max or OpCode.Min or OpCode.Equal or OpCode.And or OpCode.Or;
    }
}
