using System.Globalization;
using System.Net;
using System.Text;

namespace ProbNet.Cli.Explain;

/// <summary>A page that shows a diagram and a table of its nodes; needs nothing but a browser.</summary>
internal static class DiagramHtml
{
    private const double Margin = 48;

    public static string Of(Diagram diagram)
    {
        var placed = DiagramLayout.Of(diagram);
        var byName = placed.ToDictionary(p => p.Node.Name);
        var (width, height) = (placed.Max(p => p.X + p.Width / 2) + 2 * Margin, placed.Max(p => p.Y) + 2 * Margin + 30);
        var svg = new StringBuilder();
        svg.Append(F($"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"graph of the model {E(diagram.Model)}\">\n"));
        svg.Append("<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 10 5 0 10z\"/></marker></defs>\n");
        svg.Append(F($"<g transform=\"translate({Margin} {Margin})\">\n"));
        foreach (var plate in diagram.Plates) Plate(svg, plate, placed.Where(p => p.Node.Plate == plate).ToArray());
        foreach (var arrows in diagram.Edges.GroupBy(e => e.To)) Arrows(svg, byName, [.. arrows.OrderBy(e => byName[e.From].X)]);
        foreach (var node in placed) Node(svg, node);
        svg.Append("</g>\n</svg>\n");
        var rows = string.Concat(diagram.Nodes.Select(n =>
            $"<tr><td>{E(n.Name)}</td><td>{Kind(n)}</td><td>{E(n.Family)}</td><td><code>{E(n.Type)}</code></td><td>{E(string.Join(", ", diagram.Edges.Where(e => e.To == n.Name).Select(e => e.From)))}</td></tr>\n"));
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{E(diagram.Model)}}</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #1c2430; background: #fff; }
            h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
            p { margin: 0 0 1rem; color: #5a6472; }
            figure { margin: 0 0 1.5rem; overflow-x: auto; border: 1px solid #dde2e8; border-radius: 8px; }
            svg { display: block; margin: auto; font: 12px system-ui, sans-serif; text-anchor: middle; }
            .node > :first-child { fill: #fff; stroke: #33415c; stroke-width: 1.3; }
            .known > :first-child { fill: #d5dbe3; }
            .computed > :first-child { stroke-dasharray: 4 3; }
            .name { font-weight: 600; }
            .type { fill: #5a6472; font-family: ui-monospace, monospace; font-size: 11px; }
            .plate rect { fill: #f5f8fb; stroke: #9fb0c3; stroke-width: 1.2; }
            .plate text { fill: #5a6472; text-anchor: end; font-style: italic; }
            .edge path { fill: none; stroke: #6b7a90; stroke-width: 1.2; }
            .edge text { fill: #5a6472; font: 10px ui-monospace, monospace; paint-order: stroke; stroke: #fff; stroke-width: 3px; }
            marker path { fill: #6b7a90; }
            table { border-collapse: collapse; }
            th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #e6eaee; }
            </style>
            </head>
            <body>
            <h1>{{E(diagram.Model)}}</h1>
            <p>Shaded: known values. Boxes with a name in the corner: plates. Arrows carry the shape of the value that is used.</p>
            <figure>
            {{svg}}</figure>
            <table>
            <thead><tr><th>name</th><th>kind</th><th>distribution</th><th>type</th><th>depends on</th></tr></thead>
            <tbody>
            {{rows}}</tbody>
            </table>
            </body>
            </html>

            """;
    }

    private static void Plate(StringBuilder svg, string name, PlacedNode[] nodes)
    {
        const double pad = 18;
        var (left, right) = (nodes.Min(n => n.X - n.Width / 2) - pad, nodes.Max(n => n.X + n.Width / 2) + pad);
        var (top, bottom) = (nodes.Min(n => n.Y - n.Height / 2) - pad, nodes.Max(n => n.Y + n.Height / 2) + pad + 12);
        svg.Append(F($"<g class=\"plate\"><rect x=\"{left}\" y=\"{top}\" width=\"{right - left}\" height=\"{bottom - top}\" rx=\"8\"/><text x=\"{right - 10}\" y=\"{bottom - 8}\">{E(name)}</text></g>\n"));
    }

    // The arrows into one node arrive side by side, in the order of where they come from.
    private static void Arrows(StringBuilder svg, Dictionary<string, PlacedNode> places, DiagramEdge[] edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            var (from, to) = (places[edges[i].From], places[edges[i].To]);
            var port = to.X + ((i + 0.5) / edges.Length - 0.5) * 0.7 * to.Width;
            var (x0, y0, x1, y1) = (from.X, from.Y + from.Height / 2, port, to.Y - to.Height / 2 - 2);
            var bend = Math.Max(24, (y1 - y0) / 2);
            svg.Append(F($"<g class=\"edge\"><path d=\"M{x0} {y0} C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}\" marker-end=\"url(#tip)\"/>"));
            // A fifth of the way along the curve, where arrows into one node are still apart.
            const double t = 0.2;
            var (x, y) = (Bezier(x0, x0, x1, x1, t), Bezier(y0, y0 + bend, y1 - bend, y1, t));
            if (edges[i].Shape.Length > 0) svg.Append(F($"<text x=\"{x}\" y=\"{y + 3}\">{E(edges[i].Shape)}</text>"));
            svg.Append("</g>\n");
        }
    }

    private static double Bezier(double a, double b, double c, double d, double t) =>
        (1 - t) * (1 - t) * (1 - t) * a + 3 * (1 - t) * (1 - t) * t * b + 3 * (1 - t) * t * t * c + t * t * t * d;

    private static void Node(StringBuilder svg, PlacedNode placed)
    {
        var node = placed.Node;
        var (x, y, w, h) = (placed.X, placed.Y, placed.Width, placed.Height);
        svg.Append($"<g class=\"node{(node.Observed ? " known" : "")}{(node.Kind == DiagramKind.Computed ? " computed" : "")}\">");
        svg.Append(node.Kind switch
        {
            DiagramKind.Site => F($"<rect x=\"{x - w / 2}\" y=\"{y - h / 2}\" width=\"{w}\" height=\"{h}\" rx=\"{h / 2}\"/>"),
            DiagramKind.Parameter => F($"<path d=\"M{x - w / 2 - 12} {y} L{x - w / 2 + 4} {y - h / 2} H{x + w / 2 - 4} L{x + w / 2 + 12} {y} L{x + w / 2 - 4} {y + h / 2} H{x - w / 2 + 4} Z\"/>"),
            DiagramKind.Argument or DiagramKind.Computed or DiagramKind.Term or DiagramKind.Factor => F($"<rect x=\"{x - w / 2}\" y=\"{y - h / 2}\" width=\"{w}\" height=\"{h}\" rx=\"3\"/>"),
        });
        var lines = DiagramLayout.Lines(node);
        for (var i = 0; i < lines.Length; i++)
        {
            var style = i == 0 ? "name" : i == lines.Length - 1 ? "type" : "family";
            svg.Append(F($"<text class=\"{style}\" x=\"{x}\" y=\"{y + (i - (lines.Length - 1) / 2.0) * 15 + 4}\">{E(lines[i])}</text>"));
        }
        svg.Append("</g>\n");
    }

    private static string Kind(DiagramNode node) => node.Kind switch
    {
        DiagramKind.Argument => "argument",
        DiagramKind.Parameter => "learned point",
        DiagramKind.Site => node.Observed ? "observed site" : "latent site",
        DiagramKind.Term => "likelihood term",
        DiagramKind.Computed => "reported value",
        DiagramKind.Factor => "factor",
    };

    private static string E(string text) => WebUtility.HtmlEncode(text);

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
