using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Estimators;

/// <summary>What was chosen for a latent site, and why it is not what was asked for.</summary>
/// <param name="Site">The site.</param>
/// <param name="Estimator">The estimator applied.</param>
/// <param name="Reason">Why it is <c>shared</c> although another was asked for, or how the request was met where not in the plain way; else empty.</param>
/// <param name="Use">The use that is rewritten, or null for a shared draw.</param>
public sealed record EstimatorChoice(string Site, Estimator Estimator, string Reason, LinearUse? Use)
{
    private static readonly SharedEstimator Shared = new();

    /// <summary>Chooses for each site: the estimator asked for where the site's only use is a linear one that it covers, else a shared draw.</summary>
    /// <param name="asked">The estimator asked for.</param>
    /// <param name="draws">The sites' draws.</param>
    /// <param name="holes">Site name → its hole in the terms.</param>
    /// <param name="terms">The terms of the objective that may be rewritten, with the site each belongs to.</param>
    /// <param name="perRow">The holes and arguments that hold one value for each row.</param>
    internal static EqArray<EstimatorChoice> For(
        Estimator asked, IReadOnlyList<SiteDraw> draws, IReadOnlyDictionary<string, Tensor> holes, IReadOnlyList<(string Site, Tensor Value)> terms, IEnumerable<Tensor> perRow)
    {
        if (asked is SharedEstimator) return draws.Select(d => new EstimatorChoice(d.Site.Name, Shared, "", null)).ToEqArray();
        Tensor[] values = [.. terms.Select(t => t.Value)];
        var rows = RowAnalysis.Of(values, perRow);
        var uses = new LinearUses(values, rows);
        return draws.Select(draw =>
        {
            var name = draw.Site.Name;
            if (draw.Site.PerRow) return Fallback("the site has its own value for each row");
            if (draw.Structure is not { } structure) return Fallback(Unstructured(draw));
            // A site's own prior term is estimated by a draw of its own, so it does not count as a use.
            var isInOwn = Topology.Sort(terms.Where(t => t.Site == name).Select(t => t.Value)).Any(n => ReferenceEquals(n, holes[name]));
            var others = isInOwn ? new LinearUses([.. terms.Where(t => t.Site != name).Select(t => t.Value)], rows) : uses;
            var (use, why) = others.Find(holes[name]);
            if (use is null) return Fallback(why);
            return asked.Refuses(use, structure) is { } refusal ? Fallback(refusal) : new EstimatorChoice(name, asked, asked.Manner(use, structure), use);

            EstimatorChoice Fallback(string reason) => new(name, Shared, reason, null);
        }).ToEqArray();
    }

    private static string Unstructured(SiteDraw draw) => draw.Site.IsReal
        ? "its guide has no independent normal components"
        : $"its support is constrained, so the draw enters through {draw.Site.Bijector.Name}";
}
