using System.Text;

namespace ProbNet.Language;

/// <summary>How rendered diagnostics look.</summary>
public enum RenderStyle
{
    /// <summary>Characters only.</summary>
    Plain,
    /// <summary>With ANSI escape sequences for colour.</summary>
    Ansi,
}

/// <summary>Turns diagnostics into text: what is wrong, the source line with the place underlined, the notes with theirs, and a hint.</summary>
public static class DiagnosticRenderer
{
    // A span of more lines than this shows its first and last line only.
    private const int MaximumLines = 5;

    // Lines longer than this are cut around what is underlined.
    private const int MaximumColumns = 160;

    private const string Red = "\e[1;31m", Yellow = "\e[1;33m", Blue = "\e[1;34m", Cyan = "\e[1;36m", Bold = "\e[1m", Reset = "\e[0m";

    /// <summary>All of them, an empty line between two, each line ended by a newline.</summary>
    public static string Render(IEnumerable<Diagnostic> diagnostics, RenderStyle style = RenderStyle.Plain) =>
        string.Join("\n", diagnostics.Select(d => Render(d, style)));

    /// <summary>One diagnostic, each line ended by a newline.</summary>
    public static string Render(Diagnostic diagnostic, RenderStyle style = RenderStyle.Plain)
    {
        var output = new StringBuilder();
        var paint = new Paint(style);
        var (word, colour) = diagnostic.Code.Severity == Severity.Error ? ("error", Red) : ("warning", Yellow);
        output.Append(paint.In(colour, $"{word}[{diagnostic.Code.Id}]")).Append(paint.In(Bold, ": " + diagnostic.Message)).Append('\n');
        Snippet(output, diagnostic.Span, colour, paint);
        foreach (var note in diagnostic.Notes)
        {
            output.Append(paint.In(Blue, "note")).Append(": ").Append(note.Message).Append('\n');
            Snippet(output, note.Span, Blue, paint);
        }
        if (diagnostic.Hint is { } hint) output.Append(paint.In(Cyan, "hint")).Append(": ").Append(hint).Append('\n');
        return output.ToString();
    }

    private static void Snippet(StringBuilder output, SourceSpan span, string colour, Paint paint)
    {
        if (span.Source is not { } source) return;
        var start = Math.Clamp(span.Start, 0, source.Text.Length);
        var (firstLine, firstColumn) = source.Position(start);
        // The last character belongs to the span; an empty span stands before one.
        var (lastLine, lastColumn) = source.Position(Math.Clamp(span.End - 1, start, source.Text.Length));
        var gutter = lastLine.ToString().Length;
        var margin = new string(' ', gutter);
        output.Append(margin).Append(paint.In(Blue, "--> ")).Append(span.Location).Append('\n');
        output.Append(margin).Append(paint.In(Blue, " |")).Append('\n');
        for (var line = firstLine; line <= lastLine; line++)
        {
            if (lastLine - firstLine >= MaximumLines && line == firstLine + 1)
            {
                output.Append(paint.In(Blue, "...")).Append('\n');
                line = lastLine;
            }
            var text = source.Line(line);
            var from = line == firstLine ? Math.Min(firstColumn - 1, text.Length) : text.Length - text.TrimStart().Length;
            var to = line == lastLine ? Math.Min(lastColumn, text.Length) : text.TrimEnd().Length;
            (text, from, to) = Cut(text, from, to);
            output.Append(paint.In(Blue, $"{line.ToString().PadLeft(gutter)} |"));
            if (text.Length > 0) output.Append(' ').Append(DisplayWidth.Printable(text));
            output.Append('\n');
            if (line != firstLine && to <= from) continue;
            var carets = Math.Max(1, DisplayWidth.Of(text[from..Math.Max(from, to)]));
            output.Append(margin).Append(paint.In(Blue, " |")).Append(' ', 1 + DisplayWidth.Of(text[..from])).Append(paint.In(colour, new string('^', carets))).Append('\n');
        }
    }

    // Keeps a very long line readable: what is underlined, with some text around it.
    private static (string Text, int From, int To) Cut(string text, int from, int to)
    {
        if (text.Length <= MaximumColumns) return (text, from, to);
        const string Gap = "...";
        var begin = Boundary(text, from < MaximumColumns - 20 ? 0 : from - 20);
        var end = Boundary(text, Math.Min(text.Length, begin + MaximumColumns));
        var head = begin > 0 ? Gap : "";
        var tail = end < text.Length ? Gap : "";
        return (head + text[begin..end] + tail, from - begin + head.Length, Math.Clamp(to - begin, 0, end - begin) + head.Length);
    }

    private static int Boundary(string text, int index) => index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) ? index - 1 : index;

    private readonly record struct Paint(RenderStyle Style)
    {
        public string In(string colour, string text) => Style == RenderStyle.Ansi ? colour + text + Reset : text;
    }
}
