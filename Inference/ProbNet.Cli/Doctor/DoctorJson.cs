using System.Text.Json;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Doctor;

/// <summary>What <c>probnet doctor</c> found, for programs.</summary>
internal static class DoctorJson
{
    /// <summary>The object.</summary>
    public static string Of(Examination found) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("version", RunDefaults.Version);
        writer.WriteString("runtime", found.Machine.Runtime);
        writer.WriteString("system", found.Machine.System);
        writer.WriteStartObject("processor");
        writer.WriteString("name", found.Machine.Processor);
        writer.WriteNumber("cores", found.Machine.Cores);
        writer.WriteNumber("vectorBits", found.Machine.VectorBits);
        Strings(writer, "instructions", found.Machine.Features);
        writer.WriteEndObject();
        writer.WriteStartObject("memory");
        writer.WriteNumber("totalBytes", found.Machine.Memory.Total);
        Number(writer, "freeBytes", found.Machine.Memory.Free);
        Number(writer, "containerLimitBytes", found.Machine.Memory.Limit);
        writer.WriteEndObject();
        Backend(writer, "cpu", found.CpuFailure is null, found.CpuFailure);
        Torch(writer, found);
        writer.WriteStartArray("tools");
        foreach (var tool in found.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("name", tool.Name);
            String(writer, "path", tool.Path);
            writer.WriteString("package", tool.Package);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        String(writer, "nvidiaDriver", found.NvidiaDriver);
        writer.WriteStartArray("missing");
        foreach (var (what, remedy) in found.Advice)
        {
            writer.WriteStartObject();
            writer.WriteString("message", what);
            writer.WriteString("hint", remedy.ToString());
            Strings(writer, "commands", remedy.Commands);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Torch(Utf8JsonWriter writer, Examination found)
    {
        var torch = found.Torch;
        writer.WriteStartObject("torch");
        writer.WriteBoolean("works", torch.Works);
        String(writer, "fault", torch.Fault?.Message ?? torch.Failure);
        String(writer, "library", torch.Versions?.Path);
        String(writer, "libtorch", torch.Versions?.Torch);
        String(writer, "builtWith", torch.Versions?.Built);
        writer.WriteStartArray("devices");
        foreach (var device in torch.Devices)
        {
            writer.WriteStartObject();
            writer.WriteString("backend", $"torch:cuda:{device.Index}");
            writer.WriteString("name", device.Name);
            writer.WriteBoolean("works", device.Failure is null);
            String(writer, "fault", device.Failure);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("places");
        foreach (var place in torch.Report.Places)
        {
            writer.WriteStartObject();
            writer.WriteString("origin", place.Origin);
            writer.WriteString("path", place.Path);
            writer.WriteString("found", torch.At(place));
            writer.WriteBoolean("used", torch.Versions is not null && place == torch.Report.Chosen);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Backend(Utf8JsonWriter writer, string name, bool works, string? fault)
    {
        writer.WriteStartObject(name);
        writer.WriteBoolean("works", works);
        String(writer, "fault", fault);
        writer.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void String(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }
}
