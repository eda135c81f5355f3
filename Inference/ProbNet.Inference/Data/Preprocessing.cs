using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>
/// Everything that turns a file's cells into a model's values, fitted and ready to be kept with a posterior: applying it to the training file
/// and to a file seen years later runs the same code.
/// </summary>
/// <param name="Format">How a file's text is cut into cells.</param>
/// <param name="Bindings">The fitted bindings.</param>
public sealed record Preprocessing(CsvFormat Format, EqArray<FittedBinding> Bindings)
{
    /// <summary>The names of all bound values; every one is per row.</summary>
    public IReadOnlySet<string> Names => Bindings.Select(b => b.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The binding of an argument or site, or null.</summary>
    public FittedBinding? this[string name] => Bindings.FirstOrDefault(b => b.Name == name);

    /// <summary>
    /// The values of a new file. Observed sites whose columns are absent are left out of <see cref="DataSet.Values"/>; arguments may not be.
    /// Without a header, positions are those of the training file.
    /// </summary>
    /// <returns>All rows in file order, or diagnostics PN0610 to PN0618.</returns>
    public Checked<DataRows> Apply(string path) => Stage.Run(_ => Apply(CsvReading.ReadFile(path, Format, default)));

    internal DataRows Apply(CsvTable table)
    {
        var cells = new Cells(table);
        var present = Bindings.Where(b => !b.IsSite || b.Columns.All(c => table.Find(c) is not null)).ToEqArray();
        var data = (this with { Bindings = present }).Encode(table, cells, _ => default);
        cells.ThrowIfAny();
        return new(data, [.. Enumerable.Range(0, table.Rows).Select(table.Line)]);
    }

    /// <summary>The values of all rows; faulty cells are reported to <paramref name="cells"/>.</summary>
    internal DataSet Encode(CsvTable table, Cells cells, Func<string, SourceSpan> span)
    {
        var values = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
        foreach (var binding in Bindings)
        {
            var columns = binding.Columns.Map(c => table.Find(c) ?? throw new DiagnosticException(table.Missing(c, span(binding.Name))));
            values.Add(binding.Name, binding.Encode(table, columns, cells, span(binding.Name)));
        }
        return new DataSet(values, table.Rows);
    }
}

/// <summary>Values for the rows of a file.</summary>
/// <param name="Data">The values; reals in F64, integers and class ids in I64.</param>
/// <param name="Lines">For each row, the line of the file it came from, counted from 1.</param>
public sealed record DataRows(DataSet Data, EqArray<int> Lines);
