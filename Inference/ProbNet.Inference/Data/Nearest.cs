using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>Hints for names that are not known.</summary>
internal static class Nearest
{
    /// <summary>The hint sentence for a mistyped name: the nearest candidate, else all of them.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> candidates) =>
        Suggest.Nearest(name, candidates) is { } near ? $"did you mean '{near}'?" : "known: " + Listed(candidates);

    /// <summary>Names for a message: the first ones, quoted, and how many more there are.</summary>
    public static string Listed(IReadOnlyCollection<string> names, int most = 12)
    {
        var shown = string.Join(", ", names.Take(most).Select(n => $"'{n}'"));
        return names.Count > most ? $"{shown}, and {names.Count - most} more" : shown;
    }
}
