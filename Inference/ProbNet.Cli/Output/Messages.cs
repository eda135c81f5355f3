using System.Text;
using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Cli.Output;

/// <summary>Messages to the user: diagnostics with their source lines, and failures.</summary>
internal static class Messages
{
    /// <summary>Diagnostics with source and caret, on the error stream.</summary>
    public static void Write(Terminal terminal, EqArray<Diagnostic> diagnostics)
    {
        if (diagnostics.IsEmpty) return;
        terminal.Err.Write(DiagnosticRenderer.Render(diagnostics, terminal is { ErrIsInteractive: true, Colour: true } ? RenderStyle.Ansi : RenderStyle.Plain));
        terminal.Err.WriteLine();
    }

    /// <summary>A failure on the error stream, and for <paramref name="json"/> as an object on the output.</summary>
    public static void Write(Terminal terminal, CommandFailure failure, bool json)
    {
        Write(terminal, failure.Diagnostics);
        if (failure.Message.Length > 0)
        {
            var red = terminal is { ErrIsInteractive: true, Colour: true };
            var error = failure.ExitCode == ExitCode.Interrupted ? "" : red ? "\e[1;31merror\e[0m: " : "error: ";
            terminal.Err.WriteLine(error + failure.Message);
        }
        if (failure.Hint is { } hint) terminal.Err.WriteLine($"hint: {hint}");
        if (!json) return;
        terminal.Out.WriteLine(Json.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteNumber("exitCode", failure.ExitCode);
            writer.WriteString("message", failure.Message.Length > 0 ? failure.Message : failure.Diagnostics.FirstOrDefault()?.Message ?? "");
            if (failure.Hint is not null) writer.WriteString("hint", failure.Hint);
            Json.Write(writer, "diagnostics", failure.Diagnostics);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }));
    }
}

/// <summary>JSON for <c>--json</c>, written without reflection.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What <paramref name="write"/> writes, as text.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A number; JSON has no NaN and no infinities, so they become strings.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteString(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>A number in an array, as <see cref="Number"/>.</summary>
    public static void Item(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteStringValue(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>A list of diagnostics.</summary>
    public static void Write(Utf8JsonWriter writer, string name, IEnumerable<Diagnostic> diagnostics)
    {
        writer.WriteStartArray(name);
        foreach (var d in diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("code", d.Code.Id);
            writer.WriteString("severity", d.Code.Severity == Severity.Error ? "error" : "warning");
            writer.WriteString("message", d.Message);
            Place(writer, d.Span);
            if (d.Hint is not null) writer.WriteString("hint", d.Hint);
            writer.WriteStartArray("notes");
            foreach (var note in d.Notes)
            {
                writer.WriteStartObject();
                writer.WriteString("message", note.Message);
                Place(writer, note.Span);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Place(Utf8JsonWriter writer, SourceSpan span)
    {
        if (span.Source is not { } source) return;
        var (line, column) = source.Position(span.Start);
        var (endLine, endColumn) = source.Position(Math.Max(span.Start, span.End));
        writer.WriteString("file", source.Name);
        writer.WriteNumber("line", line);
        writer.WriteNumber("column", column);
        writer.WriteNumber("endLine", endLine);
        writer.WriteNumber("endColumn", endColumn);
    }
}
