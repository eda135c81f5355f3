namespace ProbNet.Language;

/// <summary>Finds what a misspelt name was probably meant to be.</summary>
public static class Suggest
{
    /// <summary>
    /// The candidate nearest to <paramref name="name"/>, or null when none is near: at most one edit for names up to four characters, then one more for
    /// each further four, and fewer edits than the name has characters. Letter case alone is always near. Ties go to the candidate that comes first.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        var limit = Math.Min(1 + (name.Length - 1) / 4, name.Length - 1);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            if (candidate == name) continue;
            var distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0
                : Math.Abs(candidate.Length - name.Length) > limit ? int.MaxValue
                : Distance(name, candidate);
            if ((distance > limit && distance != 0) || distance >= bestDistance) continue;
            (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>
    /// The number of insertions, deletions, substitutions and swaps of neighbours that turn one text into the other, no stretch being edited twice.
    /// Source: L. Boytsov, "Indexing methods for approximate dictionary searching" (2011), section 2.2 (restricted Damerau-Levenshtein distance).
    /// </summary>
    public static int Distance(string a, string b)
    {
        // Row i holds the distances of the first i characters of a to each prefix of b; swaps look two rows back.
        var (before, previous, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substituted, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            (before, previous, current) = (previous, current, before);
        }
        return previous[b.Length];
    }
}
