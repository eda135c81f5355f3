using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>Checks that a graph is well formed: what every pass must leave behind.</summary>
public static class Verify
{
    /// <summary>
    /// What is wrong with the graph, empty where nothing is: attributes that are not the primitive's, a type that its shape rule does not give, an operand
    /// after its user, two outputs of one name, or one of these in the body of a loop. (Inputs that are listed, distinct and sufficient are ensured by the graph's construction.)
    /// </summary>
    public static ImmutableArray<string> Problems(TensorGraph graph)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            foreach (var operand in node.Inputs)
            {
                if (!seen.Contains(operand)) problems.Add($"{node} stands before its operand {operand}");
            }
            seen.Add(node);
            if (TypeProblem(node) is { } problem) problems.Add(problem);
            if (node.Attributes is Attributes.Loop loop) problems.AddRange(Problems(loop.Body).Select(inner => $"in the body of {node}: {inner}"));
        }
        var names = new HashSet<string>();
        foreach (var (name, _) in graph.Outputs)
        {
            if (!names.Add(name)) problems.Add($"two outputs are named '{name}'");
        }
        return problems.ToImmutable();
    }

    /// <summary>Throws if the graph has a problem.</summary>
    /// <exception cref="InvalidOperationException">It has; the message says which, and after what.</exception>
    public static void Require(TensorGraph graph, string after)
    {
        var problems = Problems(graph);
        if (!problems.IsEmpty) throw new InvalidOperationException($"after {after}: {problems[0]}");
    }

    private static string? TypeProblem(Tensor node)
    {
        try
        {
            var type = OpTable.Rule(node.Op).Infer(node.Inputs, node.Attributes);
            return type == new TensorType(node.DType, node.Shape) ? null : $"{node} should be {type.DType.Name()}{type.Shape}";
        }
        catch (ShapeException e)
        {
            return $"{node}: {e.Message}";
        }
    }
}
