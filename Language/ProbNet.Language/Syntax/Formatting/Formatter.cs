using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Syntax.Formatting;

/// <summary>
/// Lays programs out: four columns a level, one blank around operators, no blanks at line ends, at most one empty line. Lines stay lines and comments stay where they
/// are; equals signs that stand below each other stay so. The meaning never changes: the result parses to the same tree, or the source is left as it is.
/// </summary>
public static class Formatter
{
    /// <summary>The laid-out text of a program, or the diagnostics that say why it does not parse. Formatting twice changes nothing more.</summary>
    public static (string? Text, EqArray<Diagnostic> Diagnostics) Format(SourceText source)
    {
        var parsed = Parser.Parse(source);
        if (!parsed.Diagnostics.IsEmpty) return (null, parsed.Diagnostics);
        var text = Render(source);
        // Layout has more cases than the rules below know; a program they would change keeps its columns, without blanks at line ends.
        if (Means(text, parsed.Program)) return (text, []);
        var kept = Render(source, keepsColumns: true);
        return (Means(kept, parsed.Program) ? kept : source.Text, []);
    }

    private static bool Means(string text, Program program)
    {
        var again = Parser.Parse(new SourceText("", text));
        return again.Diagnostics.IsEmpty && again.Program.Equals(program);
    }

    private static string Render(SourceText source, bool keepsColumns = false)
    {
        var (tokens, _, _) = Lexer.Tokens(source);
        var lines = FormattedLine.Of(tokens, Comments.Of(source, tokens), keepsColumns);
        new Indentation(tokens, keepsColumns).Apply(lines);
        if (!keepsColumns) Alignment.Apply(lines);
        var text = new StringBuilder();
        var previous = 0;
        foreach (var line in lines)
        {
            if (previous > 0 && line.First > previous + 1) text.Append('\n');
            line.Write(text);
            previous = line.Last;
        }
        return source.Text.Contains("\r\n") ? text.Replace("\n", "\r\n").ToString() : text.ToString();
    }
}
