using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>Reads columns of a table as numbers and collects the cells that are none, each reported once.</summary>
internal sealed class Cells(CsvTable table)
{
    private const int MostReported = 5;
    private readonly Dictionary<string, double[]> _numbers = [];
    private readonly HashSet<(int Row, int Column)> _bad = [];
    private readonly Dictionary<int, long[]> _integers = [];
    private readonly List<Diagnostic> _faults = [];
    private int _more;

    /// <summary>The finite numbers of some columns for one binding, row-major [n, k]; a bad cell reads as 0. Kept until they are taken.</summary>
    /// <param name="binding">What they are for.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="span">Where the program names each.</param>
    public double[] Numbers(string binding, EqArray<int> columns, Func<int, SourceSpan> span)
    {
        if (_numbers.TryGetValue(binding, out var known)) return known;
        var values = new double[table.Rows * columns.Count];
        var at = 0;
        for (var row = 0; row < table.Rows; row++)
        {
            for (var c = 0; c < columns.Count; c++, at++)
            {
                if (double.TryParse(table.Utf8(row, columns[c]), NumberStyles.Float, CultureInfo.InvariantCulture, out values[at]) && double.IsFinite(values[at])) continue;
                values[at] = 0;
                if (!_bad.Add((row, columns[c]))) continue;
                var text = table.Cell(row, columns[c]);
                Report(row, columns[c], text, span(c), text.Length > 0 && !TryNumber(text, out _) ? "is not a number" : "is not a finite number");
            }
        }
        return _numbers[binding] = values;
    }

    /// <summary>The same, for the caller to keep and to change: files can be so large that there is room for one copy only.</summary>
    public double[] Take(string binding, EqArray<int> columns, Func<int, SourceSpan> span)
    {
        var values = Numbers(binding, columns, span);
        _numbers.Remove(binding);
        return values;
    }

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
