using System.Text;

namespace ProbNet.Language.Syntax.Formatting;

/// <summary>A piece of a line: a token or a comment.</summary>
/// <param name="Text">Its characters.</param>
/// <param name="Column">Its column in the source, from 1.</param>
/// <param name="Token">The index of the token, or -1 for a comment.</param>
/// <param name="Gap">Blanks before it.</param>
internal sealed record Piece(string Text, int Column, int Token, int Gap);

/// <summary>A line of a program: where it begins, and the tokens and comments on it. Belongs to one formatting.</summary>
internal sealed class FormattedLine(int first)
{
    /// <summary>Its number in the source.</summary>
    public int First { get; } = first;

    /// <summary>The number of the last line of the source that it covers: a comment may run over several.</summary>
    public int Last { get; private set; } = first;

    /// <summary>What stands on it.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>The column it begins at, from 1.</summary>
    public int Column { get; set; } = 1;

    /// <summary>The index of its first token, or -1 if it holds comments only.</summary>
    public int Token => Pieces.Find(p => p.Token >= 0)?.Token ?? -1;

    /// <summary>The column of a piece when the line is written.</summary>
    public int ColumnOf(int piece)
    {
        var column = Column;
        for (var i = 0; i <= piece; i++) column += (i > 0 ? Pieces[i].Gap : 0) + (i < piece ? Pieces[i].Text.Length : 0);
        return column;
    }

    /// <summary>Writes it with a newline.</summary>
    public void Write(StringBuilder text)
    {
        text.Append(' ', Column - 1);
        for (var i = 0; i < Pieces.Count; i++) text.Append(' ', i == 0 ? 0 : Pieces[i].Gap).Append(Pieces[i].Text);
        text.Append('\n');
    }

    /// <summary>The lines of a source that hold anything.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="comments">Its comments.</param>
    /// <param name="keepsColumns">Whether blanks inside lines stay as they are.</param>
    public static List<FormattedLine> Of(IReadOnlyList<Token> tokens, IReadOnlyList<Comment> comments, bool keepsColumns)
    {
        var lines = new List<FormattedLine>();
        var (t, c) = (0, 0);
        while (t < tokens.Count || c < comments.Count)
        {
            var isToken = c == comments.Count || (t < tokens.Count && tokens[t].Start < comments[c].Start);
            var number = isToken ? tokens[t].Line : comments[c].Line;
            if (lines.Count == 0 || number > lines[^1].Last) lines.Add(new(number));
            var line = lines[^1];
            if (isToken)
            {
                var follows = line.Pieces.Count > 0 && line.Pieces[^1].Token >= 0;
                line.Pieces.Add(new(tokens[t].Text, tokens[t].Column, t, keepsColumns ? Kept(line, tokens[t].Column) : follows && !Spacing.Between(tokens, t) ? 0 : 1));
                t++;
                continue;
            }
            line.Pieces.Add(new(comments[c].Text, comments[c].Column, -1, keepsColumns ? Kept(line, comments[c].Column) : 1));
            line.Last = comments[c].Line + comments[c].Text.Count(ch => ch == '\n');
            c++;
        }
        return lines;
    }

    // After a comment over several lines the column of what follows says nothing about the blanks between.
    private static int Kept(FormattedLine line, int column) =>
        line.Pieces.Count == 0 ? 0 : line.Pieces[^1] is var last && last.Text.Contains('\n') ? 1 : Math.Max(0, column - last.Column - last.Text.Length);
}
