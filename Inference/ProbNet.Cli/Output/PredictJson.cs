using System.Globalization;
using System.Text.Json;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Metrics;

namespace ProbNet.Cli.Output;

/// <summary>Predictions for programs: <c>predict --json</c> and <c>eval --json</c>.</summary>
internal static class PredictJson
{
    /// <summary>The object.</summary>
    /// <param name="prediction">The predictions.</param>
    /// <param name="withRows">Whether to list the rows beside the metrics.</param>
    public static string Of(RunPrediction prediction, bool withRows) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", prediction.Run.Info.Model);
        writer.WriteString("infer", prediction.Run.Info.Infer);
        writer.WriteString("data", prediction.File);
        writer.WriteNumber("seed", prediction.Seed);
        writer.WriteNumber("draws", prediction.Draws);
        writer.WriteNumber("rows", prediction.Rows.Lines.Count);
        if (prediction.Rows.Metrics is { } metrics)
        {
            writer.WriteStartObject("metrics");
            FitJson.Write(writer, prediction.IsTraining ? "train" : "test", metrics);
            writer.WriteEndObject();
        }
        writer.WriteStartObject("timing");
        Json.Number(writer, "totalMs", prediction.Elapsed.TotalMilliseconds);
        writer.WriteEndObject();
        if (withRows) Rows(writer, prediction);
        writer.WriteEndObject();
    });

    private static void Rows(Utf8JsonWriter writer, RunPrediction prediction)
    {
        var sites = prediction.Rows.RowSites;
        writer.WriteStartArray("predictions");
        for (var row = 0; row < prediction.Rows.Lines.Count; row++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("row", prediction.Rows.Lines[row]);
            foreach (var site in sites)
            {
                writer.WriteStartObject(site.Site);
                if (site is SitePrediction.Class c) Write(writer, c, row);
                if (site is SitePrediction.Real r) Write(writer, r, row);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, SitePrediction.Class site, int row)
    {
        var summary = site.Summary;
        if (site.Observed is { } observed) writer.WriteString("observed", site.ClassNames[(int)observed[row]]);
        var probabilities = summary.Probabilities.AsSpan().Slice(row * summary.Classes, summary.Classes);
        writer.WriteString("predicted", site.ClassNames[ClassScores.Predicted(probabilities, summary.Classes)[0]]);
        Json.Number(writer, "entropy", summary.Entropy[row]);
        Json.Number(writer, "mutualInformation", summary.MutualInformation[row]);
        writer.WriteStartObject("probabilities");
        for (var c = 0; c < summary.Classes; c++) Json.Number(writer, site.ClassNames[c], probabilities[c]);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SitePrediction.Real site, int row)
    {
        var (summary, total) = (site.Summary, site.Summary.TotalVariance);
        Numbers("mean", i => summary.Mean[i]);
        if (site.Observed is { } observed) Numbers("observed", i => observed[i]);
        Numbers("sd", i => Math.Sqrt(total[i]));
        Numbers("aleatoricSd", i => Math.Sqrt(summary.AleatoricVariance[i]));
        Numbers("epistemicSd", i => Math.Sqrt(summary.EpistemicVariance[i]));
        for (var q = 0; q < RealSummary.Levels.Count; q++)
        {
            var level = q;
            Numbers("q" + RealSummary.Levels[q].ToString(CultureInfo.InvariantCulture), i => summary.Quantiles[i * RealSummary.Levels.Count + level]);
        }

        void Numbers(string name, Func<int, double> value)
        {
            if (site.Width == 1)
            {
                Json.Number(writer, name, value(row));
                return;
            }
            writer.WriteStartArray(name);
            for (var e = 0; e < site.Width; e++) Json.Item(writer, value(row * site.Width + e));
            writer.WriteEndArray();
        }
    }
}
