using ProbNet.Graph;
using ProbNet.Inference.Guides;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Draws of summed-out sites from their posterior given data and continuous values: the steps of the elimination backwards, each site given those summed out after it.
/// </summary>
/// <remarks>Source: Koller, Friedman, Probabilistic graphical models (2009), section 12.3.1 (forward sampling of the eliminated model); for chains, backward sampling.</remarks>
internal static class MemberDraws
{
    /// <summary>Site name → a joint draw of all summed-out sites; empty if some value that they depend on is not known.</summary>
    /// <param name="marginal">The model with the sites summed out.</param>
    /// <param name="known">What fills the other holes.</param>
    /// <param name="random">Randomness of this draw.</param>
    /// <param name="rows">The rows at hand.</param>
    public static Dictionary<string, Tensor> Of(Marginal marginal, IReadOnlyDictionary<Tensor, Tensor> known, RandomSource random, RowView rows)
    {
        var values = new Dictionary<Tensor, Tensor>(known, ReferenceEqualityComparer.Instance);
        var holes = marginal.Joint.Arguments.Select(a => a.Value).Concat(marginal.Joint.Sites.Select(s => s.Value)).Concat(marginal.Joint.Parameters.Select(p => p.Value))
            .Where(h => h.Op == OpCode.Input).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var result = new Dictionary<string, Tensor>();
        foreach (var step in marginal.Posterior.Steps.Reverse())
        {
            var tables = Substitution.Apply(step.Chain is { } chain ? [chain.Forward, chain.Pairs] : [step.Table], values);
            if (Marginal.DependsOn(tables[0], holes)) return [];
            var own = random.Named(step.Site.Site.Name);
            var value = step.Chain is null
                ? Draw(step, tables[0], own, rows)
                : step.Site.ValueOf(new Chain(tables[1], tables[0]).Draw(-Log(-Log(own.Uniform(tables[0].DType, tables[0].Shape)))));
            values[step.Site.Hole] = value;
            result[step.Site.Site.Name] = value;
        }
        return result;
    }

    // The configuration with the largest log-probability + Gumbel noise, for each element that is apart from others.
    private static Tensor Draw(EliminationStep step, Tensor table, RandomSource random, RowView rows)
    {
        var scores = Transpose(table, [.. Enumerable.Range(1, table.Rank - 1), 0]);
        var uniform = step.PerRow ? rows.Keyed(random).Uniform(table.DType, scores.Shape[1..]) : random.Uniform(table.DType, scores.Shape);
        var index = ArgMax(scores - Log(-Log(uniform)));
        var elements = step.Site.Elements;
        if (step.Kept.Count == elements.Rank) return step.Site.ValueOf(index);

        // Kept axes come first, then those enumerated together; sizes of 1 in between are dropped before the axes are put in order.
        int[] joint = [.. Enumerable.Range(0, elements.Rank).Where(a => !step.Kept.Contains(a))];
        int[] order = [.. step.Kept, .. joint];
        var labels = Reshape(Gather(step.Labels, index), Shape.Create([.. order.Select(a => elements[a])]));
        return step.Site.ValueOf(Transpose(labels, [.. Enumerable.Range(0, elements.Rank).Select(a => Array.IndexOf(order, a))]));
    }
}
