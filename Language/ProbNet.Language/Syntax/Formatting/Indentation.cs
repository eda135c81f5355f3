namespace ProbNet.Language.Syntax.Formatting;

/// <summary>
/// Gives lines their columns. A line that stands deeper than the one above goes four columns deeper, or below the token it stood below; lines of one column stay in
/// one column.
/// </summary>
internal sealed class Indentation(IReadOnlyList<Token> tokens, bool keepsColumns)
{
    private const int Step = 4;

    // Columns of the source that lines stand at, with what became of them; outermost first.
    private readonly List<(int Before, int After)> _levels = [];

    public void Apply(List<FormattedLine> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            var before = line.Pieces[0].Column;
            var next = lines.FindIndex(i, l => l.Token >= 0);
            if (keepsColumns)
            {
                line.Column = before;
            }
            else if (line.Pieces[0].Token >= 0 && tokens[line.Pieces[0].Token].Kind == TokenKind.Close)
            {
                // A closing bracket stands below the line of its opening one.
                var opening = tokens[Opening(line.Pieces[0].Token)].Line;
                line.Column = lines[lines.FindLastIndex(i, l => l.First <= opening)].Column;
            }
            else if (line.Token >= 0)
            {
                line.Column = Place(before, lines, i);
            }
            else if (next >= 0 && lines[next].Pieces[0].Token >= 0 && tokens[lines[next].Pieces[0].Token].Kind == TokenKind.Close)
            {
                // Before a closing bracket a comment belongs to the items above.
                line.Column = _levels.Count == 0 ? 1 : _levels[^1].After;
            }
            else if (next >= 0 && lines[next].Pieces[0].Column == before)
            {
                // A comment above a line belongs to it; columns of the levels that the line will leave are of no use to it.
                line.Column = -next;
            }
            else
            {
                line.Column = Nearest(before);
            }
        }
        foreach (var line in lines.Where(l => l.Column <= 0)) line.Column = lines[-line.Column].Column;
    }

    private int Place(int before, List<FormattedLine> lines, int i)
    {
        while (_levels.Count > 0 && _levels[^1].Before > before) _levels.RemoveAt(_levels.Count - 1);
        if (_levels.Count > 0 && _levels[^1].Before == before) return _levels[^1].After;
        var after = _levels.Count == 0 ? 1 : Below(before, lines, i) ?? _levels[^1].After + (ContinuesBinding(lines, i) ? 2 * Step : Step);
        _levels.Add((before, after));
        return after;
    }

    // An operator must stand right of the name that its line's `let` binds.
    private bool ContinuesBinding(List<FormattedLine> lines, int i) =>
        tokens[lines[i].Token].Kind == TokenKind.Operator
        && lines.FindLastIndex(i - 1, l => l.Token >= 0 && l.Pieces[0].Column <= _levels[^1].Before) is >= 0 and var above && tokens[lines[above].Token].Text is "let" or "let!";

    // The new column of a token above, at the same column, that begins a block or the items of a bracket on its line.
    private int? Below(int before, List<FormattedLine> lines, int i)
    {
        for (var j = i - 1; j >= 0; j--)
        {
            var line = lines[j];
            var piece = line.Pieces.FindIndex(p => p.Token >= 0 && p.Column == before);
            if (piece > 0 && line.Pieces[piece - 1].Token >= 0 && Opens(tokens[line.Pieces[piece - 1].Token])) return line.ColumnOf(piece);
            if (line.Token >= 0 && line.Pieces[0].Column <= _levels[^1].Before) return null;
        }
        return null;
    }

    private int Opening(int closing)
    {
        for (var (i, depth) = (closing, 0); ; i--)
        {
            depth += tokens[i].Kind switch { TokenKind.Close => 1, TokenKind.Open => -1, _ => 0 };
            if (depth == 0) return i;
        }
    }

    private static bool Opens(Token token) => token.Kind == TokenKind.Open || token.Is("=") || token.Is("->") || token.Is("then") || token.Is("else");

    private int Nearest(int before) => _levels.FindLast(l => l.Before <= before) is { After: > 0 } level ? level.After : 1;
}
