using System.Globalization;
using System.Text.RegularExpressions;

namespace ProbNet.Backends.Torch;

/// <summary>Finds the statement of a script that libtorch's words are about, and the place in the model that it came from.</summary>
internal static partial class ScriptFault
{
    /// <summary>The same fault with the statement and its origin before libtorch's words; unchanged where these name no line.</summary>
    /// <param name="text">The script.</param>
    /// <param name="fault">What libtorch said.</param>
    public static TorchException Located(string text, TorchException fault)
    {
        if (fault.Fault is not (TorchFault.Compile or TorchFault.Operator)) return fault;
        // Of calls within calls the first is the function's own line.
        if (Line().Match(fault.Message) is not { Success: true } found) return fault;
        var lines = text.Split('\n');
        var at = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) - 1;
        if (at < 0 || at >= lines.Length) return fault;
        var what = fault.Fault == TorchFault.Compile ? "does not compile" : "failed";
        var origins = Statement(lines, at).Select(l => Comment().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct().ToList();
        var origin = origins.Count == 0 ? "" : $", which computes {string.Join(", ", origins)},";
        return new(fault.Fault, $"line {at + 1} of the script, '{Code(lines[at])}'{origin} {what}: {fault.Message}");
    }

    // A call of a region goes over several lines.
    private static IEnumerable<string> Statement(string[] lines, int at)
    {
        yield return lines[at];
        if (!lines[at].TrimEnd().EndsWith('(')) yield break;
        for (var i = at + 1; i < lines.Length && !lines[i].TrimStart().StartsWith(','); i++) yield return lines[i];
    }

    private static string Code(string line) => line.Split("  # ")[0].Trim();

    [GeneratedRegex("line ([0-9]+)")]
    private static partial Regex Line();

    // Where the origin is a place in a file.
    [GeneratedRegex("  # (.*[^ ]:[0-9]+:[0-9]+\\)?)$")]
    private static partial Regex Comment();
}
