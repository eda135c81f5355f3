using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Loops over the same operands whose carries take the same values become one loop with the outputs of all. A gradient's forward loop, which keeps the
/// carries, is so merged with the loop it was made for.
/// </summary>
internal static class LoopMerging
{
    public static TensorGraph Run(TensorGraph graph)
    {
        var groups = graph.Nodes.Where(node => node.Op == OpCode.Scan).GroupBy(node => node, new SameOperands()).Where(group => group.Count() > 1).ToArray();
        if (groups.Length == 0) return graph;
        // Members of a group do not depend on one another, having the same operands.
        var partners = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var merged = new Dictionary<Tensor, Attributes.Loop>(ReferenceEqualityComparer.Instance);
        foreach (var group in groups)
        {
            var first = group.First();
            foreach (var other in group.Skip(1))
            {
                var known = merged.GetValueOrDefault(first, (Attributes.Loop)first.Attributes);
                if (Join(known, (Attributes.Loop)other.Attributes) is not { } joined) continue;
                merged[first] = joined;
                partners[other] = first;
            }
        }
        if (merged.Count == 0) return graph;

        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var loops = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            var first = partners.GetValueOrDefault(node, node);
            if (!merged.TryGetValue(first, out var joined))
            {
                map[node] = Substitution.Rebuild(node, map);
                continue;
            }
            if (!loops.TryGetValue(first, out var loop))
                loops[first] = loop = Tensor.Create(OpCode.Scan, Substitution.Rebuild(node, map).Inputs, joined, first.Origin);
            map[node] = Select(loop, joined, (Attributes.Loop)node.Attributes);
        }
        return graph.WithOutputs(graph.Outputs.Select(output => (output.Name, map[output.Value])));
    }

    /// <summary>One loop with the outputs of both, those of <paramref name="b"/> last, or null where their carries differ.</summary>
    private static Attributes.Loop? Join(Attributes.Loop a, Attributes.Loop b)
    {
        var inputs = a.Body.Inputs;
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++) map[b.Body.Inputs[i]] = inputs[i];
        var others = Substitution.Apply([.. b.Body.Outputs.Select(x => x.Value)], map);
        var both = CommonSubexpressions.Run(new(inputs, [.. a.Body.Outputs, .. others.Select((x, i) => ($"other{i}", x))])).Outputs;
        var count = a.Body.Outputs.Length;
        for (var i = 0; i < a.Carries; i++)
        {
            if (!ReferenceEquals(both[i].Value, both[count + i].Value)) return null;
        }
        var outputs = both[..count].AddRange(both[(count + a.Carries)..].Select((x, i) => ($"out{count - a.Carries + i}", x.Value)));
        return a with { Body = new(inputs, outputs) };
    }

    /// <summary>From the merged loop the result of one member: its outputs are found by their shapes and expressions.</summary>
    private static Tensor Select(Tensor loop, Attributes.Loop joined, Attributes.Loop member)
    {
        var parts = Loops.Parts(loop);
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < member.Body.Inputs.Length; i++) map[member.Body.Inputs[i]] = joined.Body.Inputs[i];
        var own = Substitution.Apply([.. member.Body.Outputs.Select(x => x.Value)], map);
        var found = CommonSubexpressions.Run(new(joined.Body.Inputs, [.. joined.Body.Outputs, .. own.Select((x, i) => ($"own{i}", x))])).Outputs;
        var positions = new int[own.Length];
        for (var i = 0; i < own.Length; i++)
        {
            positions[i] = i;
            for (var k = joined.Carries; i >= joined.Carries && k < joined.Body.Outputs.Length; k++)
            {
                if (ReferenceEquals(found[k].Value, found[joined.Body.Outputs.Length + i].Value)) positions[i] = k;
            }
        }
        return Loops.Pack(positions.Select(at => parts[at]));
    }

    private sealed class SameOperands : IEqualityComparer<Tensor>
    {
        public bool Equals(Tensor? x, Tensor? y)
        {
            if (x?.Attributes is not Attributes.Loop a || y?.Attributes is not Attributes.Loop b) return false;
            if ((a.Length, a.Carries, a.Sequences, a.Reverse, x.Inputs.Length) != (b.Length, b.Carries, b.Sequences, b.Reverse, y.Inputs.Length)) return false;
            for (var i = 0; i < x.Inputs.Length; i++)
            {
                if (!ReferenceEquals(x.Inputs[i], y.Inputs[i])) return false;
            }
            return true;
        }

        public int GetHashCode(Tensor node)
        {
            var hash = new HashCode();
            foreach (var operand in node.Inputs) hash.Add(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(operand));
            return hash.ToHashCode();
        }
    }
}
