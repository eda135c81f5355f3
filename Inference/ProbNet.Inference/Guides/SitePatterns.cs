namespace ProbNet.Inference.Guides;

/// <summary>Patterns over site names for hints.</summary>
internal static class SitePatterns
{
    private const int Few = 3;

    /// <summary>
    /// At most three patterns that match these sites and none of the others: by the last part of the name (<c>*.w</c>) where that tells them apart, else the names; null where there would be
    /// more, or there are no sites.
    /// </summary>
    public static IReadOnlyList<string>? Telling(IReadOnlyCollection<GuideSite> sites, IReadOnlyCollection<GuideSite> others)
    {
        string[] patterns = [.. sites.Select(s => Ending(s.Name) is { } ending && !others.Any(o => Glob.Matches(ending, o.Name)) ? ending : s.Name).Distinct()];
        return patterns.Length is > 0 and <= Few ? patterns : null;
    }

    private static string? Ending(string name) => name.LastIndexOf('.') is >= 0 and var dot ? "*" + name[dot..] : null;
}
