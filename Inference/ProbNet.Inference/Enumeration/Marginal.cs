using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// A model with its finite discrete latent sites summed out: p(y, θ) = sum over z of p(y, θ, z), for data y and continuous latent values θ, as a model graph again.
/// </summary>
/// <remarks>
/// The summed-out sites are gone. A site whose density depends on one is kept, but its density is part of a factor (<see cref="Site.IsAbsorbed"/>). Each group of sites
/// that depend on one another leaves a likelihood factor log p(y, θ) - log p(θ) and, where it holds latent sites, a prior factor log p(θ); so the division of the
/// evidence lower bound into expected log-likelihood and divergence keeps its meaning. Reported values that depend on a summed-out site keep its hole.
/// </remarks>
public sealed record Marginal
{
    private Marginal() { }

    /// <summary>The model without the discrete sites.</summary>
    public required ModelGraph Graph { get; init; }

    /// <summary>The model as written.</summary>
    public required ModelGraph Joint { get; init; }

    /// <summary>The sites that were summed out, in model order.</summary>
    public required EqArray<DiscreteSite> Summed { get; init; }

    /// <summary>The terms that depend on a summed-out site, each whether it belongs to the prior.</summary>
    internal EqArray<(Tensor Value, bool IsPrior)> Terms { get; init; } = [];

    /// <summary>How the sites were summed out, given data and continuous values.</summary>
    internal Eliminated Posterior { get; init; } = new([], []);

    /// <summary>Sums out every latent site with finitely many labels.</summary>
    /// <param name="model">The model as written.</param>
    /// <param name="isObserved">Which sites are observed.</param>
    /// <param name="isSummed">Which latent sites to sum out, if they have finitely many labels; null: all. The others stay as they are.</param>
    /// <returns>The marginal model, or why a site cannot be summed out.</returns>
    public static Checked<Marginal> Of(ModelGraph model, Func<Site, bool> isObserved, Func<Site, bool>? isSummed = null)
    {
        var summed = model.Sites.Where(s => !isObserved(s) && isSummed?.Invoke(s) != false).Select(DiscreteSite.Of).OfType<DiscreteSite>().ToEqArray();
        if (summed.IsEmpty) return new Marginal { Graph = model, Joint = model, Summed = [] };

        var dependence = new Dependence([.. summed.Select(s => s.Hole)]);
        var names = summed.Select(s => s.Site.Name).ToHashSet();
        var terms = new List<(Tensor Value, bool IsPrior)>();
        var (sites, factors) = (new List<Site>(), new List<Factor>());
        foreach (var site in model.Sites)
        {
            var density = site.Distribution.LogDensity(site.Value);
            var isAbsorbed = dependence.Of(density).Count > 0;
            if (isAbsorbed) terms.Add((density.WithOrigin(site.Origin), !isObserved(site)));
            if (!names.Contains(site.Name)) sites.Add(site with { IsAbsorbed = isAbsorbed });
        }
        var data = DataHoles(model, isObserved);
        foreach (var factor in model.Factors)
        {
            if (dependence.Of(factor.LogDensity).Count == 0) factors.Add(factor);
            else terms.Add((factor.LogDensity.WithOrigin(factor.Origin), factor.IsPrior || !DependsOn(factor.LogDensity, data)));
        }
        var joint = Elimination.Run(terms.Select(t => t.Value), summed);
        var prior = joint.Value is null ? null : Prior(terms, summed);
        if (prior?.Value is not { } p) return new(null, joint.Value is null ? joint.Diagnostics : prior!.Diagnostics);
        return new Marginal
        {
            Graph = model with { Sites = sites.ToEqArray(), Factors = [.. factors, .. joint.Value!.Terms.SelectMany(t => Split(t, p.Terms, summed))] },
            Joint = model,
            Summed = summed,
            Terms = terms.ToEqArray(),
            Posterior = joint.Value,
        };
    }

    /// <summary>The holes that data fills: arguments and observed sites.</summary>
    internal static HashSet<Tensor> DataHoles(ModelGraph model, Func<Site, bool> isObserved) =>
        new(model.Arguments.Select(a => a.Value).Concat(model.Sites.Where(s => s.Kind == SiteKind.Sample && isObserved(s)).Select(s => s.Value)), ReferenceEqualityComparer.Instance);

    /// <summary>Whether an expression depends on any of some holes.</summary>
    internal static bool DependsOn(Tensor x, HashSet<Tensor> holes) => Topology.Sort([x]).Any(holes.Contains);

    // The sum over the sites of the prior terms alone. Sites that nothing but their own density depends on sum to 1.
    private static Checked<Eliminated> Prior(List<(Tensor Value, bool IsPrior)> terms, EqArray<DiscreteSite> summed)
    {
        var dependence = new Dependence([.. summed.Select(s => s.Hole)]);
        var left = terms.Where(t => t.IsPrior).Select(t => t.Value).ToList();
        var sites = Enumerable.Range(0, summed.Count).ToList();
        // The site's own density is the first term that depends on it: others come later in the model. Later sites are found barren first.
        for (var i = sites.Count - 1; i >= 0; i--)
        {
            var dependent = left.Where(t => dependence.DependsOn(t, sites[i])).ToArray();
            if (dependent.Length != 1) continue;
            left.Remove(dependent[0]);
            sites.RemoveAt(i);
        }
        return Elimination.Run(left, sites.Select(i => summed[i]).ToEqArray());
    }

    private static IEnumerable<Factor> Split(EliminationTerm joint, EqArray<EliminationTerm> priors, EqArray<DiscreteSite> order)
    {
        var first = order.First(s => joint.Sites.Contains(s)).Site;
        var own = priors.Where(p => p.Sites.Any(joint.Sites.Contains)).ToArray();
        var isPerRow = joint.PerRow && own.All(p => p.PerRow);
        Tensor Total(EliminationTerm term) => (isPerRow ? SumLast(term.Value, term.Value.Rank - 1) : SumAll(term.Value)).WithOrigin(first.Origin);
        if (own.Length == 0)
        {
            yield return new Factor(first.Name, Total(joint), isPerRow, first.Span);
            yield break;
        }
        var prior = own.Select(Total).Aggregate((a, b) => a + b);
        yield return new Factor(first.Name, Total(joint) - prior, isPerRow, first.Span);
        yield return new Factor(first.Name, prior, isPerRow, first.Span) { IsPrior = true };
    }
}
