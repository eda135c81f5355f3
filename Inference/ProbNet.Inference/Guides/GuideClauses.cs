using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Guides;

/// <summary>A guide as written: families with the sites they apply to, the first that matches a site winning.</summary>
/// <param name="Family">The family.</param>
/// <param name="Pattern">A pattern over site names, with <c>*</c> for any characters and <c>?</c> for one; null for all sites no earlier clause has.</param>
public sealed record GuideClause(GuideFamily Family, string? Pattern = null)
{
    /// <summary>Where it stands in the source. Ignored by equality.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Equality; spans are ignored.</summary>
    public bool Equals(GuideClause? other) => other is not null && Family.Equals(other.Family) && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Pattern);

    /// <summary>Whether the pattern matches a site's name.</summary>
    public bool Matches(string site) => Pattern is null || Glob.Matches(Pattern, site);

    /// <inheritdoc/>
    public override string ToString() => Pattern is null ? Family.ToString() : $"{Family} on \"{Pattern}\"";
}

/// <summary>Guides as option values: one family for all sites, or a list of families and <c>on family "pattern"</c> applications.</summary>
public static class GuideClauses
{
    /// <summary>The guide option of an algorithm.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="get">The clauses.</param>
    /// <param name="set">The component with other clauses.</param>
    /// <param name="withResults">Whether what algorithms leave behind is accepted beside what programs choose.</param>
    public static Option Option<T>(string name, Func<T, EqArray<GuideClause>> get, Func<T, EqArray<GuideClause>, T> set, bool withResults = false) where T : Component =>
        new(name, "the approximating family of each site: a family, or a declared guide", GuideRegistry.Families.Expects + ", or a declared guide",
            c => Write(get((T)c)), (c, v) =>
            {
                var clauses = Read(v, withResults);
                return new(clauses.Value is { } list ? set((T)c, list.Items) : null, clauses.Diagnostics);
            })
        { Choices = GuideRegistry.Families };

    // What a clause with a pattern is called inside other values; there 'on' is reserved.
    private const string Covering = "cover";

    /// <summary>The clauses as an option value.</summary>
    public static OptionValue Write(EqArray<GuideClause> clauses) => clauses is [{ Pattern: null } single]
        ? single.Family.ToValue()
        : new OptionValue.List(clauses.Map(c => c.Pattern is { } p ? new OptionValue.Call(Covering, [c.Family.ToValue(), new OptionValue.Text(p)], []) : c.Family.ToValue()));

    private static Checked<Clauses> Read(OptionValue value, bool withResults)
    {
        if (value is not OptionValue.List list) list = new OptionValue.List([value]);
        var (clauses, found) = (new List<GuideClause>(), new List<Diagnostic>());
        foreach (var item in list.Items)
        {
            var (family, pattern) = item is OptionValue.Call { Name: "on" or Covering, Arguments: [var f, OptionValue.Text t] } ? (f, t.Value) : (item, null);
            var bound = GuideRegistry.Bind(family, withResults);
            if (bound.Value is { } b) clauses.Add(new(b, pattern) { Span = item.Span });
            found.AddRange(bound.Diagnostics);
        }
        return new(clauses.Count == list.Items.Count ? new(clauses.ToEqArray()) : null, found.ToEqArray());
    }

    private sealed record Clauses(EqArray<GuideClause> Items);
}

/// <summary>Patterns with <c>*</c> and <c>?</c>.</summary>
internal static class Glob
{
    /// <summary>Whether the whole text matches. Linear in practice: on a mismatch only the last star is extended.</summary>
    public static bool Matches(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t])) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
