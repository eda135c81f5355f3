using System.Globalization;
using System.Text;

namespace ProbNet.Inference.Artifacts;

/// <summary>Training progress at the end of an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Elbo">The evidence lower bound of all training rows, in nats.</param>
/// <param name="ExpectedLogLikelihood">Its likelihood part, in nats.</param>
/// <param name="Kl">The divergence of guide from prior, in nats.</param>
/// <param name="PredictiveEntropy">The mean predictive entropy of the validation rows in nats, or null.</param>
/// <param name="ValidationNll">The negative mean log predictive density of the validation rows, or null.</param>
/// <param name="ValidationAccuracy">Or null.</param>
public sealed record EpochRecord(
    int Epoch, double Elbo, double ExpectedLogLikelihood, double Kl, double? PredictiveEntropy, double? ValidationNll, double? ValidationAccuracy);

/// <summary>Writes <c>metrics.csv</c>: a row an epoch; what does not apply is an empty cell.</summary>
public static class MetricsCsv
{
    /// <summary>Writes the table.</summary>
    public static void Write(Stream stream, IEnumerable<EpochRecord> epochs)
    {
        using var writer = new CsvLines(stream);
        writer.Line(["epoch", "elbo", "expectedLogLikelihood", "kl", "predictiveEntropy", "validationNll", "validationAccuracy"]);
        foreach (var e in epochs)
        {
            writer.Line([CsvLines.Text(e.Epoch), CsvLines.Text(e.Elbo), CsvLines.Text(e.ExpectedLogLikelihood), CsvLines.Text(e.Kl),
                CsvLines.Text(e.PredictiveEntropy), CsvLines.Text(e.ValidationNll), CsvLines.Text(e.ValidationAccuracy)]);
        }
    }
}

/// <summary>Comma-separated lines in UTF-8, ended by a line feed; numbers in the fewest digits that read back equal.</summary>
internal sealed class CsvLines(Stream stream) : IDisposable
{
    private readonly StreamWriter _writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };

    public static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    public void Line(IEnumerable<string> cells) => _writer.WriteLine(string.Join(',', cells.Select(Quoted)));

    public void Dispose() => _writer.Dispose();

    private static string Quoted(string cell) => cell.AsSpan().IndexOfAny(",\"\r\n") < 0 && cell.Trim() == cell ? cell : $"\"{cell.Replace("\"", "\"\"")}\"";
}
