using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>A file bound to a model: three sets of rows, and how they were made.</summary>
/// <param name="Name">The data declaration's name.</param>
/// <param name="Training">The rows to fit to, at least one.</param>
/// <param name="Validation">The rows for early stopping and progress, possibly none.</param>
/// <param name="HeldOut">The rows for the final test, possibly none.</param>
/// <param name="Preprocessing">What to keep with the posterior so that new files are treated alike.</param>
public sealed record BoundData(string Name, DataRows Training, DataRows Validation, DataRows HeldOut, Preprocessing Preprocessing)
{
    /// <summary>Reads the file and binds it.</summary>
    /// <param name="spec">The declaration.</param>
    /// <param name="targets">The model's arguments and sample sites, the ones <paramref name="spec"/> was checked against.</param>
    /// <param name="path">The file; see <see cref="DataSpec.Resolve"/>.</param>
    /// <returns>The data with any warnings (PN0620), or diagnostics PN0610 to PN0619.</returns>
    public static Checked<BoundData> Load(DataSpec spec, IReadOnlyList<BindingTarget> targets, string path) =>
        Stage.Run(found => Bind(spec, targets, CsvReading.ReadFile(path, spec.Format, spec.FileSpan), found));

    internal static BoundData Bind(DataSpec spec, IReadOnlyList<BindingTarget> targets, CsvTable table, List<Diagnostic> found)
    {
        FindColumns(spec, table, found);
        var strata = spec.Split.Stratify is { } column ? Enumerable.Range(0, table.Rows).Select(r => table.Cell(r, table.Find(column)!.Value)).ToArray() : null;
        var split = RowSplit.Of(spec.Split, table.Rows, strata) ?? throw new DiagnosticException(new Diagnostic(
            DataCodes.NoTrainingRows, $"{table.File} has {table.Rows} rows, and heldOut and validation leave none to train on", spec.Split.Span));
        var cells = new Cells(table);
        var fitted = new List<FittedBinding>();
        foreach (var binding in spec.Bindings)
        {
            fitted.Add(Fit(binding, targets.Single(t => t.Name == binding.Name), table, split.Training.AsSpan(), cells, found));
        }
        var preprocessing = new Preprocessing(spec.Format, fitted.ToEqArray());
        var spans = spec.Bindings.ToDictionary(b => b.Name, b => b.NameSpan);
        var all = preprocessing.Encode(table, cells, name => spans[name]);
        cells.ThrowIfAny();
        int[] lines = [.. Enumerable.Range(0, table.Rows).Select(table.Line)];
        return new(spec.Name, Part(split.Training), Part(split.Validation), Part(split.HeldOut), preprocessing);

        // In order, so all of them are the data as it is.
        DataRows Part(EqArray<int> rows) => new(rows.Count == all.Rows ? all : all.Select(rows.AsSpan(), preprocessing.Names), rows.Map(r => lines[r]));
    }

    private static void FindColumns(DataSpec spec, CsvTable table, List<Diagnostic> found)
    {
        var wanted = spec.Bindings.SelectMany(b => b.Columns.Zip(b.ColumnSpans));
        if (spec.Split.Stratify is { } stratify) wanted = wanted.Append((stratify, spec.Split.StratifySpan));
        Diagnostic[] missing = [.. wanted.Where(w => table.Find(w.First) is null).Select(w => table.Missing(w.First, w.Second))];
        if (missing.Length > 0) throw new DiagnosticException([.. missing]);
    }

    private static FittedBinding Fit(BindingSpec binding, BindingTarget target, CsvTable table, ReadOnlySpan<int> training, Cells cells, List<Diagnostic> found)
    {
        var fitted = new FittedBinding(
            binding.Name, target.IsSite, binding.Kind, target.IsInteger, binding.Columns, binding.Transformation, [], [], target.UpperBound) { Threshold = binding.Threshold, Inner = binding.Inner.IsEmpty ? null : binding.Inner };
        var columns = binding.Columns.Map(c => table.Find(c)!.Value);
        if (binding.Kind == BindingKind.Labels)
        {
            var classes = FittedBinding.ClassesOf(Enumerable.Range(0, table.Rows).Select(r => table.Cell(r, columns[0])).Where(l => l.Length > 0));
            if (target.UpperBound is { } bound && classes.Count > bound)
            {
                var message = $"column {table.ColumnName(columns[0])} of {table.File} has {classes.Count} classes, but '{binding.Name}' takes {bound}";
                found.Add(new(DataCodes.OutOfRange, message, binding.NameSpan)
                {
                    Hint = "the classes are " + Nearest.Listed(classes),
                });
            }
            return fitted with { Classes = classes };
        }
        if (target.IsInteger) return fitted;
        var scales = new Affine[columns.Count];
        var numbers = cells.Numbers(binding.Name, columns, c => binding.ColumnSpans[c]);
        for (var c = 0; c < scales.Length; c++)
        {
            scales[c] = Affine.Fit(binding.Transformation, numbers, c, scales.Length, training, out var constant);
            if (!constant || binding.Transformation is Transformation.None or Transformation.AtLeast) continue;
            var message = $"column {table.ColumnName(columns[c])} of {table.File} has the same value in all training rows: it is shifted, not scaled";
            found.Add(new(DataCodes.ConstantColumn, message, binding.ColumnSpans[c]));
        }
        return fitted with { Scales = [.. scales] };
    }
}
