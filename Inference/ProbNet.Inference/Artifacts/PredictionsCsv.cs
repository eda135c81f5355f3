using ProbNet.Graph;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Artifacts;

/// <summary>The prediction of one observed site, ready to be tabulated.</summary>
public abstract record SitePrediction
{
    private SitePrediction() { }

    /// <summary>The site's name.</summary>
    public required string Site { get; init; }

    /// <summary>A class a row.</summary>
    /// <param name="ClassNames">The names by id.</param>
    /// <param name="Summary">n rows.</param>
    /// <param name="Observed">The labels, [n], or null where unknown.</param>
    public sealed record Class(EqArray<string> ClassNames, ClassSummary Summary, EqArray<long>? Observed) : SitePrediction;

    /// <summary>Numbers: one a row, or several.</summary>
    /// <param name="Width">The elements a row, w.</param>
    /// <param name="Summary">n * w values, in the units of the file.</param>
    /// <param name="Observed">[n, w], or null where unknown.</param>
    public sealed record Real(int Width, RealSummary Summary, EqArray<double>? Observed) : SitePrediction;
}

/// <summary>
/// Writes <c>predictions.csv</c>. A line a row: its line in the data file, then for a class observed and predicted name, entropy and mutual
/// information in nats and <c>p.NAME</c> a class; for a number observed value, mean, standard deviation (total, aleatoric, epistemic) and
/// quantiles. Several sites prefix their columns with <c>site.</c>, several elements suffix them with <c>[i]</c>.
/// </summary>
public static class PredictionsCsv
{
    /// <summary>Writes the table.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="lines">For each row, the line of the data file.</param>
    /// <param name="sites">Predictions for those rows.</param>
    public static void Write(Stream stream, EqArray<int> lines, IReadOnlyList<SitePrediction> sites)
    {
        using var writer = new CsvLines(stream);
        List<(string Name, Func<int, string> Cell)> columns = [("row", row => CsvLines.Text(lines[row]))];
        foreach (var site in sites)
        {
            var prefix = sites.Count > 1 ? site.Site + "." : "";
            var own = site switch
            {
                SitePrediction.Class c => Columns(c),
                SitePrediction.Real r => Enumerable.Range(0, r.Width).SelectMany(element => Columns(r, element)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            columns.AddRange(own.Select(c => (prefix + c.Name, c.Cell)));
        }
        writer.Line(columns.Select(c => c.Name));
        for (var row = 0; row < lines.Count; row++) writer.Line(columns.Select(c => c.Cell(row)));
    }

    private static IEnumerable<(string Name, Func<int, string> Cell)> Columns(SitePrediction.Class site)
    {
        var summary = site.Summary;
        var predicted = summary.Predicted;
        if (site.Observed is { } observed) yield return ("observed", row => site.ClassNames[(int)observed[row]]);
        yield return ("predicted", row => site.ClassNames[predicted[row]]);
        yield return ("entropy", row => CsvLines.Text(summary.Entropy[row]));
        yield return ("mutualInformation", row => CsvLines.Text(summary.MutualInformation[row]));
        for (var c = 0; c < summary.Classes; c++)
        {
            var id = c;
            yield return ("p." + site.ClassNames[id], row => CsvLines.Text(summary.Probabilities[row * summary.Classes + id]));
        }
    }

    private static IEnumerable<(string Name, Func<int, string> Cell)> Columns(SitePrediction.Real site, int element)
    {
        var (summary, total, suffix) = (site.Summary, site.Summary.TotalVariance, site.Width == 1 ? "" : $"[{element}]");
        if (site.Observed is { } observed) yield return Column("observed", i => observed[i]);
        yield return Column("mean", i => summary.Mean[i]);
        yield return Column("sd", i => Math.Sqrt(total[i]));
        yield return Column("aleatoricSd", i => Math.Sqrt(summary.AleatoricVariance[i]));
        yield return Column("epistemicSd", i => Math.Sqrt(summary.EpistemicVariance[i]));
        for (var q = 0; q < RealSummary.Levels.Count; q++)
        {
            var level = q;
            yield return Column("q" + CsvLines.Text(RealSummary.Levels[level]), i => summary.Quantiles[i * RealSummary.Levels.Count + level]);
        }

        (string, Func<int, string>) Column(string name, Func<int, double> value) => (name + suffix, row => CsvLines.Text(value(row * site.Width + element)));
    }
}
