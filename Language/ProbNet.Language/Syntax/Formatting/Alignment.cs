namespace ProbNet.Language.Syntax.Formatting;

/// <summary>Keeps what its writer aligned: equals signs, what follows a semicolon, and comments at the ends of lines, where they stand below each other in neighbouring lines.</summary>
internal static class Alignment
{
    public static void Apply(List<FormattedLine> lines)
    {
        // From left to right, since each alignment moves what stands right of it.
        var most = lines.Count == 0 ? 0 : lines.Max(l => Anchors(l).Count());
        for (var i = 0; i < most; i++) Align(lines, l => Anchors(l).Skip(i).FirstOrDefault());
        Align(lines, l => l.Pieces.Count > 1 && l.Pieces[^1].Token < 0 ? l.Pieces.Count - 1 : 0);
    }

    private static IEnumerable<int> Anchors(FormattedLine line) =>
        Enumerable.Range(1, line.Pieces.Count - 1).Where(i => line.Pieces[i].Token >= 0 && (line.Pieces[i].Text == "=" || line.Pieces[i - 1].Text == ";"));

    private static void Align(List<FormattedLine> lines, Func<FormattedLine, int> find)
    {
        for (var from = 0; from < lines.Count;)
        {
            var to = from + 1;
            if (find(lines[from]) is > 0 and var piece)
            {
                var column = lines[from].Pieces[piece].Column;
                while (to < lines.Count && lines[to].First == lines[to - 1].Last + 1 && find(lines[to]) is > 0 and var other && lines[to].Pieces[other].Column == column && lines[to].Column == lines[from].Column) to++;
                Align(lines[from..to], lines[from..to].ConvertAll(l => find(l)));
            }
            from = to;
        }
    }

    private static void Align(List<FormattedLine> group, List<int> pieces)
    {
        if (group.Count == 1) return;
        var column = Enumerable.Range(0, group.Count).Max(i => group[i].ColumnOf(pieces[i]));
        for (var i = 0; i < group.Count; i++)
        {
            var piece = group[i].Pieces[pieces[i]];
            group[i].Pieces[pieces[i]] = piece with { Gap = piece.Gap + column - group[i].ColumnOf(pieces[i]) };
        }
    }
}
