using System.Globalization;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>Reads columns of a table as numbers, each once, and collects the cells that are none.</summary>
internal sealed class Cells(CsvTable table)
{
    private const int MostReported = 5;
    private readonly Dictionary<int, double[]> _numbers = [];
    private readonly Dictionary<int, long[]> _integers = [];
    private readonly List<Diagnostic> _faults = [];
    private int _more;

    /// <summary>The finite numbers of a column, [n]; a bad cell is reported once and reads as 0.</summary>
    public double[] Numbers(int column, SourceSpan span) => Memo(_numbers, column, row =>
    {
        var text = table.Cell(row, column);
        if (TryNumber(text, out var value) && double.IsFinite(value)) return value;
        Report(row, column, text, span, text.Length > 0 && !TryNumber(text, out _) ? "is not a number" : "is not a finite number");
        return 0;
    });

    /// <summary>The integers of a column, I64 [n].</summary>
    public long[] Integers(int column, SourceSpan span) => Memo(_integers, column, row =>
    {
        var text = table.Cell(row, column);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
        // Counts are often written as 3.0; beyond 2^53 a double would have lost digits.
        if (TryNumber(text, out var number) && double.IsInteger(number) && Math.Abs(number) <= 9007199254740992) return (long)number;
        Report(row, column, text, span, "is not an integer");
        return 0;
    });

    /// <summary>Adds a fault found elsewhere.</summary>
    public void Report(Diagnostic fault)
    {
        if (_faults.Count < MostReported) _faults.Add(fault);
        else _more++;
    }

    /// <summary>The place of a cell, for messages.</summary>
    public string Place(int row, int column) => $"{table.File}, line {table.Line(row)}, column {table.ColumnName(column)}";

    /// <summary>Throws what was collected, if anything.</summary>
    public void ThrowIfAny()
    {
        if (_faults.Count == 0) return;
        if (_more > 0)
        {
            var more = $"{_more} more such {(_more == 1 ? "cell" : "cells")}";
            _faults[^1] = _faults[^1] with { Hint = _faults[^1].Hint is { } hint ? $"{hint}; {more}" : more };
        }
        throw new DiagnosticException([.. _faults]);
    }

    /// <summary>Whether a text is a number in the invariant culture (NaN and infinities included).</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private T[] Memo<T>(Dictionary<int, T[]> memo, int column, Func<int, T> read)
    {
        if (memo.TryGetValue(column, out var known)) return known;
        var values = new T[table.Rows];
        for (var row = 0; row < values.Length; row++) values[row] = read(row);
        return memo[column] = values;
    }

    private void Report(int row, int column, string text, SourceSpan span, string complaint) =>
        Report(new Diagnostic(DataCodes.BadCell, $"{Place(row, column)}: {(text.Length == 0 ? "the cell is empty" : $"'{text}' {complaint}")}", span)
        {
            Hint = text.ToUpperInvariant() is "" or "NA" or "N/A" or "NAN" or "?" or "NULL" ? "missing values are not filled in: remove the row or give a value"
                : table.Width == 1 && CsvTable.SeparatorHint(text, table.Format) is { } separator ? separator
                : TryNumber(text.Replace(',', '.'), out _) && text.Contains(',') ? "numbers have a decimal point, not a comma"
                : null,
        });
}
