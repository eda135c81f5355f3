using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Cli.Output;

/// <summary>The prior distribution of one component, or of all components of a large value together.</summary>
/// <param name="Name">The value, with the component's position.</param>
/// <param name="Count">How many numbers it summarises: draws times components.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Their standard deviation.</param>
/// <param name="Quantiles">At 5, 25, 50, 75 and 95 percent.</param>
/// <param name="NotFinite">How many are infinite or not numbers; they are left out of the rest.</param>
internal sealed record PriorRow(string Name, int Count, double Mean, double StandardDeviation, EqArray<double> Quantiles, int NotFinite);

/// <summary>Summaries of draws from a prior.</summary>
internal static class PriorSummary
{
    // Components of small values are shown one by one.
    private const int MostComponents = 8;

    /// <summary>The rows: sites in model order, then computed values.</summary>
    public static EqArray<PriorRow> Of(Draws draws) => draws.Latent.Concat(draws.Deterministic).SelectMany(d => Rows(d.Name, d.Values)).ToEqArray();

    /// <summary>The rows as a table.</summary>
    public static void Write(Terminal terminal, string model, int draws, long seed, EqArray<PriorRow> rows)
    {
        terminal.Out.WriteLine($"{model}: {Numbers.Of(draws, "draw")} before any data, seed {seed}");
        terminal.Out.WriteLine();
        var infinite = rows.Any(r => r.NotFinite > 0);
        var table = new Table("", [new("value"), new("mean", true), new("sd", true), new("5%", true), new("50%", true), new("95%", true), .. infinite ? new[] { new Column("not finite", true) } : []]);
        foreach (var r in rows)
        {
            double[] numbers = [r.Mean, r.StandardDeviation, r.Quantiles[0], r.Quantiles[2], r.Quantiles[4]];
            table.Row([r.Name, .. numbers.Select(Show), .. infinite ? new[] { r.NotFinite == 0 ? "" : (100.0 * r.NotFinite / r.Count).ToString("0.##", CultureInfo.InvariantCulture) + "%" } : []]);
        }
        table.Write(terminal);
    }

    /// <summary>The rows as a JSON object.</summary>
    public static string Json(string model, int draws, long seed, EqArray<PriorRow> rows) => Output.Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteNumber("draws", draws);
        writer.WriteNumber("seed", seed);
        writer.WriteStartArray("values");
        foreach (var r in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", r.Name);
            Number("mean", r.Mean);
            Number("sd", r.StandardDeviation);
            Number("q05", r.Quantiles[0]);
            Number("q25", r.Quantiles[1]);
            Number("median", r.Quantiles[2]);
            Number("q75", r.Quantiles[3]);
            Number("q95", r.Quantiles[4]);
            writer.WriteNumber("notFinite", r.NotFinite);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Number(string name, double value)
        {
            if (double.IsFinite(value)) writer.WriteNumber(name, value);
            else writer.WriteNull(name);
        }
    });

    private static IEnumerable<PriorRow> Rows(string name, HostTensor draws)
    {
        var (count, shape) = (draws.Shape[0], draws.Shape[1..]);
        if (shape.Size > MostComponents)
        {
            yield return Row($"{name} {shape}", [.. Enumerable.Range(0, draws.Shape.Size).Select(i => draws[i])]);
            yield break;
        }
        for (var e = 0; e < shape.Size; e++)
        {
            var component = e;
            yield return Row(name + ComponentSummary.Position(shape, e), [.. Enumerable.Range(0, count).Select(s => draws[s * shape.Size + component])]);
        }
    }

    private static PriorRow Row(string name, double[] values)
    {
        double[] finite = [.. values.Where(double.IsFinite).Order()];
        if (finite.Length == 0) return new(name, values.Length, double.NaN, double.NaN, ComponentSummary.Levels.Map(_ => double.NaN), values.Length);
        var mean = finite.Average();
        var sd = finite.Length > 1 ? Math.Sqrt(finite.Sum(v => (v - mean) * (v - mean)) / (finite.Length - 1)) : 0;
        return new(name, values.Length, mean, sd, ComponentSummary.Levels.Map(level => RealScores.Quantile(finite, level)), values.Length - finite.Length);
    }

    private static string Show(double x) => x.ToString("G4", CultureInfo.InvariantCulture);
}
