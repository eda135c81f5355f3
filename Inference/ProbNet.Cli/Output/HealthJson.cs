using System.Text.Json;
using ProbNet.Inference.Health;

namespace ProbNet.Cli.Output;

/// <summary>The health of a fit for programs.</summary>
internal static class HealthJson
{
    /// <summary>Writes the object <c>health</c>.</summary>
    public static void Write(Utf8JsonWriter writer, HealthReport health)
    {
        writer.WriteStartObject("health");
        writer.WriteNumber("draws", health.Draws);
        if (health.Elbo is { } elbo) Write(writer, "elbo", elbo);
        if (health.KHat.Value is { } k)
        {
            Json.Number(writer, "kHat", k);
            Json.Number(writer, "kHatThreshold", health.KHat.Threshold);
        }
        else
        {
            writer.WriteString("withoutKHat", health.KHat.Missing);
        }
        writer.WriteStartArray("sites");
        foreach (var site in health.Sites) Write(writer, site);
        writer.WriteEndArray();
        writer.WriteStartArray("flags");
        foreach (var flag in health.Flags)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", flag.Kind);
            Names(writer, flag.Sites);
            writer.WriteString("message", flag.Message);
            writer.WriteString("try", flag.Try);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SiteHealth site)
    {
        writer.WriteStartObject();
        Names(writer, site.Sites);
        if (site.Guide.Length > 0) writer.WriteString("guide", site.Guide);
        writer.WriteNumber("components", site.Components);
        if (site.Kl is { } kl) Write(writer, "kl", kl);
        if (site.KlEach is { } each) Json.Number(writer, "klPerComponent", each);
        if (site.Ratio is { } ratio)
        {
            writer.WriteStartObject("scaleRatio");
            Json.Number(writer, "min", ratio.Least);
            Json.Number(writer, "median", ratio.Median);
            Json.Number(writer, "max", ratio.Largest);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, Estimate estimate)
    {
        writer.WriteStartObject(name);
        Json.Number(writer, "value", estimate.Value);
        Json.Number(writer, "error", estimate.Error);
        writer.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter writer, IEnumerable<string> sites)
    {
        writer.WriteStartArray("sites");
        foreach (var name in sites) writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
