using System.Text;
using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Inference.Workflow;

namespace ProbNet.Inference.Export;

/// <summary>What an archive says of itself: where it comes from, what it takes and what it gives. ASCII, one line.</summary>
public static class ProgramJson
{
    /// <summary>The format's name.</summary>
    public const string Format = "probnet-predictive";

    /// <summary>The object.</summary>
    /// <param name="program">The program.</param>
    /// <param name="run">The run that it comes from.</param>
    /// <param name="version">The version of ProbNet that wrote it.</param>
    public static string Of(PredictiveProgram program, SavedRun run, string version)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("formatVersion", 1);
            writer.WriteString("probnet", version);
            writer.WriteString("model", run.Info.Model);
            writer.WriteString("infer", run.Info.Infer);
            writer.WriteString("algorithm", run.Info.Algorithm);
            writer.WriteString("run", run.Info.Checksum);
            writer.WriteString("precision", run.Info.Precision);
            writer.WriteNumber("draws", program.Draws);
            writer.WriteNumber("seed", program.Seed);
            writer.WriteString("sampling", program.Source == DrawSource.Frozen ? "frozen" : "inside");
            writer.WriteStartArray("rowsAtOnce");
            foreach (var part in program.Parts) writer.WriteNumberValue(part.Rows);
            writer.WriteEndArray();
            writer.WriteStartArray("inputs");
            foreach (var input in program.Inputs) Write(writer, input, run.Info.Preprocessing![input.Name]!);
            writer.WriteEndArray();
            writer.WriteStartArray("outputs");
            for (var i = 0; i < program.Outputs.Count; i++) Write(writer, program.Outputs[i], program.Parts[0].Finish.Outputs[i].Value);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter writer, RawInput input, FittedBinding binding)
    {
        writer.WriteStartObject();
        writer.WriteString("name", input.Name);
        writer.WriteString("type", input.IsInteger ? "integer" : "real");
        Sizes(writer, input.Inner, perRow: true);
        Names(writer, "columns", input.Columns);
        writer.WriteString("preparation", input.Preparation);
        if (binding.Scales.Any(s => s != Affine.Identity))
        {
            Numbers(writer, "offset", binding.Scales.Select(s => s.Offset));
            Numbers(writer, "scale", binding.Scales.Select(s => s.Scale));
        }
        if (input.Below is { } below) writer.WriteNumber("below", below);
        if (!input.Classes.IsEmpty) Names(writer, "classes", input.Classes);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ProgramOutput output, Tensor value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", output.Name);
        writer.WriteString("site", output.Site);
        writer.WriteString("quantity", output.Quantity);
        Sizes(writer, output.PerRow ? value.Shape[1..] : value.Shape, output.PerRow);
        if (!output.Classes.IsEmpty) Names(writer, "classes", output.Classes);
        writer.WriteEndObject();
    }

    // "n" stands for the number of rows.
    private static void Sizes(Utf8JsonWriter writer, Shape shape, bool perRow)
    {
        writer.WriteStartArray("shape");
        if (perRow) writer.WriteStringValue("n");
        foreach (var size in shape) writer.WriteNumberValue(size);
        writer.WriteEndArray();
    }

    private static void Names(Utf8JsonWriter writer, string name, EqArray<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
