using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>Looks up what the command line names.</summary>
internal static class Named
{
    /// <summary>The item called <paramref name="name"/>; null without a name.</summary>
    /// <param name="name">What the user wrote, or null.</param>
    /// <param name="items">What there is.</param>
    /// <param name="nameOf">The name of an item.</param>
    /// <param name="kind">What the items are, for messages: "model".</param>
    /// <exception cref="CommandFailure">There is none such; the nearest is suggested.</exception>
    public static T? Find<T>(string? name, IEnumerable<T> items, Func<T, string> nameOf, string kind) where T : class
    {
        if (name is null) return null;
        var all = items.ToList();
        if (all.Find(i => nameOf(i) == name) is { } found) return found;
        var names = all.ConvertAll(i => nameOf(i));
        throw CommandFailure.Usage($"the program declares no {kind} '{name}'",
            Suggest.Nearest(name, names) is { } near ? $"did you mean '{near}'?" : names.Count == 0 ? $"it declares no {kind} at all" : $"it declares {string.Join(", ", names)}");
    }
}
