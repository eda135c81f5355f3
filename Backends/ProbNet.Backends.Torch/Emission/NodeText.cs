using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Writes the nodes of a graph, one line each, by their rules.</summary>
internal static class NodeText
{
    /// <summary>Writes the nodes that have no name yet and names them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="names">The expressions of the nodes written so far, inputs among them.</param>
    /// <param name="script">What is written to.</param>
    /// <param name="target">For a node that is to be computed into an existing tensor, the name of that tensor; null for all others.</param>
    public static void Write(TensorGraph graph, Dictionary<Tensor, string> names, ScriptWriter script, Func<Tensor, string?> target)
    {
        var unexpanded = Unexpanded(graph);
        foreach (var node in graph.Nodes)
        {
            // Inputs that nothing reads have no name.
            if (node.Op == OpCode.Input || names.ContainsKey(node)) continue;
            if (unexpanded.Contains(node))
            {
                names[node] = names[node.Inputs[0]];
                continue;
            }
            string[] operands = [.. node.Inputs.Select(x => names[x])];
            if (target(node) is { } into)
            {
                script.Line($"{InPlace.Function(node.Op)}({string.Join(", ", operands)}, out={into})", Script.Comment(node));
                names[node] = into;
                continue;
            }
            var value = EmitTable.Rule(node.Op).Write(node, operands, script);
            names[node] = script.Fresh("v");
            script.Line($"{names[node]} = {value}", Script.Comment(node));
        }
    }

    // Broadcasts that need no view of their own, since libtorch's elementwise operations repeat operands by the same rule: all users are such and have an operand of full shape.
    private static HashSet<Tensor> Unexpanded(TensorGraph graph)
    {
        var found = new HashSet<Tensor>(graph.Nodes.Where(node => node.Op == OpCode.Broadcast), ReferenceEqualityComparer.Instance);
        foreach (var (_, value) in graph.Outputs) found.Remove(value);
        foreach (var node in graph.Nodes)
        {
            if (!Repeats(node.Op) || node.Inputs.All(x => x.Op == OpCode.Broadcast)) found.ExceptWith(node.Inputs);
        }
        return found;
    }

    private static bool Repeats(OpCode op) => op is OpCode.Add or OpCode.Sub or OpCode.Mul or OpCode.Div or OpCode.Pow or OpCode.Max or OpCode.Min or OpCode.Equal or OpCode.Less
        or OpCode.LessEqual or OpCode.And or OpCode.Or or OpCode.Select;
}
