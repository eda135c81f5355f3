using System.Text;
using Spectre.Console;

namespace ProbNet.Cli.Output;

/// <summary>A column: its heading, and whether it holds numbers, which are aligned to the right.</summary>
internal sealed record Column(string Heading, bool Numeric = false);

/// <summary>A table of text, drawn with lines for a person at a terminal and with blanks alone otherwise.</summary>
internal sealed class Table(string title, params Column[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row, one cell a column.</summary>
    public void Row(params string[] cells) => _rows.Add(cells.Length == columns.Length ? cells : throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns", nameof(cells)));

    /// <summary>Writes the table to the terminal's output; nothing if it has no rows.</summary>
    public void Write(Terminal terminal)
    {
        if (_rows.Count == 0) return;
        if (terminal.OutIsInteractive) WriteDrawn(terminal);
        else terminal.Out.Write(Plain());
    }

    /// <summary>The table with blanks alone; the last line is followed by an empty one.</summary>
    public string Plain()
    {
        var widths = new int[columns.Length];
        for (var c = 0; c < widths.Length; c++) widths[c] = _rows.Select(r => r[c].Length).Append(columns[c].Heading.Length).Max();
        var text = new StringBuilder();
        if (title.Length > 0) text.Append(title).Append('\n');
        foreach (var row in _rows.Prepend([.. columns.Select(c => c.Heading)]))
        {
            var line = row.Select((cell, c) => columns[c].Numeric ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            text.Append(("  " + string.Join("  ", line)).TrimEnd()).Append('\n');
        }
        return text.Append('\n').ToString();
    }

    private void WriteDrawn(Terminal terminal)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Heading, new Style(Color.Blue)));
            table.AddColumn(column.Numeric ? header.RightAligned() : header.LeftAligned());
        }
        foreach (var row in _rows) table.AddRow(row.Select(cell => new Text(cell)));
        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(drawn),
            Ansi = terminal.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = terminal.Width;
        console.Write(table);
        if (title.Length > 0) terminal.Out.WriteLine(terminal.Colour ? $"\e[1m{title}\e[0m" : title);
        // The border has empty lines above and below the table.
        foreach (var line in drawn.ToString().Split('\n').Where(l => !string.IsNullOrWhiteSpace(l))) terminal.Out.WriteLine(line.TrimEnd());
        terminal.Out.WriteLine();
    }
}
