using System.Globalization;
using System.Text;

namespace ProbNet.Examples.Swap;

/// <summary>Writes the results into the README, between its markers.</summary>
public static class Page
{
    private const string Begin = "<!-- results -->", End = "<!-- end of results -->";

    /// <summary>The text with the results in place of what stands between the markers.</summary>
    public static string With(string text, string results)
    {
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new InvalidDataException($"the README has no lines '{Begin}' and '{End}'");
        return text[..(from + Begin.Length)] + "\n\n" + results + "\n" + text[to..];
    }

    /// <summary>A table of what is defined, and a list of what is not with the reasons.</summary>
    public static string Table(Subject subject, IReadOnlyList<Result> results)
    {
        var score = results.Any(r => r.Metrics.ContainsKey("accuracy")) ? "accuracy" : "rmse";
        var text = new StringBuilder($"### {subject.Name}\n\n`{subject.File}`, {subject.Training.Options(1)}\n\n| algorithm | guide | estimator | {score} | nll | ece | seconds |\n|---|---|---|---|---|---|---|\n");
        foreach (var r in results.Where(r => r.Refusal is null))
        {
            var name = r.Cell.Options.Length == 0 ? r.Cell.Algorithm : $"{r.Cell.Algorithm} {{ {r.Cell.Options} }}";
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {r.Guide} | {r.Cell.Estimator} | {Number(r, score)} | {Number(r, "nll")} | {Number(r, "ece")} | {r.Seconds:F1} |\n");
        }
        text.Append("\nNot defined:\n\n");
        foreach (var same in results.Where(r => r.Refusal is not null).GroupBy(r => r.Refusal!))
            text.Append(CultureInfo.InvariantCulture, $"- {string.Join(", ", same.Select(r => r.Cell))}: {same.Key}\n");
        return text.ToString();
    }

    private static string Number(Result result, string metric) => result.Metrics.TryGetValue(metric, out var value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "";
}
