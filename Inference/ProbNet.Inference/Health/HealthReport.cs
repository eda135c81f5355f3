using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Health;

/// <summary>What a fit says about itself: how far each site has moved from its prior, how wide it is, whether the objective had settled, and whether draws can stand for the posterior.</summary>
/// <param name="Sites">The latent sites, in the guide's order; sites with one joint divergence together.</param>
/// <param name="Draws">The number of draws of the final parameters, each with all training rows.</param>
/// <param name="KHat">The k-hat of their importance ratios.</param>
/// <param name="Flags">What looks wrong, and what to try.</param>
/// <param name="Elbo">The draws' evidence lower bound; null where q has no density, as for points and members.</param>
public sealed record HealthReport(EqArray<SiteHealth> Sites, int Draws, ParetoHealth KHat, EqArray<HealthFlag> Flags, Estimate? Elbo = null)
{
    /// <summary>Whether the history was long enough to say anything of convergence.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool JudgesConvergence { get; init; } = true;

    /// <summary>The number of components above which k-hat is not computed.</summary>
    /// <remarks>
    /// S draws can be weighted by their ratios as long as the divergence of q from the posterior is below log S nats (Chatterjee and Diaconis, The sample size required in importance sampling,
    /// Annals of Applied Probability 28 (2018)): 7.7 for 2,200 draws. Over 1,000 components that is 0.0077 nats each, a scale right to within 9 % and a mean to within 0.12 standard
    /// deviations, all dependence among them left aside. No approximate family does that, so k-hat would be high whatever the fit, and its estimate itself becomes too low (Dhaka et al.,
    /// Challenges and opportunities in high-dimensional variational inference, NeurIPS 2021).
    /// </remarks>
    public const int MostComponents = 1000;

    // About half a second on one core.
    private const double MostWork = 1e9;

    /// <summary>The report of a fit. A pure function of its arguments.</summary>
    /// <param name="posterior">What was reached.</param>
    /// <param name="history">How it was reached.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">The seed of its draws, and how the fit ended.</param>
    public static HealthReport Of(Posterior posterior, EqArray<EpochRecord> history, DataSet train, IBackend backend, HealthOptions options)
    {
        var (model, guide) = (posterior.Model, posterior.Guide);
        var draws = DrawsFor(posterior, history);
        var terms = DrawTerms.Of(model, guide, posterior.Parameters, train, backend, new(draws, options.Seed, options.Threads));
        var hasDensity = guide.Parts.All(p => p.WithoutDensity is null) && !guide.IsPoint;
        var elbo = hasDensity ? Estimate.OfKnown(Bounds(terms)) : null;
        var scales = ScaleReader.Of(posterior, train, backend, options.Seed, options.Threads);
        var sites = SiteHealth.Of(guide, terms, scales);
        var khat = ParetoHealth.Of(posterior, terms, draws);
        var trend = ElboTrend.Of(history);
        var flags = HealthFlags.Of(new(posterior, sites, scales, khat, trend, elbo, history, options));
        return new(sites, draws, khat, flags, elbo) { JudgesConvergence = trend is not null };
    }

    /// <summary>The draws that are computed: as many as k-hat needs where they are few operations, else a tenth as many passes over the data as the fit made.</summary>
    internal static int DrawsFor(Posterior posterior, EqArray<EpochRecord> history)
    {
        if (posterior.Guide.DistinctDraws is { } distinct) return distinct;
        var most = Components(posterior) <= MostComponents ? ImportanceRatios.EnoughDraws : ImportanceRatios.FewestDraws / 4;
        var passes = history.IsEmpty ? 0 : history[^1].Epoch / 10.0;
        return (int)Math.Clamp(Math.Max(MostWork / DrawTerms.Work(posterior.Model, posterior.Guide), passes), 2, most);
    }

    /// <summary>The number of components of all latent sites that are no points.</summary>
    internal static long Components(Posterior posterior) => posterior.Guide.Parts.Where(p => !p.IsPoint).SelectMany(p => p.Sites).Sum(s => (long)s.UnconstrainedShape.Size);

    private static double[] Bounds(DrawTerms terms) => [.. terms.Likelihood.Select((l, s) => l - terms.Kl.Sum(k => k.Values[s]))];
}

/// <summary>How a report is made.</summary>
public sealed record HealthOptions
{
    /// <summary>The seed of its draws.</summary>
    public long Seed { get; init; }

    /// <summary>Threads to use; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the parameters are from the end of the history, of a run that took all its steps; else no conclusion is drawn from its trend.</summary>
    public bool IsComplete { get; init; } = true;
}

/// <summary>A mean of draws.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Error">Its Monte Carlo standard error; 0 where it is exact.</param>
/// <param name="Deviation">The standard deviation of a draw.</param>
public sealed record Estimate(double Value, double Error, double Deviation)
{
    /// <summary>The estimate from draws; null if one of them is no number, as a log-density is where a variance is 0.</summary>
    public static Estimate? OfKnown(double[] draws) => Array.Exists(draws, double.IsNaN) ? null : Of(draws);

    /// <summary>The estimate from draws.</summary>
    public static Estimate Of(double[] draws)
    {
        var mean = draws.Average();
        // Closed forms are the same for every draw; what differs then is rounding.
        var isConstant = draws.All(d => d == draws[0]);
        var deviation = isConstant || draws.Length < 2 ? 0 : Math.Sqrt(draws.Sum(d => (d - mean) * (d - mean)) / (draws.Length - 1));
        return new(isConstant ? draws[0] : mean, deviation / Math.Sqrt(draws.Length), deviation);
    }
}

/// <summary>The k-hat of a fit's importance ratios (<see cref="ImportanceRatios"/>).</summary>
/// <param name="Threshold">What it should be below; 0 where it was not computed.</param>
/// <param name="Value">k-hat; null where it was not computed.</param>
/// <param name="Missing">Why it was not computed; null where it was.</param>
public sealed record ParetoHealth(double Threshold, double? Value = null, string? Missing = null)
{
    internal static ParetoHealth Of(Posterior posterior, DrawTerms terms, int draws)
    {
        if (posterior.IsPoint) return new(0, Missing: "a point has no density");
        if (posterior.Guide.Parts.FirstOrDefault(p => p.WithoutDensity is not null) is { } part) return new(0, Missing: part.WithoutDensity);
        var components = HealthReport.Components(posterior);
        if (components > HealthReport.MostComponents)
            return new(0, Missing: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{components:N0} components, and above {HealthReport.MostComponents:N0} it is high whatever the fit"));
        if (draws < ImportanceRatios.FewestDraws) return new(0, Missing: "too many operations for a fit of this length");
        if (terms.LogRatio is { } all && Array.Exists(all, double.IsNaN)) return new(0, Missing: "components of variance 0 have no density");
        return terms.LogRatio is { } ratios ? new(ImportanceRatios.Threshold(draws), ImportanceRatios.KHat(ratios)) : new(0, Missing: "there is no density");
    }
}
