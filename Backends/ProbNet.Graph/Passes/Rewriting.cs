namespace ProbNet.Graph;

/// <summary>
/// Applies local rewrites, each from a node with simplified operands to an equal node or null, everywhere until none applies. The nodes that a
/// rewrite makes are rewritten in turn.
/// </summary>
internal static class Rewriting
{
    public static TensorGraph Everywhere(TensorGraph graph, params ReadOnlySpan<Func<Tensor, Tensor?>> rules)
    {
        // From each node met to its normal form; normal forms lead to themselves.
        var normal = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var origins = new Origins(graph.Nodes);
        var awaited = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<Tensor>();
        var budget = 100 + 50 * graph.Nodes.Length;
        foreach (var root in graph.Nodes)
        {
            stack.Push(root);
            while (stack.TryPeek(out var node))
            {
                if (normal.ContainsKey(node))
                {
                    stack.Pop();
                    continue;
                }
                if (awaited.TryGetValue(node, out var successor))
                {
                    normal[node] = normal[successor];
                    stack.Pop();
                    continue;
                }
                if (PushMissing(node, normal, stack)) continue;
                var rebuilt = Substitution.Rebuild(node, normal);
                if (First(rules, rebuilt) is not { } better)
                {
                    normal[rebuilt] = rebuilt;
                    normal[node] = rebuilt;
                    origins.Add(rebuilt);
                    continue;
                }
                if (budget-- == 0) throw new InvalidOperationException($"rewrites undo one another at {node}");
                origins.Add(rebuilt);
                better = origins.Stamp(better, node.Origin);
                awaited[node] = better;
                stack.Push(better);
            }
        }
        var changed = false;
        foreach (var (_, value) in graph.Outputs) changed |= !ReferenceEquals(normal[value], value);
        return changed ? graph.WithOutputs(graph.Outputs.Select(output => (output.Name, normal[output.Value]))) : graph;
    }

    private static bool PushMissing(Tensor node, Dictionary<Tensor, Tensor> normal, Stack<Tensor> stack)
    {
        var missing = false;
        foreach (var operand in node.Inputs)
        {
            if (normal.ContainsKey(operand)) continue;
            stack.Push(operand);
            missing = true;
        }
        return missing;
    }

    private static Tensor? First(ReadOnlySpan<Func<Tensor, Tensor?>> rules, Tensor node)
    {
        foreach (var rule in rules)
        {
            if (rule(node) is { } better && !ReferenceEquals(better, node)) return better;
        }
        return null;
    }
}
