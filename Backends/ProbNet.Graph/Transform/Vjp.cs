using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Reverse-mode differentiation, from expressions to expressions: each node's cotangent is combined from its users' and handed to its operands by
/// its row's rule (vector-Jacobian product). The results are ordinary expressions, so gradients differentiate again.
/// </summary>
public static class Vjp
{
    /// <summary>
    /// The gradients of sum(<paramref name="seed"/> * <paramref name="output"/>) with respect to each of <paramref name="wrt"/>, of their types and
    /// shapes; zeros where the output does not depend on one. A member of <paramref name="wrt"/> may be any node of the expression; its gradient is the
    /// total derivative, through other members too.
    /// </summary>
    /// <param name="output">The expression, of a floating-point type.</param>
    /// <param name="wrt">The variables.</param>
    /// <param name="seed">The cotangent of the output, of its type and shape; ones where omitted.</param>
    /// <exception cref="ArgumentException">The output is not of a floating-point type, or the seed is not of the output's type and shape.</exception>
    public static ImmutableArray<Tensor> Gradients(Tensor output, IReadOnlyList<Tensor> wrt, Tensor? seed = null)
    {
        if (!output.DType.IsFloat()) throw new ArgumentException($"an expression of type {output.DType.Name()} has no gradient", nameof(output));
        seed ??= OnesLike(output);
        if (seed.DType != output.DType || seed.Shape != output.Shape) throw new ArgumentException($"the seed {seed} is not of the output's type {output}", nameof(seed));

        var nodes = Topology.Sort([output]);
        var active = Active(nodes, wrt);
        var origins = new Origins(Topology.Sort([output, seed]));
        var cotangents = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [output] = seed };
        for (var i = nodes.Length - 1; i >= 0; i--)
        {
            var node = nodes[i];
            if (node.Inputs.IsEmpty || !active.Contains(node) || !cotangents.TryGetValue(node, out var cotangent)) continue;
            var parts = OpTable.Rule(node.Op).Vjp(node, cotangent);
            for (var k = 0; k < parts.Length; k++)
            {
                var operand = node.Inputs[k];
                if (parts[k] is not { } part || !active.Contains(operand)) continue;
                part = origins.Stamp(part, node.Origin);
                cotangents[operand] = cotangents.TryGetValue(operand, out var sum) ? origins.Stamp(Masked.Add(sum, part), operand.Origin) : part;
            }
        }
        var result = ImmutableArray.CreateBuilder<Tensor>(wrt.Count);
        foreach (var variable in wrt) result.Add(cotangents.TryGetValue(variable, out var gradient) ? gradient : ZerosLike(variable));
        return result.MoveToImmutable();
    }

    /// <summary>The floating-point nodes that depend on a variable, with the variables.</summary>
    private static HashSet<Tensor> Active(ImmutableArray<Tensor> nodes, IReadOnlyList<Tensor> wrt)
    {
        var active = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var variable in wrt)
        {
            if (variable.DType.IsFloat()) active.Add(variable);
        }
        foreach (var node in nodes)
        {
            if (!node.DType.IsFloat()) continue;
            foreach (var operand in node.Inputs)
            {
                if (active.Contains(operand)) active.Add(node);
            }
        }
        return active;
    }
}
