using ProbNet.Backends.Torch;
using ProbNet.Inference.Export;

namespace ProbNet.Cli.Output;

/// <summary>What was exported, for programs: <c>export --json</c>.</summary>
internal static class ExportJson
{
    /// <summary>The object: the file, and what its own <c>metadata()</c> says.</summary>
    public static string Of(PredictiveProgram program, TorchModule module, string path) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", path);
        writer.WriteNumber("valueBytes", program.Bytes);
        writer.WritePropertyName("metadata");
        using var metadata = System.Text.Json.JsonDocument.Parse(module.Metadata);
        metadata.RootElement.WriteTo(writer);
        writer.WriteEndObject();
    });
}
