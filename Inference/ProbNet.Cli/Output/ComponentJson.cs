using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Output;

/// <summary>Components for programs: <c>infer --json</c>.</summary>
internal static class ComponentJson
{
    /// <summary>The object.</summary>
    public static string Of(IEnumerable<(IComponentRegistry Registry, Component Component)> components) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("components");
        foreach (var (registry, component) in components) Write(writer, registry, component);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, IComponentRegistry registry, Component component)
    {
        writer.WriteStartObject();
        writer.WriteString("name", component.Name);
        writer.WriteString("kind", registry.Kind);
        writer.WriteString("doc", component.Doc);
        writer.WriteString("source", component.Source);
        if (Catalogue.Example(registry, component) is { } example) writer.WriteString("example", example);
        writer.WriteStartArray("options");
        foreach (var option in component.Options)
        {
            writer.WriteStartObject();
            writer.WriteString("name", option.Name);
            writer.WriteString("doc", option.Doc);
            writer.WriteString("expects", option.Expects);
            if (option.Get(component) is { } value) writer.WriteString("default", value.ToString());
            if (option.Choices is { } choices) writer.WriteString("choices", choices.Kind);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
