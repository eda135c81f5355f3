using System.Text;

namespace ProbNet.Cli.Explain;

/// <summary>A diagram in Graphviz's language: plates as boxes, known values shaded, shapes on arrows. Draw it with <c>dot -Tsvg</c>.</summary>
internal static class GraphvizText
{
    public static string Of(Diagram diagram)
    {
        var text = new StringBuilder();
        text.Append($"digraph {Quote(diagram.Model)} {{\n");
        text.Append("    graph [fontname=\"Helvetica\", fontsize=11];\n    node [fontname=\"Helvetica\", fontsize=11, shape=ellipse];\n    edge [fontname=\"Helvetica\", fontsize=9];\n");
        foreach (var node in diagram.Nodes.Where(n => n.Plate is null)) Node(text, node, "    ");
        foreach (var plate in diagram.Plates)
        {
            text.Append($"    subgraph {Quote("cluster " + plate)} {{\n        label={Quote(plate)}; labeljust=r; labelloc=b; style=rounded;\n");
            foreach (var node in diagram.Nodes.Where(n => n.Plate == plate)) Node(text, node, "        ");
            text.Append("    }\n");
        }
        foreach (var edge in diagram.Edges) text.Append($"    {Quote(edge.From)} -> {Quote(edge.To)}{(edge.Shape.Length > 0 ? $" [label={Quote(edge.Shape)}]" : "")};\n");
        return text.Append("}\n").ToString();
    }

    private static void Node(StringBuilder text, DiagramNode node, string indent)
    {
        var lines = node.Name + (node.Family.Length > 0 ? $"\\n~ {node.Family}" : "") + $"\\n{node.Type}";
        var shape = node.Kind switch
        {
            DiagramKind.Argument => "box",
            DiagramKind.Parameter => "diamond",
            DiagramKind.Computed => "plaintext",
            DiagramKind.Term or DiagramKind.Factor => "box",
            DiagramKind.Site => "ellipse",
        };
        text.Append($"{indent}{Quote(node.Name)} [label=\"{lines}\", shape={shape}{(node.Observed ? ", style=filled, fillcolor=gray85" : "")}];\n");
    }

    // Names and types have neither quotes nor backslashes, but for parameters, whose names are free.
    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
