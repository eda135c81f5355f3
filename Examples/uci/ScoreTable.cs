using System.Globalization;
using System.Text;

namespace ProbNet.Examples.Uci;

/// <summary>Tables of means over splits with their standard errors, as Markdown.</summary>
public static class ScoreTable
{
    /// <summary>One table: a row for each method and model, a column for each data set.</summary>
    /// <param name="results">The results; of several for one cell and split the last counts.</param>
    /// <param name="score">What is shown.</param>
    /// <param name="title">What it is called.</param>
    /// <param name="digits">Digits after the point.</param>
    /// <param name="bySettings">Whether settings make rows of their own.</param>
    public static string Of(IReadOnlyList<Result> results, Func<Scores, double> score, string title, int digits, bool bySettings)
    {
        var text = new StringBuilder();
        // The usual order of data sets, others after them.
        string[] sets = [.. UciSet.Known.Select(k => k.Name).Where(n => results.Any(r => r.Set == n)).Union(results.Select(r => r.Set))];
        text.AppendLine($"| {title} | {string.Join(" | ", sets)} |").Append("|---|").AppendLine(string.Concat(sets.Select(_ => "---|")));
        foreach (var row in results.GroupBy(r => (r.Method, r.Model, Settings: bySettings ? r.Settings : "")))
        {
            var cells = sets.Select(set => Cell([.. row.Where(r => r.Set == set).GroupBy(r => r.Split).Select(s => score(s.Last().Scores))], digits));
            text.AppendLine($"| {row.Key.Method}, {row.Key.Model} {row.Key.Settings}".TrimEnd() + $" | {string.Join(" | ", cells)} |");
        }
        return text.ToString();
    }

    /// <summary>Mean and standard error (standard deviation with n - 1 in the denominator, over the root of n), with the number of splits where it is not 20.</summary>
    public static string Cell(double[] values, int digits)
    {
        if (values.Length == 0) return "";
        var (mean, error) = MeanError(values);
        var format = "F" + digits.ToString(CultureInfo.InvariantCulture);
        var count = values.Length == 20 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({values.Length})");
        return mean.ToString(format, CultureInfo.InvariantCulture) + (values.Length > 1 ? " ± " + error.ToString(format, CultureInfo.InvariantCulture) : "") + count;
    }

    /// <summary>Mean and standard error.</summary>
    public static (double Mean, double Error) MeanError(double[] values)
    {
        var mean = values.Average();
        return (mean, values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1.0) / values.Length));
    }
}
