using System.Text.Json.Nodes;

namespace ProbNet.Examples.Swap;

/// <summary>What a command printed and how it ended.</summary>
/// <param name="ExitCode">0 if it did what it was asked to.</param>
/// <param name="Out">The output stream.</param>
/// <param name="Err">The error stream.</param>
public sealed record Printed(int ExitCode, string Out, string Err);

/// <summary>What became of a cell under one program.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Guide">The guide as it was given, or null.</param>
/// <param name="Refusal">Why it is not defined, or null.</param>
/// <param name="Metrics">The metrics of the rows set apart, else of the training rows.</param>
/// <param name="Seconds">How long the command took, compilation included.</param>
public sealed record Result(Cell Cell, string? Guide, string? Refusal, IReadOnlyDictionary<string, double> Metrics, double Seconds);

/// <summary>Fits a program by every cell with the command <c>probnet</c>; the program is not touched.</summary>
/// <param name="probnet">Runs the command.</param>
/// <param name="examples">The folder of examples.</param>
/// <param name="runs">A folder for runs.</param>
public sealed class Swap(Func<string[], Printed> probnet, string examples, string runs)
{
    /// <summary>Fits one program by one cell, or finds out why it cannot be done.</summary>
    /// <param name="subject">The program.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="scale">A factor on the length of training.</param>
    public Result Run(Subject subject, Cell cell, double scale)
    {
        var (explained, pattern) = (Explain(subject, cell, scale, null), (string?)null);
        foreach (var some in cell.Guide is null ? [] : subject.Patterns)
        {
            if (explained.Refusal is null) break;
            if (Explain(subject, cell, scale, some) is { Refusal: null } accepted) (explained, pattern) = (accepted, some);
        }
        var guide = cell.Guide is null ? null : cell.GuideOver(pattern);
        if (explained.Refusal is { } refusal) return new(cell, guide, refusal, new Dictionary<string, double>(), 0);
        if (cell.Estimator is { } asked and not "shared" && !explained.Estimators.Contains(asked))
            return new(cell, guide, $"no site takes it: {explained.Reason}", new Dictionary<string, double>(), 0);
        var fitted = probnet(["fit", .. Arguments(subject, cell, scale, pattern), "--seed", "0", "--out", Path.Combine(runs, "swap"), "--json"]);
        if (fitted.ExitCode != 0) return new(cell, guide, FirstLine(fitted.Err), new Dictionary<string, double>(), 0);
        var json = JsonNode.Parse(fitted.Out)!;
        var metrics = json["metrics"]!["test"] ?? json["metrics"]!["train"];
        var values = metrics!.AsObject().Where(m => m.Value is JsonValue v && v.TryGetValue<double>(out _)).ToDictionary(m => m.Key, m => (double)m.Value!);
        return new(cell, guide, null, values, (double)json["timing"]!["totalMs"]! / 1000);
    }

    private (string? Refusal, HashSet<string> Estimators, string Reason) Explain(Subject subject, Cell cell, double scale, string? pattern)
    {
        var printed = probnet(["explain", .. Arguments(subject, cell, scale, pattern), "--json"]);
        if (printed.ExitCode != 0) return (FirstLine(printed.Err), [], "");
        var sites = JsonNode.Parse(printed.Out)!["sites"]!.AsArray();
        var reason = sites.Select(s => (string?)s!["reason"]).FirstOrDefault(r => !string.IsNullOrEmpty(r)) ?? "there is no linear use";
        return (null, [.. sites.Select(s => (string?)s!["estimator"]).OfType<string>()], reason);
    }

    private string[] Arguments(Subject subject, Cell cell, double scale, string? pattern) =>
    [
        Path.Combine(examples, subject.File), "--infer", cell.Infer(subject, scale),
        .. cell.Guide is null ? Array.Empty<string>() : ["--set", $"guide={cell.GuideOver(pattern)}"],
    ];

    private static string FirstLine(string err)
    {
        var line = err.Split('\n').FirstOrDefault(l => l.StartsWith("error", StringComparison.Ordinal)) ?? err.Split('\n')[0];
        return line[(line.IndexOf(": ", StringComparison.Ordinal) is var i and >= 0 ? i + 2 : 0)..].Trim();
    }
}
