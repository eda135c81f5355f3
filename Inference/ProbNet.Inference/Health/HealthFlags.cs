using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Health;

/// <summary>Something about a fit to look at.</summary>
/// <param name="Kind">What it is, one of <see cref="HealthFlags"/>' names.</param>
/// <param name="Sites">The sites that it is about; none for the whole fit.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Try">What to try, options by their names.</param>
public sealed record HealthFlag(string Kind, EqArray<string> Sites, string Message, string Try);

/// <summary>What flags are decided from.</summary>
internal sealed record HealthFacts(
    Posterior Posterior, EqArray<SiteHealth> Sites, EqArray<SiteScales> Scales, ParetoHealth KHat, ElboTrend? Trend, Estimate? Elbo, EqArray<EpochRecord> History, HealthOptions Options);

/// <summary>The rules by which flags are set; each threshold says where it comes from.</summary>
public static class HealthFlags
{
    /// <summary>A component so narrow that no plausible data explains it.</summary>
    public const string Collapsed = "collapsed";

    /// <summary>A site that the data says next to nothing about.</summary>
    public const string PriorDominated = "priorDominated";

    /// <summary>The objective still rose when the fit ended.</summary>
    public const string NotConverged = "notConverged";

    /// <summary>The objective falls, or jumps more than its draws explain.</summary>
    public const string Unstable = "unstable";

    /// <summary>Draws cannot stand for the posterior.</summary>
    public const string HighKHat = "highKHat";

    /// <summary>Mean field on the weights of a large net.</summary>
    public const string LargeMeanField = "largeMeanField";

    /// <summary>
    /// A collapsed scale is below the prior's divided by this and by sqrt(N): every one of N rows would have to determine the component to a hundredth of its prior scale. It is also below
    /// its own start divided by this, so that what started narrow does not count.
    /// </summary>
    internal const double CollapseFactor = 100;

    /// <summary>
    /// Below this divergence per component in nats a site is its prior for all that matters: a scale within 10 % (KL of N(0, 1.1²) from N(0, 1): 0.0097) and a mean within 0.14 prior
    /// standard deviations (0.14² / 2 = 0.0098).
    /// </summary>
    internal const double SameKl = 0.01;

    /// <summary>The same for the median ratio of scales: between 0.9 and 1.1.</summary>
    internal const double SameScale = 0.1;

    /// <summary>A trend has to be this many of its standard errors from 0: in a history of noise alone it is with probability 0.0013.</summary>
    internal const double Significant = 3;

    /// <summary>A rise or fall has to come to this many nats (a factor e of the evidence) and to this part of what the fit gained in all.</summary>
    internal const double LeastNats = 1, LeastPart = 0.01;

    /// <summary>An objective jumps if its records vary this many times as much as draws of the final parameters do: the mean of a record's steps varies less, so the rest is the parameters'.</summary>
    internal const double JumpFactor = 5;

    internal static EqArray<HealthFlag> Of(HealthFacts facts) =>
        [.. History(facts), .. Collapses(facts), .. SameAsPrior(facts), .. Ratios(facts), .. MeanField(facts)];

    private static IEnumerable<HealthFlag> History(HealthFacts facts)
    {
        if (facts.Trend is not { } t || !facts.Options.IsComplete) yield break;
        var least = Math.Max(LeastNats, LeastPart * Math.Abs(t.Gain));
        var quarter = $"over the last quarter of the fit ({t.Records} records)";
        if (Math.Abs(t.Change) > Significant * t.ChangeError && Math.Abs(t.Change) > least)
        {
            yield return t.Change > 0
                ? new(NotConverged, [], $"the objective still rose by {Number(t.Change)} nats {quarter}", "more epochs (or steps); if the objective rises smoothly also a larger rate of the optimizer, if it jumps or predictions are poor a smaller one")
                : new(Unstable, [], $"the objective fell by {Number(-t.Change)} nats {quarter}", "a smaller rate of the optimizer, clip = 1.0, or schedule = cosine");
        }
        else if (facts.Elbo is { } elbo && t.Noise > JumpFactor * elbo.Deviation && t.Noise > least)
        {
            yield return new(Unstable, [], $"the objective jumps by {Number(t.Noise)} nats from record to record {quarter}, and draws of the final parameters explain {Number(elbo.Deviation)}",
                "a smaller rate of the optimizer, schedule = cosine, clip = 1.0, or a larger batch");
        }
    }

    private static IEnumerable<HealthFlag> Collapses(HealthFacts facts)
    {
        var factor = CollapseFactor * Math.Sqrt(facts.Posterior.Model.Rows);
        // Scales that are fitted can collapse. Those of masks follow their weights, and those of members and moments are what was seen.
        var fitted = facts.Posterior.Guide.Parts.Where(p => p.WithoutDensity is null && GuideRegistry.Results.Find(p.Family.Name) is null).SelectMany(p => p.Sites).Select(s => s.Name).ToHashSet();
        foreach (var s in facts.Scales.Where(s => fitted.Contains(s.Site)))
        {
            var count = 0;
            for (var i = 0; i < s.Posterior.Length; i++)
            {
                if (s.Posterior[i] * factor < s.Prior[i] && (s.Start is null || s.Posterior[i] * CollapseFactor < s.Start[i])) count++;
            }
            if (count == 0) continue;
            var least = s.Posterior.Zip(s.Prior, (q, p) => q / p).Min();
            yield return new(Collapsed, [s.Site], $"'{s.Site}': {count} of {s.Posterior.Length} scales collapsed, the least to {Number(least)} of the prior's",
                "a smaller rate, samples = 5, start = map, or a likelihood that leaves room for noise; check that the data's columns are standardised");
        }
    }

    private static IEnumerable<HealthFlag> SameAsPrior(HealthFacts facts)
    {
        var same = facts.Sites.Where(s => s is { Kl: { } kl, Ratio: { } r, Components: > 0 }
            && Math.Abs(kl.Value) + 2 * kl.Error < SameKl * s.Components && Math.Abs(r.Median - 1) < SameScale).ToList();
        if (same.Count == 0) yield break;
        yield return new(PriorDominated, same.SelectMany(s => s.Sites).ToEqArray(), $"{string.Join(", ", same.Select(s => $"'{s.Name}'"))}: the posterior is the prior, so the data say next to nothing of {(same.Count == 1 ? "it" : "them")}",
            "a larger rate or more epochs (with vi also klWarmup) if data should matter; a stronger prior or a model without it if not");
    }

    private static IEnumerable<HealthFlag> Ratios(HealthFacts facts)
    {
        if (facts.KHat is not { Value: { } k } khat || !(k > khat.Threshold)) yield break;
        var used = facts.Posterior.Guide.Parts.Select(p => p.Family.Name).ToHashSet();
        string[] richer = used.Contains("multivariateNormal") ? ["realNvp", "iaf"] : ["multivariateNormal", "lowRank", "scaleMixture", "realNvp"];
        var others = richer.Where(f => !used.Contains(f) && GuideRegistry.Families.Find(f) is not null).Take(2).ToList();
        yield return new(HighKHat, [], $"k-hat {Number(k)} is above {Number(khat.Threshold)}: draws do not stand for the posterior, whose spread or dependence the guide misses",
            $"{(others.Count > 0 ? $"another guide: {string.Join(" or ", others)}; " : "")}more epochs, standardised data columns, or other coordinates of the model");
    }

    // Known of the method, not seen in this fit.
    private static IEnumerable<HealthFlag> MeanField(HealthFacts facts)
    {
        var weights = facts.Posterior.Guide.Parts.Where(p => p.Family is NormalGuide).SelectMany(p => p.Sites).Where(s => s.IsWeight).Sum(s => (long)s.Shape.Size);
        if (weights <= HealthReport.MostComponents) yield break;
        string[] better = [.. new[] { "ensemble", "laplace" }.Where(a => AlgorithmRegistry.Algorithms.Find(a) is not null)];
        yield return new(LargeMeanField, [], string.Create(CultureInfo.InvariantCulture, $"mean field on {weights:N0} weights: on nets of this size it is known to predict worse than ensembles and last-layer methods"),
            better.Length == 0 ? "several fits with other seeds" : $"compare with {string.Join(" or ", better.Select(b => b == "laplace" ? "laplace { structure = lastLayer }" : b))}");
    }

    private static string Number(double x) => Math.Abs(x) is >= 100 and < 1e15 ? x.ToString("#,0", CultureInfo.InvariantCulture) : x.ToString("G3", CultureInfo.InvariantCulture);
}
