using System.Globalization;

namespace ProbNet.Benchmarks;

/// <summary>The printed form of a comparison. Without libtorch its columns are left out.</summary>
internal sealed class Table(TextWriter output, bool hasLibtorch)
{
    private readonly Column[] _columns =
    [
        new("case", -34, l => l.Case),
        .. Times("engine", l => l.Ours),
        .. hasLibtorch ? Times("libtorch", l => l.Libtorch) : [],
        .. Times("PyTorch", l => l.Theirs),
        new("engine/Py", 9, l => Ratio(l.Ratio)),
        .. hasLibtorch ? [new Column("libt./Py", 8, l => Ratio(l.LibtorchRatio))] : Array.Empty<Column>(),
        new("to det.", 7, l => Ratio(l.ToBaseline)),
        new("B/run", 10, l => l.Allocated.ToString("N0", CultureInfo.InvariantCulture)),
    ];

    private sealed record Column(string Title, int Width, Func<Line, string> Text)
    {
        public string Cell(string text) => Width < 0 ? text.PadRight(-Width) : text.PadLeft(Width);

        public string Rule => Width < 0 ? new('-', 2 - Width) : new string('-', Width + 1) + ":";
    }

    /// <summary>What stands above the lines.</summary>
    public void Header(int threads)
    {
        output.WriteLine($"\n{(threads == 1 ? "one thread" : $"{threads} threads")}: microseconds, median of rounds (best, +- half the 10-90 % range)");
        output.WriteLine(Row(c => c.Title));
        output.WriteLine($"|{string.Join('|', _columns.Select(c => c.Rule))}|");
    }

    /// <summary>A line.</summary>
    public void Print(Line line) => output.WriteLine(Row(c => c.Text(line)));

    /// <summary>The goals and what was measured.</summary>
    public static void Print(IReadOnlyList<Goal> goals, TextWriter output)
    {
        output.WriteLine($"\n| {"goal, one thread",-40} | {"measured",9} | {"goal",-38} | {"met",-12} |");
        output.WriteLine($"|{new string('-', 42)}|{new string('-', 10)}:|{new string('-', 40)}|{new string('-', 14)}|");
        foreach (var goal in goals)
            output.WriteLine($"| {goal.Measure,-40} | {(goal.Value is { } v ? v.ToString("0.00", CultureInfo.InvariantCulture) : "-"),9} | {goal.Words,-38} | {goal.IsMet switch { true => "yes", false => "NO", null => "not measured" },-12} |");
    }

    private string Row(Func<Column, string> text) => $"| {string.Join(" | ", _columns.Select(c => c.Cell(text(c))))} |";

    private static Column[] Times(string side, Func<Line, Timing?> of) =>
        [new(side, 11, l => Micro(of(l)?.Median)), new("best", 11, l => Micro(of(l)?.Best)), new("+-", 5, l => of(l) is { } t ? t.Spread.ToString("0 %", CultureInfo.InvariantCulture) : "-")];

    private static string Micro(double? seconds) => seconds is { } s ? (s * 1e6).ToString(s < 1e-4 ? "N2" : s < 0.01 ? "N1" : "N0", CultureInfo.InvariantCulture) : "-";

    private static string Ratio(double? ratio) => ratio is { } r ? r.ToString(r < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) : "-";
}
