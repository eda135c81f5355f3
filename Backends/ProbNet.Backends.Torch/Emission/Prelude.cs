namespace ProbNet.Backends.Torch;

/// <summary>TorchScript functions that rules call, where one expression would not do. A script contains those it uses, and what these use.</summary>
internal static class Prelude
{
    private static readonly PreludeFunction[] All = [.. PreludeMath.Functions, .. PreludeWindows.Functions, .. PreludeRandom.Functions, .. PreludeDraws.Functions];

    /// <summary>The names of all functions.</summary>
    public static IEnumerable<string> Names => All.Select(f => f.Name);

    /// <summary>The text of functions, those they call first.</summary>
    /// <exception cref="KeyNotFoundException">There is no function of a name.</exception>
    public static string Of(IEnumerable<string> names)
    {
        var needed = new HashSet<string>();
        var open = new Stack<string>(names);
        while (open.TryPop(out var name))
        {
            if (!needed.Add(name)) continue;
            foreach (var called in (All.FirstOrDefault(f => f.Name == name) ?? throw new KeyNotFoundException($"there is no function '{name}'")).Calls) open.Push(called);
        }
        // A function stands behind those it calls.
        return string.Concat(All.Where(f => needed.Contains(f.Name)).Select(f => f.Text + "\n\n"));
    }
}

/// <summary>A function of the prelude.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its definition.</param>
/// <param name="Calls">The other functions it calls.</param>
internal sealed record PreludeFunction(string Name, string Text, params string[] Calls);
