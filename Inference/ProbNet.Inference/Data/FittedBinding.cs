using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>A binding with what was fitted to the training file.</summary>
/// <param name="Name">The argument or site.</param>
/// <param name="IsSite">Whether it is an observed site, which prediction may go without.</param>
/// <param name="Kind">What the columns become.</param>
/// <param name="IsInteger">Whether the values are I64 rather than F64.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Transformation">How numbers are rescaled.</param>
/// <param name="Scales">One a column, or empty for integers and classes.</param>
/// <param name="Classes">For labels, the class names by id; else empty.</param>
/// <param name="UpperBound">The exclusive upper bound of integer values, or null.</param>
public sealed record FittedBinding(
    string Name, bool IsSite, BindingKind Kind, bool IsInteger, EqArray<ColumnRef> Columns, Transformation Transformation,
    EqArray<Affine> Scales, EqArray<string> Classes, int? UpperBound = null)
{
    /// <summary>The least number that becomes 1, for <see cref="Transformation.AtLeast"/>.</summary>
    public double? Threshold { get; init; }

    /// <summary>The sizes of the axes after the first that the columns fill in row-major order, or null for one axis of all columns.</summary>
    public EqArray<int>? Inner { get; init; }

    /// <summary>The distinct labels of a file in the order of their ids: by value where all are integers, else by code points.</summary>
    public static EqArray<string> ClassesOf(IEnumerable<string> labels)
    {
        var distinct = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var numbers = distinct.Select(l => long.TryParse(l, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var v) ? v : (long?)null).ToArray();
        return numbers.Contains(null) ? [.. distinct] : [.. distinct.Zip(numbers).OrderBy(p => p.Second).Select(p => p.First)];
    }

    /// <summary>[n, k] for <see cref="BindingKind.Columns"/> (or its inner shape), else [n].</summary>
    internal HostTensor Encode(CsvTable table, EqArray<int> columns, Cells cells, SourceSpan span)
    {
        var shape = Kind != BindingKind.Columns ? [table.Rows] : Inner is { } inner ? Shape.Create([table.Rows, .. inner]) : [table.Rows, columns.Count];
        if (Kind == BindingKind.Labels) return HostTensor.Of(shape, ClassIds(table, columns[0], cells, span));
        if (Threshold is { } threshold) return Split(columns, cells, span, shape, threshold);
        if (!IsInteger) return HostTensor.Of(shape, Affine.TransformInPlace(cells.Take(Name, columns, _ => span), Scales));
        var result = new long[shape.Size];
        for (var c = 0; c < columns.Count; c++)
        {
            var values = cells.Integers(columns[c], span);
            for (var r = 0; r < values.Length; r++)
            {
                result[r * columns.Count + c] = values[r];
                if (UpperBound is not { } bound || (values[r] >= 0 && values[r] < bound)) continue;
                cells.Report(new(DataCodes.OutOfRange, $"{cells.Place(r, columns[c])}: {values[r]} is not from 0 to {bound - 1}", span));
            }
        }
        return HostTensor.Of(shape, result);
    }

    private HostTensor Split(EqArray<int> columns, Cells cells, SourceSpan span, Shape shape, double threshold)
    {
        var result = HostTensor.Zeros(IsInteger ? DType.I64 : DType.F64, shape);
        var values = cells.Take(Name, columns, _ => span);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < threshold) continue;
            if (IsInteger) ((long[])result.Data)[i] = 1;
            else ((double[])result.Data)[i] = 1;
        }
        return result;
    }

    private long[] ClassIds(CsvTable table, int column, Cells cells, SourceSpan span)
    {
        var ids = Classes.Select((name, id) => (name, id)).ToDictionary(p => p.name, p => (long)p.id, StringComparer.Ordinal);
        var result = new long[table.Rows];
        for (var row = 0; row < result.Length; row++)
        {
            var label = table.Cell(row, column);
            if (label.Length == 0) cells.Report(new(DataCodes.BadCell, $"{cells.Place(row, column)}: the cell is empty", span));
            else if (ids.TryGetValue(label, out var id)) result[row] = id;
            else cells.Report(Unknown(label, cells.Place(row, column), span));
        }
        return result;
    }

    private Diagnostic Unknown(string label, string place, SourceSpan span) =>
        new(DataCodes.UnknownClass, $"{place}: '{label}' is no class of '{Name}'", span) { Hint = "the classes are " + Nearest.Listed(Classes) };
}
