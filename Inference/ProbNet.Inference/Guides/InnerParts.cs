using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Guides;

/// <summary>The parts of a guide that stands inside another: clauses over the sites of one clause.</summary>
internal static class InnerParts
{
    /// <summary>The parts, or the diagnostics of their families and of sites that no clause covers.</summary>
    /// <param name="guide">The clauses.</param>
    /// <param name="sites">The sites of the outer clause.</param>
    /// <param name="context">What the outer part is built for.</param>
    /// <param name="whose">What the guide is called in messages.</param>
    /// <param name="make">The outer part.</param>
    public static Checked<GuidePart> Build(EqArray<GuideClause> guide, EqArray<GuideSite> sites, GuideContext context, string whose, Func<EqArray<GuidePart>, GuidePart> make)
    {
        var (free, parts, found) = (sites.ToList(), new List<GuidePart>(), new List<Diagnostic>());
        for (var i = 0; i < guide.Count; i++)
        {
            var own = free.Where(s => guide[i].Matches(s.Name)).ToEqArray();
            free.RemoveAll(own.Contains);
            if (own.IsEmpty) continue;
            var part = guide[i].Family.Build(own, context with { Name = $"{context.Name}.{i + 1}" });
            found.AddRange(part.Diagnostics);
            if (part.Value is { } value) parts.Add(value);
        }
        foreach (var site in free) found.Add(new(InferenceCodes.UncoveredSite, $"{whose} does not cover '{site.Name}'", context.Span) { Hint = "end it with a family that has no pattern" });
        return found.Exists(d => d.Code.Severity == Severity.Error) ? new(null, found.ToEqArray()) : new(make(parts.ToEqArray()), found.ToEqArray());
    }
}
