using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Writes the nodes of a graph, one line each, by their rules.</summary>
internal static class NodeText
{
    /// <summary>Writes the nodes that have no name yet and names them.</summary>
    /// <param name="nodes">In topological order.</param>
    /// <param name="names">The expressions of the nodes written so far, inputs among them.</param>
    /// <param name="script">What is written to.</param>
    /// <param name="target">For a node that is to be computed into an existing tensor, the name of that tensor; null for all others.</param>
    public static void Write(IEnumerable<Tensor> nodes, Dictionary<Tensor, string> names, ScriptWriter script, Func<Tensor, string?> target)
    {
        foreach (var node in nodes)
        {
            if (names.ContainsKey(node)) continue;
            string[] operands = [.. node.Inputs.Select(x => names[x])];
            if (target(node) is { } into)
            {
                script.Line($"{BinaryRules.Function(node.Op)}({operands[0]}, {operands[1]}, out={into})", Script.Comment(node));
                names[node] = into;
                continue;
            }
            var value = EmitTable.Rule(node.Op).Write(node, operands, script);
            names[node] = script.Fresh("v");
            script.Line($"{names[node]} = {value}", Script.Comment(node));
        }
    }
}
