using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Enumeration;

namespace ProbNet.Cli.Output;

/// <summary>Memberships for programs: <c>classify --json</c>.</summary>
internal static class MembershipJson
{
    /// <summary>The object.</summary>
    /// <param name="memberships">The probabilities.</param>
    /// <param name="given">What was classified.</param>
    public static string Of(Memberships memberships, RunRows given) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", given.Run.Info.Model);
        writer.WriteString("infer", given.Run.Info.Infer);
        writer.WriteString("data", given.File);
        writer.WriteNumber("seed", given.Options.Seed);
        writer.WriteNumber("draws", memberships.Draws);
        writer.WriteNumber("rows", memberships.Rows);
        writer.WriteStartArray("sites");
        foreach (var site in memberships.Sites) Write(writer, site, given.Rows.Read.Lines);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, SiteMembership site, EqArray<int> lines)
    {
        writer.WriteStartObject();
        writer.WriteString("site", site.Site);
        writer.WriteNumber("labels", site.Labels);
        writer.WriteBoolean("perRow", site.PerRow);
        writer.WriteStartArray("elements");
        for (var e = 0; e < site.Elements.Size; e++)
        {
            writer.WriteStartObject();
            if (site.PerRow) writer.WriteNumber("row", lines[e / Width(site)]);
            var position = site.PerRow ? Position(site.Elements[1..], e % Width(site)) : Position(site.Elements, e);
            if (position.Length > 0) writer.WriteString("element", position);
            writer.WriteNumber("label", site.Label(e));
            writer.WriteStartArray("probabilities");
            foreach (var p in site.Of(e)) Json.Item(writer, p);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static int Width(SiteMembership site) => site.Elements[1..].Size;

    private static string Position(Shape shape, int element)
    {
        if (shape.Rank == 0) return "";
        var strides = shape.Strides();
        return $"[{string.Join(", ", Enumerable.Range(0, shape.Rank).Select(a => element / strides[a] % shape[a]))}]";
    }
}
