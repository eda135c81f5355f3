using ProbNet.Graph;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Artifacts;

/// <summary>Draws as a table: a row a draw, a column a component of a value, named like <c>w[0, 3]</c>.</summary>
public static class DrawsCsv
{
    /// <summary>Writes the table.</summary>
    public static void Write(Stream stream, Draws draws)
    {
        using var writer = new CsvLines(stream);
        (string Name, HostTensor Values)[] all = [.. draws.Latent, .. draws.Deterministic];
        writer.Line(all.SelectMany(d => Components(d.Values).Select(e => d.Name + ComponentSummary.Position(d.Values.Shape[1..], e))).Prepend("draw"));
        for (var s = 0; s < draws.Count; s++)
        {
            var draw = s;
            writer.Line(all.SelectMany(d => Components(d.Values).Select(e => Text(d.Values, draw * d.Values.Shape[1..].Size + e))).Prepend(CsvLines.Text(s)));
        }
    }

    private static IEnumerable<int> Components(HostTensor values) => Enumerable.Range(0, values.Shape[1..].Size);

    // Single-precision numbers have their own shortest form.
    private static string Text(HostTensor values, int i) => values.Data is float[] singles ? singles[i].ToString("R", System.Globalization.CultureInfo.InvariantCulture) : CsvLines.Text(values[i]);
}
