using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>The cells of a file as text: named columns of strings, and for each row the line of the file that it starts on.</summary>
public sealed class CsvTable
{
    private readonly PackedRow[] _rows;
    private readonly int[] _lines;

    internal CsvTable(string file, CsvFormat format, EqArray<string> header, int width, PackedRow[] rows, int[] lines)
    {
        (File, Format, Header, Width, _rows, _lines) = (file, format, header, width, rows, lines);
    }

    /// <summary>The file's name for messages.</summary>
    public string File { get; }

    /// <summary>How the text was cut.</summary>
    public CsvFormat Format { get; }

    /// <summary>The column names, or empty without a header.</summary>
    public EqArray<string> Header { get; }

    /// <summary>The number of columns.</summary>
    public int Width { get; }

    /// <summary>The number of data rows.</summary>
    public int Rows => _rows.Length;

    /// <summary>The line of the file, from 1 as a person counts, on which a row starts; with a header the first row is on line 2.</summary>
    public int Line(int row) => _lines[row];

    /// <summary>The text of a cell, surrounding blanks and quotes removed.</summary>
    public string Cell(int row, int column) => _rows[row].String(column);

    /// <summary>The same as UTF-8.</summary>
    internal ReadOnlySpan<byte> Utf8(int row, int column) => _rows[row][column];

    /// <summary>A column's name for messages: quoted, or its position.</summary>
    public string ColumnName(int column) => Header.IsEmpty ? $"{column}" : $"'{Header[column]}'";

    /// <summary>The position of a column, or null if the file has none such.</summary>
    public int? Find(ColumnRef column)
    {
        if (column.Name is null) return column.Position < Width ? column.Position : null;
        for (var i = 0; i < Header.Count; i++)
        {
            if (Header[i] == column.Name) return i;
        }
        return null;
    }

    /// <summary>The diagnostic for a column that is not there: the nearest name, or why no name can match.</summary>
    internal Diagnostic Missing(ColumnRef column, SourceSpan span) =>
        new(DataCodes.MissingColumn, $"{File} has no column {(column.Name is null ? column.Position : $"'{column.Name}'")}", span) { Hint = MissingHint(column) };

    private string MissingHint(ColumnRef column) =>
        column.Name is null ? $"columns are counted from 0, and there {(Width == 1 ? "is 1" : $"are {Width}")}"
        : Header.IsEmpty ? "the declaration says header = false: name columns by position, from 0"
        : LooksLikeData ? "the first line holds numbers: if the file has no header, write header = false and name columns by position, from 0"
        : Width == 1 && SeparatorHint(Header[0], Format) is { } other ? other
        : Nearest.Hint(column.Name, Header);

    /// <summary>What to try where a line came out as a single cell that holds another separator; else null.</summary>
    internal static string? SeparatorHint(string line, CsvFormat used)
    {
        var other = ((string[])[";", "\t", ",", "|", " "]).FirstOrDefault(s => s != used.Separator && line.Contains(s, StringComparison.Ordinal));
        return other is null ? null : $"the line is one cell, \"{line}\": is the separator \"{(other == "\t" ? "\\t" : other)}\"? (option separator)";
    }

    private bool LooksLikeData => Header.Count > 0 && Header.All(h => Cells.TryNumber(h, out _));
}
