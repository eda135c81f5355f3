using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>Batching, from expressions to expressions: one expression that evaluates many members of a family at once.</summary>
public static class Vmap
{
    /// <summary>
    /// The <paramref name="outputs"/> with a new leading axis: member b of a result is the output with each key of
    /// <paramref name="batched"/> replaced by member b of its value. Outputs that depend on none are repeated.
    /// </summary>
    /// <param name="outputs">The expressions for one member.</param>
    /// <param name="batched">For each node that varies between members its values, with the leading axis of <paramref name="size"/>.</param>
    /// <param name="size">The number of members.</param>
    /// <exception cref="ArgumentException">A value is not of its node's type and shape after the leading axis.</exception>
    public static ImmutableArray<Tensor> Batch(IReadOnlyList<Tensor> outputs, IReadOnlyDictionary<Tensor, Tensor> batched, int size)
    {
        foreach (var (node, value) in batched)
        {
            if (value.DType != node.DType || value.Shape != node.Shape.Prepend(size))
                throw new ArgumentException($"{value} does not hold {size} members of {node}", nameof(batched));
        }
        var order = Topology.SortAbove(outputs, batched);
        var origins = new Origins(Topology.Sort([.. outputs, .. batched.Values]));
        // Only nodes that vary have an entry.
        var lifted = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (batched.TryGetValue(node, out var value)) lifted[node] = value;
            else if (Member(node, lifted, size) is { } result) lifted[node] = origins.Stamp(result, node.Origin);
        }
        var results = ImmutableArray.CreateBuilder<Tensor>(outputs.Count);
        foreach (var output in outputs)
            results.Add(lifted.TryGetValue(output, out var result) ? result : origins.Stamp(Batching.Lift(output, false, size), output.Origin));
        return results.MoveToImmutable();
    }

    private static Tensor? Member(Tensor node, Dictionary<Tensor, Tensor> lifted, int size)
    {
        var varies = false;
        foreach (var operand in node.Inputs) varies |= lifted.ContainsKey(operand);
        if (!varies) return null;
        var operands = ImmutableArray.CreateBuilder<Tensor>(node.Inputs.Length);
        var flags = ImmutableArray.CreateBuilder<bool>(node.Inputs.Length);
        foreach (var operand in node.Inputs)
        {
            flags.Add(lifted.TryGetValue(operand, out var value));
            operands.Add(value ?? operand);
        }
        return OpTable.Rule(node.Op).Batch(node, operands.MoveToImmutable(), flags.MoveToImmutable(), size);
    }
}
