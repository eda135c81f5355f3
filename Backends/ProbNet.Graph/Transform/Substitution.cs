using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>Replaces nodes of expressions by others.</summary>
public static class Substitution
{
    /// <summary>
    /// The <paramref name="roots"/> with every node that is a key of <paramref name="map"/> replaced by its value. Nodes above a replaced one are
    /// rebuilt with their origins; everything else, and the replacements themselves, are kept as they are. A replacement of another type or shape is
    /// allowed where the users' shape rules accept it.
    /// </summary>
    /// <exception cref="ShapeException">A user does not fit its replaced operand.</exception>
    public static ImmutableArray<Tensor> Apply(IReadOnlyList<Tensor> roots, IReadOnlyDictionary<Tensor, Tensor> map)
    {
        var rebuilt = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in Topology.SortAbove(roots, map))
        {
            if (map.TryGetValue(node, out var replacement)) rebuilt[node] = replacement;
            else rebuilt[node] = Rebuild(node, rebuilt);
        }
        var result = ImmutableArray.CreateBuilder<Tensor>(roots.Count);
        foreach (var root in roots) result.Add(rebuilt[root]);
        return result.MoveToImmutable();
    }

    /// <summary>The node over the new forms of its operands; the node itself where none changed.</summary>
    internal static Tensor Rebuild(Tensor node, Dictionary<Tensor, Tensor> rebuilt)
    {
        Tensor[]? changed = null;
        var sameTypes = true;
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            var (old, now) = (node.Inputs[i], rebuilt[node.Inputs[i]]);
            if (ReferenceEquals(old, now)) continue;
            changed ??= [.. node.Inputs];
            changed[i] = now;
            sameTypes &= old.DType == now.DType && old.Shape == now.Shape;
        }
        if (changed is null) return node;
        return sameTypes ? node.WithInputs([.. changed]) : Tensor.Create(node.Op, [.. changed], node.Attributes, node.Origin);
    }
}
