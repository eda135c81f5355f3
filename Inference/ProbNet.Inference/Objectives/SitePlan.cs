using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Objectives;

/// <summary>What inference does with one latent site; <c>explain</c> prints it.</summary>
/// <param name="Site">The site.</param>
/// <param name="Location">Where it is declared, empty if unknown.</param>
/// <param name="Shape">The shape of its value, with all data rows.</param>
/// <param name="Family">The guide family with its options.</param>
/// <param name="Bijector">The map from unconstrained reals onto its support.</param>
/// <param name="Parameters">The parameters of its guide and their shapes; a joint guide's belong to all its sites.</param>
/// <param name="Estimator">The estimator applied.</param>
/// <param name="Reason">Why the estimator is not the one asked for, or how it is applied where not in its plain way; else empty.</param>
/// <param name="Kl">How its divergence from the prior is computed: <c>closed form</c>, <c>by the draw</c>, or <c>log prior at the point</c>.</param>
public sealed record SitePlan(
    string Site, string Location, Shape Shape, string Family, string Bijector, EqArray<(string Name, Shape Shape)> Parameters, string Estimator, string Reason, string Kl)
{
    /// <summary>The plan of a site that has no guide because it is summed out.</summary>
    /// <param name="site">The site with the rows of a batch.</param>
    /// <param name="rows">The number of all rows.</param>
    internal static SitePlan SummedOut(DiscreteSite site, int rows)
    {
        var shape = site.Hole.Shape;
        return new(site.Site.Name, site.Site.Span.Location, site.Site.PerRow ? shape.With(0, rows) : shape, $"summed out (k = {site.Labels})", "", [], "", "", "");
    }

    internal static SitePlan Of(GuidePlan guide, EstimatorChoice choice, EqArray<ElboTerm> terms)
    {
        var part = guide.PartOf(choice.Site);
        var site = part.Sites.First(s => s.Name == choice.Site);
        var isClosed = terms.Any(t => t.Site == choice.Site && t.Kind == ElboTermKind.Divergence);
        return new(choice.Site, site.Site.Span.Location, site.Shape, part.Family.Described, site.Bijector.Name,
            part.Parameters.Where(p => p.Sites.Contains(choice.Site)).Select(p => (p.Name, p.Shape)).ToEqArray(),
            choice.Estimator.Name, choice.Reason, isClosed ? "closed form" : part.IsPoint ? "log prior at the point" : "by the draw");
    }
}
