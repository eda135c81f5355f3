namespace ProbNet.Inference.Data;

/// <summary>The known name most like a mistyped one.</summary>
internal static class Nearest
{
    /// <summary>The candidate within an edit distance of a third of the longer name (letter case costs nothing), or null; the first of equals.</summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        var best = default(string);
        var distance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var d = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (d < distance && 3 * d <= Math.Max(name.Length, candidate.Length)) (best, distance) = (candidate, d);
        }
        return best;
    }

    /// <summary>The hint sentence for a mistyped name: the nearest candidate, else all of them.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> candidates) =>
        To(name, candidates) is { } near ? $"did you mean '{near}'?" : "known: " + Listed(candidates);

    /// <summary>Names for a message: the first ones, quoted, and how many more there are.</summary>
    public static string Listed(IReadOnlyCollection<string> names, int most = 12)
    {
        var shown = string.Join(", ", names.Take(most).Select(n => $"'{n}'"));
        return names.Count > most ? $"{shown}, and {names.Count - most} more" : shown;
    }

    // Levenshtein's distance with exchanged neighbours counted as one edit.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
