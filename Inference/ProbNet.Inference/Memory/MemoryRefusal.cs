using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Memory;

/// <summary>Says why a fit cannot fit into memory, and what would: every alternative named was planned.</summary>
internal static class MemoryRefusal
{
    /// <summary>The diagnostic.</summary>
    /// <param name="forecast">The forecast of what was asked for.</param>
    /// <param name="alternatives">Changes that were tried, each with its forecast.</param>
    public static Diagnostic Of(MemoryForecast forecast, IReadOnlyList<(string Change, long Peak)> alternatives)
    {
        var limit = forecast.Before.Limit;
        var fitting = alternatives.Where(a => a.Peak <= limit).ToList();
        var best = alternatives.OrderBy(a => a.Peak).Take(3).ToList();
        var parts = forecast.Largest.Where(p => p.Bytes > 0).OrderByDescending(p => p.Bytes).Take(4).Select(p => $"{p.Name} {PlanText.Bytes(p.Bytes)}");
        var held = forecast.Before.Used > limit ? "what the process holds before the fit is already more; " : "";
        return new(InferenceCodes.Memory, $"the fit needs {PlanText.Bytes(Needed(forecast))} of memory, but {forecast.Before.Reason} is {PlanText.Bytes(Math.Max(limit, 0))}", default)
        {
            Notes = [new($"of it {string.Join(", ", parts)}", default)],
            Hint = fitting.Count > 0 ? $"{(fitting.Count == 1 ? "this fits" : "each of these fits")}: {string.Join(", ", fitting.Select(Text))}"
                : best.Count > 0 ? $"{held}none of these alone fits, but they help: {string.Join(", ", best.Select(Text))}; or make the model narrower, or its data fewer rows"
                : $"{held}make the model narrower, or its data fewer rows",
        };
    }

    /// <summary>The most bytes that what a fit adds comes to.</summary>
    public static long Needed(MemoryForecast forecast) => forecast.Largest.Sum(p => p.Bytes);

    private static string Text((string Change, long Peak) alternative) => $"{alternative.Change} ({PlanText.Bytes(alternative.Peak)})";
}
