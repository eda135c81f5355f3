using System.Collections.Immutable;
using ProbNet.Graph;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Evaluates expressions for all values of a hole at once, like <see cref="Vmap.Batch"/>, but visits only what depends on the hole: the rest of a long expression is
/// shared by all values and not looked at.
/// </summary>
internal static class Lifting
{
    /// <summary>The roots, which all depend on the hole, with a new leading axis for its values.</summary>
    /// <param name="roots">The expressions.</param>
    /// <param name="hole">The hole.</param>
    /// <param name="position">Its position in <paramref name="dependence"/>.</param>
    /// <param name="values">[C] followed by the hole's shape.</param>
    /// <param name="dependence">What depends on the hole.</param>
    public static Tensor[] Apply(IReadOnlyList<Tensor> roots, Tensor hole, int position, Tensor values, Dependence dependence)
    {
        var lifted = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [hole] = values };
        foreach (var node in dependence.Above(position, roots))
        {
            if (ReferenceEquals(node, hole)) continue;
            var operands = ImmutableArray.CreateRange(node.Inputs, i => lifted.GetValueOrDefault(i, i));
            var flags = ImmutableArray.CreateRange(node.Inputs, lifted.ContainsKey);
            lifted[node] = OpTable.Rule(node.Op).Batch(node, operands, flags, values.Shape[0]).WithOrigin(node.Origin);
        }
        return [.. roots.Select(r => lifted[r])];
    }
}
