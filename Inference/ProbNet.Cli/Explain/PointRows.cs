using System.Text.Json;
using ProbNet.Cli.Output;
using ProbNet.Inference.Algorithms;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli.Explain;

/// <summary>What <c>explain</c> says beside the sites: what guide programs draw, and the values learned as points.</summary>
internal static class PointRows
{
    /// <summary>The guide programs and learned points as tables.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="explanation">What the algorithm would do, or null without data; guides that it does not use are left out.</param>
    public static void Write(Terminal terminal, CheckedModel model, Explanation? explanation)
    {
        foreach (var guide in Used(model, explanation))
        {
            var takes = guide.Program.Arguments.IsEmpty ? "takes no data" : $"takes {string.Join(", ", guide.Program.Arguments.Select(a => $"{a.Name} : {a.Type}"))}";
            var table = new Table($"guide {guide.Name}, which {takes}", new("draws"), new("distribution"), new("shape"), new("place"));
            foreach (var site in guide.Program.Sites) table.Row(site.Name, site.Family.Name, site.Type.ToString(), site.Span.Location);
            table.Write(terminal);
        }
        var points = new Table("learned points", new("name"), new("of"), new("shape"), new("place"));
        foreach (var (owner, point) in Points(model, explanation)) points.Row(point.Name, owner, point.Type.ToString(), point.Span.Location);
        points.Write(terminal);
    }

    /// <summary>The same as fields of a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, CheckedModel model, Explanation? explanation)
    {
        var guides = Used(model, explanation).ToArray();
        if (guides.Length > 0)
        {
            writer.WriteStartArray("guides");
            foreach (var guide in guides)
            {
                writer.WriteStartObject();
                writer.WriteString("guide", guide.Name);
                writer.WriteStartArray("takes");
                foreach (var argument in guide.Program.Arguments) writer.WriteStringValue(argument.Name);
                writer.WriteEndArray();
                writer.WriteStartArray("sites");
                foreach (var site in guide.Program.Sites) Fields(writer, ("site", site.Name), ("distribution", site.Family.Name), ("shape", site.Type.ToString()), ("place", site.Span.Location));
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        var points = Points(model, explanation).ToArray();
        if (points.Length == 0) return;
        writer.WriteStartArray("learnedPoints");
        foreach (var (owner, point) in points) Fields(writer, ("name", point.Name), ("of", owner), ("shape", point.Type.ToString()), ("place", point.Span.Location));
        writer.WriteEndArray();
    }

    private static IEnumerable<CheckedGuide> Used(CheckedModel model, Explanation? explanation) =>
        model.Guides.Where(g => explanation is null || explanation.Sites.Any(s => s.Family == Owner(g)));

    private static IEnumerable<(string Owner, (string Name, Language.Types.SymbolicType Type, Language.SourceSpan Span) Point)> Points(CheckedModel model, Explanation? explanation) =>
        model.Parameters.Select(p => ($"model {model.Name}", p)).Concat(Used(model, explanation).SelectMany(g => g.Program.Parameters.Select(p => (Owner(g), p))));

    private static string Owner(CheckedGuide guide) => $"guide {guide.Name}";

    private static void Fields(Utf8JsonWriter writer, params (string Name, string Value)[] fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields) writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}
