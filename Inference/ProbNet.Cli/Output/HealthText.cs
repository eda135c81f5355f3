using ProbNet.Inference.Health;

namespace ProbNet.Cli.Output;

/// <summary>The health of a fit for people: a line a site, one for k-hat, and one or two a flag.</summary>
internal static class HealthText
{
    private const int MostSites = 12;

    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, HealthReport health)
    {
        Sites(health).Write(terminal);
        var bound = health.Elbo is { } elbo ? $"elbo {Numbers.Short(elbo.Value)}{(elbo.Error > 0 ? $" ± {Numbers.Short(elbo.Error)}" : "")}; " : "";
        var khat = health.KHat.Value is { } k ? $"k-hat {k.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)} of {Numbers.Count(health.Draws)} draws (good below {health.KHat.Threshold.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)})"
            : $"no k-hat: {health.KHat.Missing}";
        terminal.Out.WriteLine($"{bound}{khat}{(health.Flags.IsEmpty ? "; nothing to report" : "")}{(health.JudgesConvergence ? "" : "; too few epochs to judge convergence")}");
        foreach (var flag in health.Flags)
        {
            terminal.Out.WriteLine($"- {flag.Message}");
            terminal.Out.WriteLine($"  try {flag.Try}");
        }
        terminal.Out.WriteLine();
    }

    // Points have nothing to show.
    private static Table Sites(HealthReport health)
    {
        var all = health.Sites.Where(s => s.Kl is not null || s.Ratio is not null).ToList();
        // The sites that differ most from the others: far from the prior for each component.
        var shown = all.Count <= MostSites ? all : [.. all.OrderByDescending(s => s.Kl?.Value ?? 0).Take(MostSites)];
        var title = all.Count <= MostSites ? "" : $"health: the {MostSites} sites of {all.Count} with the largest divergences";
        var table = new Table(title, [new("health"), new("components", true), new("kl", true), new("each", true), new("scale / prior", true), new("least", true), new("most", true)]);
        foreach (var s in shown)
        {
            table.Row(s.Name, s.Components == 0 ? "" : Numbers.Count(s.Components), Numbers.Short(s.Kl?.Value), Numbers.Short(s.KlEach),
                Numbers.Short(s.Ratio?.Median), Ends(s, r => r.Least), Ends(s, r => r.Largest));
        }
        return table;
    }

    private static string Ends(SiteHealth site, Func<ScaleRatio, double> end) => site is { Components: > 1, Ratio: { } ratio } ? Numbers.Short(end(ratio)) : "";
}
