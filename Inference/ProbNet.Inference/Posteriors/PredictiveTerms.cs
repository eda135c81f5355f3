using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// The terms of a row's log predictive density at one draw: densities of observed sites that are plates over rows, and factors that depend on data and have a number for
/// each row. So a likelihood written as <c>factor</c> counts like one written as <c>observe</c>; discrete latent sites are summed out.
/// </summary>
internal static class PredictiveTerms
{
    /// <summary>The terms, one number for each row at hand.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scope">The draw.</param>
    /// <param name="sites">The observed per-row sites whose values are given.</param>
    public static EqArray<(string Name, Tensor Value)> Of(BoundModel model, PosteriorScope scope, IReadOnlyList<Site> sites)
    {
        var result = new List<(string, Tensor)>();
        foreach (var site in scope.Marginal.Graph.Sites.Where(s => !s.IsAbsorbed && sites.Any(o => o.Name == s.Name)))
        {
            var density = scope.At(site.Distribution.LogDensity(site.Value));
            result.Add((site.Name, SumLast(density, density.Rank - 1)));
        }
        var open = Marginal.DataHoles(scope.Marginal.Joint, model.IsObserved);
        foreach (var factor in Likelihoods(model, scope).Where(f => f.PerRow))
        {
            var value = scope.At(factor.LogDensity);
            // Without the outcome's value there is no density of it.
            if (!Marginal.DependsOn(value, open)) result.Add((factor.Name, SumLast(value, value.Rank - 1)));
        }
        return result.ToEqArray();
    }

    /// <summary>Whether no term of the likelihood belongs to all rows together, like one in which a discrete site that all rows share is summed out.</summary>
    public static bool CoverAllRows(BoundModel model, PosteriorScope scope)
    {
        var own = scope.Marginal.Joint.Sites.Where(s => s.PerRow && s.Kind == SiteKind.Sample && model.IsObserved(s)).Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        return Likelihoods(model, scope).All(f => f.PerRow || !Marginal.DependsOn(f.LogDensity, own));
    }

    private static IEnumerable<Factor> Likelihoods(BoundModel model, PosteriorScope scope)
    {
        var data = Marginal.DataHoles(scope.Marginal.Joint, model.IsObserved);
        return scope.Marginal.Graph.Factors.Where(f => !f.IsPrior && Marginal.DependsOn(f.LogDensity, data));
    }
}
