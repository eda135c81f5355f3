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

    /// <summary>Why the terms do not make up the density of each row, in words; null if they do.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scope">The draw.</param>
    /// <param name="terms">The terms found.</param>
    public static string? Missing(BoundModel model, PosteriorScope scope, EqArray<(string Name, Tensor Value)> terms)
    {
        if (terms.IsEmpty) return "no observed site and no factor has a term for each row";
        var sites = scope.Marginal.Joint.Sites;
        var own = Holes(sites.Where(s => s.PerRow && s.Kind == SiteKind.Sample && model.IsObserved(s)));
        if (Likelihoods(model, scope).FirstOrDefault(f => !f.PerRow && Marginal.DependsOn(f.LogDensity, own)) is { } joint)
            return $"the likelihood of '{joint.Name}' is one term for all rows together";
        if (scope.Unweighted is { } site) return $"the values of '{site.Name}' were fitted to the rows' own outcomes, and the guide has no density for each row's";
        if (scope.LogRatios.Count == 0) return null;
        // The prior of latent values that rows have of their own is then known only up to a constant.
        var latent = Holes(sites.Where(s => s.PerRow && s.Kind == SiteKind.Sample && !model.IsObserved(s)));
        var data = Marginal.DataHoles(scope.Marginal.Joint, model.IsObserved);
        return scope.Marginal.Joint.Factors.FirstOrDefault(f => Marginal.DependsOn(f.LogDensity, latent) && !Marginal.DependsOn(f.LogDensity, data)) is { } prior
            ? $"the factor '{prior.Name}' changes the prior of the rows' own latent values, whose density is then not known"
            : null;
    }

    private static HashSet<Tensor> Holes(IEnumerable<Site> sites) => sites.Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);

    private static IEnumerable<Factor> Likelihoods(BoundModel model, PosteriorScope scope)
    {
        var data = Marginal.DataHoles(scope.Marginal.Joint, model.IsObserved);
        return scope.Marginal.Graph.Factors.Where(f => !f.IsPrior && Marginal.DependsOn(f.LogDensity, data));
    }
}
