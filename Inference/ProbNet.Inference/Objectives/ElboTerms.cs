using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>One summand of the evidence lower bound, as an expression over the model's holes.</summary>
/// <param name="Site">The site (or part of a joint guide) it belongs to.</param>
/// <param name="Value">A scalar, or one number for each row at hand, in nats.</param>
/// <param name="PerRow">Whether it is one number for each row.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ElboTerm(string Site, Tensor Value, bool PerRow, ElboTermKind Kind);

/// <summary>The kinds of summands; the bound is likelihood - divergence + prior - guide.</summary>
internal enum ElboTermKind
{
    /// <summary>log p of an observed site.</summary>
    Likelihood,
    /// <summary>KL(q || prior) of a latent site, in closed form.</summary>
    Divergence,
    /// <summary>log p of a latent site at the draw.</summary>
    Prior,
    /// <summary>log q at the draw.</summary>
    Guide,
}

/// <summary>Takes the evidence lower bound of a model and a guide apart into terms.</summary>
/// <remarks>
/// ELBO = E_q[log p(x, z) - log q(z)] = E_q[sum over observed sites of log p(x_s | parents)] - KL. The KL part of a latent site is closed-form where
/// <see cref="Kl.TryBetween"/> knows the pair of the guide's factor and the prior; the prior's parameters may depend on other sites, whose draws are then
/// averaged over: E_q(parents)[KL(q(z) || p(z | parents))]. A factor that is no distribution of the language may bring its entropy and its cross-entropy with the priors of all its
/// sites: their difference is the divergence then, as long as the prior of none depends on another of them. Elsewhere it is log q(z) - log p(z) at the draw.
/// </remarks>
internal static class ElboTerms
{
    public static EqArray<ElboTerm> Of(BoundModel model, ModelGraph graph, IReadOnlyList<PartDraw> parts)
    {
        var draws = parts.SelectMany(p => p.Sites).ToDictionary(d => d.Site.Name);
        var entropies = Closed(graph, parts, draws);
        var closed = entropies.Select(e => e.Term.Name).ToHashSet();
        var crossed = entropies.SelectMany(e => e.Cross).ToDictionary(c => c.Site, c => c.Value);
        var terms = new List<ElboTerm>();
        foreach (var site in graph.Sites.Where(s => !s.IsAbsorbed))
        {
            if (model.IsObserved(site))
            {
                terms.Add(Density(site, ElboTermKind.Likelihood));
            }
            else if (draws[site.Name].Marginal is { } q && Kl.TryBetween(q, site.Distribution) is { } kl)
            {
                closed.Add(site.Name);
                terms.Add(Term(site, kl, ElboTermKind.Divergence));
            }
            else if (crossed.TryGetValue(site.Name, out var cross))
            {
                terms.Add(Term(site, cross, ElboTermKind.Divergence));
            }
            else
            {
                terms.Add(Density(site, ElboTermKind.Prior));
            }
        }
        var data = Marginal.DataHoles(graph, model.IsObserved);
        foreach (var factor in graph.Factors)
        {
            var isPrior = factor.IsPrior || !Marginal.DependsOn(factor.LogDensity, data);
            terms.Add(Term(factor.Name, factor.LogDensity, factor.PerRow, factor.Origin, isPrior ? ElboTermKind.Prior : ElboTermKind.Likelihood));
        }
        foreach (var term in parts.SelectMany(p => p.LogDensity).Where(t => !closed.Contains(t.Name)))
        {
            terms.Add(new(term.Name, term.Value, term.PerRow, ElboTermKind.Guide));
        }
        terms.AddRange(entropies.Select(e => new ElboTerm(e.Term.Name, -e.Term.Value, e.Term.PerRow, ElboTermKind.Divergence)));
        return terms.ToEqArray();
    }

    // The factors whose entropy is known, with the cross-entropies of all their sites: a term named after a site belongs to it, one named after the part to all of the part's.
    private static List<(LogTerm Term, List<(string Site, Tensor Value)> Cross)> Closed(ModelGraph graph, IReadOnlyList<PartDraw> parts, Dictionary<string, SiteDraw> draws)
    {
        var result = new List<(LogTerm, List<(string, Tensor)>)>();
        foreach (var (part, entropy) in parts.SelectMany(p => p.Entropies.Select(e => (p, e))))
        {
            var names = part.Sites.Select(s => s.Site.Name).Where(n => n == entropy.Name).ToHashSet();
            if (names.Count == 0) names = [.. part.Sites.Select(s => s.Site.Name)];
            Site[] sites = [.. graph.Sites.Where(s => names.Contains(s.Name))];
            var holes = sites.Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
            if (sites.Any(s => s.IsAbsorbed || s.Distribution.Arguments.Any(a => Marginal.DependsOn(a, holes)))) continue;
            var cross = sites.Select(s => (s.Name, Value: draws[s.Name].CrossEntropy?.Invoke(s.Distribution))).ToList();
            if (cross.Exists(c => c.Value is null)) continue;
            result.Add((entropy, cross.ConvertAll(c => (c.Name, c.Value!))));
        }
        return result;
    }

    private static ElboTerm Density(Site site, ElboTermKind kind) => Term(site, site.Distribution.LogDensity(site.Value), kind);

    // Rows of a plate that is one event over all its rows have no terms of their own.
    private static ElboTerm Term(Site site, Tensor value, ElboTermKind kind) => Term(site.Name, value, site.PerRow && value.Rank > 0, site.Origin, kind);

    private static ElboTerm Term(string name, Tensor value, bool perRow, Origin origin, ElboTermKind kind) =>
        new(name, Sum(value, perRow, kind).WithOrigin(origin), perRow, kind);

    private static Tensor Sum(Tensor value, bool perRow, ElboTermKind kind) =>
        perRow ? SumLast(value, value.Rank - 1) : kind == ElboTermKind.Divergence ? LinearSum.Of(value) : SumAll(value);
}
