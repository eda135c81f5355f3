using System.Text.Json.Serialization;
using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Health;

/// <summary>The health of a latent site, or of sites with one joint divergence.</summary>
/// <param name="Sites">Their names.</param>
/// <param name="Guide">The guide family.</param>
/// <param name="Components">The number of components in unconstrained space, with all training rows; 0 for a term that belongs to no guide.</param>
/// <param name="Kl">The divergence from the prior in nats, all rows together; null for points and members of points, which have none.</param>
/// <param name="Ratio">Posterior scale over prior scale, both marginal and in unconstrained space, over the components; null for points.</param>
public sealed record SiteHealth(EqArray<string> Sites, string Guide, int Components, Estimate? Kl = null, ScaleRatio? Ratio = null)
{
    /// <summary>The name of a row of a table.</summary>
    [JsonIgnore]
    public string Name => Sites.Count <= 2 ? string.Join(" + ", Sites) : $"{Sites[0]} + {Sites.Count - 1} more";

    /// <summary>The divergence per component; null where there is none.</summary>
    [JsonIgnore]
    public double? KlEach => Kl is { } kl && Components > 0 ? kl.Value / Components : null;

    internal static EqArray<SiteHealth> Of(GuidePlan guide, DrawTerms terms, EqArray<SiteScales> scales)
    {
        var kl = terms.Kl.ToDictionary(k => k.Name, k => k.Values);
        var scaleOf = scales.ToDictionary(s => s.Site);
        var result = new List<SiteHealth>();
        foreach (var part in guide.Parts.SelectMany(p => p.Inner))
        {
            // A term of the whole part belongs to all its sites.
            EqArray<EqArray<GuideSite>> groups = part.Family is not MembersGuide && kl.ContainsKey(part.Name) && part.Sites.All(s => s.Name != part.Name) ? [part.Sites] : part.Sites.Map(s => (EqArray<GuideSite>)[s]);
            foreach (var group in groups)
            {
                var names = group.Map(s => s.Name);
                double[][] own = [.. names.Append(part.Name).Distinct().Where(kl.ContainsKey).Select(n => kl[n])];
                // The density of members is known only where they do not overlap, and a divergence made of it could come out below 0.
                var hasKl = part.DistinctDraws is null && part.Family is not MembersGuide && own.Length > 0;
                double[] ratios = [.. names.Where(scaleOf.ContainsKey).SelectMany(n => scaleOf[n].Posterior.Zip(scaleOf[n].Prior, (q, p) => q / p))];
                result.Add(new(names, part.Family.Name, group.Sum(s => s.UnconstrainedShape.Size), hasKl ? Estimate.OfKnown([.. own[0].Select((_, s) => own.Sum(o => o[s]))]) : null, ScaleRatio.Of(ratios)));
                foreach (var name in names.Append(part.Name)) kl.Remove(name);
            }
        }
        // Prior factors of the model, and of what was summed out.
        result.AddRange(kl.Where(_ => guide.DistinctDraws is null).Select(k => new SiteHealth([k.Key], "", 0, Estimate.OfKnown(k.Value), null)));
        return result.ToEqArray();
    }
}

/// <summary>The distribution of a ratio over components.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Median">The median.</param>
/// <param name="Largest">The largest.</param>
public sealed record ScaleRatio(double Least, double Median, double Largest)
{
    internal static ScaleRatio? Of(double[] ratios)
    {
        if (ratios.Length == 0) return null;
        Array.Sort(ratios);
        return new(ratios[0], Metrics.RealScores.Quantile(ratios, 0.5), ratios[^1]);
    }
}
