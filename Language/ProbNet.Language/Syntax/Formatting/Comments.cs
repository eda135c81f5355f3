namespace ProbNet.Language.Syntax.Formatting;

/// <summary>A comment of the source.</summary>
/// <param name="Text">Its characters without blanks at the end of its lines.</param>
/// <param name="Start">Offset of the first of them.</param>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Column">The column it begins at, from 1.</param>
internal readonly record struct Comment(string Text, int Start, int Line, int Column);

/// <summary>Finds the comments, which tokens leave out.</summary>
internal static class Comments
{
    private const int TabStop = 4;

    /// <summary>The comments of a source between its tokens, in order.</summary>
    public static List<Comment> Of(SourceText source, IReadOnlyList<Token> tokens)
    {
        var found = new List<Comment>();
        var from = 0;
        for (var i = 0; i <= tokens.Count; i++)
        {
            var to = i < tokens.Count ? tokens[i].Start : source.Text.Length;
            Between(source, from, to, found);
            if (i < tokens.Count) from = tokens[i].End;
        }
        return found;
    }

    private static void Between(SourceText source, int from, int to, List<Comment> found)
    {
        var text = source.Text;
        for (var at = from; at < to;)
        {
            if (text[at] is not ('/' or '('))
            {
                at++;
                continue;
            }
            var end = text[at] == '/' ? LineEnd(text, at) : BlockEnd(text, at);
            found.Add(new(string.Join('\n', text[at..end].Split('\n').Select(l => l.TrimEnd())), at, source.Position(at).Line, Column(text, at)));
            at = end;
        }
    }

    private static int LineEnd(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;

    // The source has been parsed, so the comment ends.
    private static int BlockEnd(string text, int at)
    {
        for (var depth = 0; at < text.Length;)
        {
            var (opens, closes) = (string.CompareOrdinal(text, at, "(*", 0, 2) == 0, string.CompareOrdinal(text, at, "*)", 0, 2) == 0);
            if (opens) depth++;
            if (closes) depth--;
            at += opens || closes ? 2 : 1;
            if (depth == 0) break;
        }
        return at;
    }

    private static int Column(string text, int at)
    {
        var column = 1;
        for (var i = text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1; i < at; i++) column += text[i] == '\t' ? TabStop - (column - 1) % TabStop : 1;
        return column;
    }
}
