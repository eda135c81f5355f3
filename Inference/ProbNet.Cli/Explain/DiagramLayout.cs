using ProbNet.Graph;

namespace ProbNet.Cli.Explain;

/// <summary>A node with its place: the centre of its box, in units of a drawing.</summary>
internal sealed record PlacedNode(DiagramNode Node, double X, double Y, double Width, double Height);

/// <summary>
/// Places a diagram on a page: parents above children, each node one row below its lowest parent; every plate has its own band of columns, so that boxes of plates do
/// not overlap. Rows are ordered by the mean column of the parents (Sugiyama, Tagawa, Toda, Methods for visual understanding of hierarchical system structures, 1981).
/// </summary>
internal static class DiagramLayout
{
    /// <summary>The distance between rows.</summary>
    public const double RowHeight = 130;

    private const double CharacterWidth = 7.4, Gap = 34, BandGap = 46;

    /// <summary>The places of all nodes.</summary>
    public static EqArray<PlacedNode> Of(Diagram diagram)
    {
        var layers = Layers(diagram);
        var x = new Dictionary<string, double>();
        var left = 0.0;
        foreach (var band in (string?[])[null, .. diagram.Plates])
        {
            var rows = diagram.Nodes.Where(n => n.Plate == band).GroupBy(n => layers[n.Name]).OrderBy(g => g.Key)
                .Select(g => g.OrderBy(n => MeanOfParents(diagram, n, x)).ToArray()).ToList();
            if (rows.Count == 0) continue;
            var width = rows.Max(r => r.Sum(Width) + (r.Length - 1) * Gap);
            foreach (var row in rows)
            {
                var at = left + (width - row.Sum(Width) - (row.Length - 1) * Gap) / 2;
                foreach (var node in row)
                {
                    x[node.Name] = at + Width(node) / 2;
                    at += Width(node) + Gap;
                }
            }
            left += width + BandGap;
        }
        return diagram.Nodes.Map(n => new PlacedNode(n, x[n.Name], layers[n.Name] * RowHeight, Width(n), n.Family.Length > 0 ? 58 : 44));
    }

    /// <summary>The lines of a node's text.</summary>
    public static string[] Lines(DiagramNode node) => node.Family.Length > 0 ? [node.Name, "~ " + node.Family, node.Type] : [node.Name, node.Type];

    private static double Width(DiagramNode node) => Math.Max(70, Lines(node).Max(l => l.Length) * CharacterWidth + 26);

    private static double MeanOfParents(Diagram diagram, DiagramNode node, Dictionary<string, double> x)
    {
        var parents = diagram.Edges.Where(e => e.To == node.Name && x.ContainsKey(e.From)).Select(e => x[e.From]).ToArray();
        return parents.Length == 0 ? 0 : parents.Average();
    }

    // The longest way from a node without parents. The value of a step of a loop may depend on earlier steps of the same site, so ways are bounded.
    private static Dictionary<string, int> Layers(Diagram diagram)
    {
        var layers = diagram.Nodes.ToDictionary(n => n.Name, _ => 0);
        for (var round = 0; round < diagram.Nodes.Count; round++)
        {
            var moved = false;
            foreach (var edge in diagram.Edges.Where(e => layers[e.To] <= layers[e.From]))
            {
                layers[edge.To] = layers[edge.From] + 1;
                moved = true;
            }
            if (!moved) break;
        }
        return layers;
    }
}
