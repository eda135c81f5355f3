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

        var gradients = Pullback([(output, seed)], wrt);
        var result = ImmutableArray.CreateBuilder<Tensor>(wrt.Count);
        for (var i = 0; i < wrt.Count; i++) result.Add(gradients[i] ?? ZerosLike(wrt[i]));
        return result.MoveToImmutable();
    }

    /// <summary>
    /// The gradients of the sum of several outputs, each times its seed; null where nothing depends on a variable. Outputs and seeds of one floating-point type and
    /// shape each.
    /// </summary>
    internal static ImmutableArray<Tensor?> Pullback(IReadOnlyList<(Tensor Output, Tensor Seed)> outputs, IReadOnlyList<Tensor> wrt)
    {
        var nodes = Topology.Sort(outputs.Select(o => o.Output));
        var active = Active(nodes, wrt);
        var origins = new Origins(Topology.Sort([.. outputs.Select(o => o.Output), .. outputs.Select(o => o.Seed)]));
        var cotangents = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (output, seed) in outputs) cotangents[output] = cotangents.TryGetValue(output, out var other) ? Masked.Add(other, seed) : seed;
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
        var result = ImmutableArray.CreateBuilder<Tensor?>(wrt.Count);
        foreach (var variable in wrt) result.Add(variable.DType.IsFloat() && cotangents.TryGetValue(variable, out var gradient) ? gradient : null);
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
