using ProbNet.Graph;
using ProbNet.Inference.Enumeration;

namespace ProbNet.Inference.Artifacts;

/// <summary>
/// Writes posterior probabilities of labels as a table. Where sites have elements for each row, a line a row: its line in the data file, and for each element the most
/// probable label and <c>p.LABEL</c> for each label; several sites prefix their columns with <c>site.</c>, several elements suffix them with <c>[i]</c>. Where none has, a line
/// an element and label of each site.
/// </summary>
public static class MembershipsCsv
{
    /// <summary>Writes the table.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="lines">For each row, the line of the data file.</param>
    /// <param name="memberships">The probabilities for those rows.</param>
    public static void Write(Stream stream, EqArray<int> lines, Memberships memberships)
    {
        using var writer = new CsvLines(stream);
        var plates = memberships.Sites.Where(s => s.PerRow).ToEqArray();
        if (plates.IsEmpty) WriteElements(writer, memberships.Sites);
        else WriteRows(writer, plates, lines);
    }

    private static void WriteRows(CsvLines writer, EqArray<SiteMembership> sites, EqArray<int> lines)
    {
        var header = new List<string> { "row" };
        foreach (var site in sites)
        {
            var prefix = sites.Count > 1 ? site.Site + "." : "";
            for (var e = 0; e < Width(site); e++)
            {
                var suffix = Width(site) == 1 ? "" : Position(site.Elements[1..], e);
                header.Add($"{prefix}label{suffix}");
                for (var k = 0; k < site.Labels; k++) header.Add($"{prefix}p.{k}{suffix}");
            }
        }
        writer.Line(header);
        for (var row = 0; row < lines.Count; row++)
        {
            var cells = new List<string> { CsvLines.Text(lines[row]) };
            foreach (var site in sites)
            {
                for (var e = row * Width(site); e < (row + 1) * Width(site); e++)
                {
                    cells.Add(CsvLines.Text(site.Label(e)));
                    foreach (var p in site.Of(e)) cells.Add(CsvLines.Text(p));
                }
            }
            writer.Line(cells);
        }
    }

    private static void WriteElements(CsvLines writer, EqArray<SiteMembership> sites)
    {
        writer.Line(["element", "label", "probability"]);
        foreach (var site in sites)
        {
            for (var e = 0; e < site.Elements.Size; e++)
            {
                for (var k = 0; k < site.Labels; k++) writer.Line([site.Site + Position(site.Elements, e), CsvLines.Text(k), CsvLines.Text(site.Of(e)[k])]);
            }
        }
    }

    private static int Width(SiteMembership site) => site.Elements[1..].Size;

    private static string Position(Shape shape, int element)
    {
        if (shape.Rank == 0) return "";
        var strides = shape.Strides();
        return $"[{string.Join(", ", Enumerable.Range(0, shape.Rank).Select(a => element / strides[a] % shape[a]))}]";
    }
}
