using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;

namespace ProbNet.Inference.Workflow;

/// <summary>A model with its data read, split and bound: all that inference needs of a program.</summary>
/// <param name="Source">The model, checked.</param>
/// <param name="Model">The model ready for inference.</param>
/// <param name="Sizes">The sizes of all named dimensions in training.</param>
/// <param name="RowDimension">The dimension that counts data rows, or null.</param>
/// <param name="Data">The file's rows, and how they were made.</param>
/// <param name="Training">The training rows as the model takes them.</param>
/// <param name="Validation">The validation rows, or null without any.</param>
/// <param name="HeldOut">The held-out rows, or null without any.</param>
public sealed record BoundProgram(
    CheckedModel Source, BoundModel Model, IReadOnlyDictionary<string, int> Sizes, string? RowDimension,
    BoundData Data, DataSet Training, DataSet? Validation, DataSet? HeldOut)
{
    /// <summary>The file that was read.</summary>
    public string File { get; init; } = "";

    /// <summary>Reads the file of a choice and binds it.</summary>
    /// <param name="choice">The model and its data.</param>
    /// <param name="folder">The folder that file names are relative to: the program's own.</param>
    /// <param name="paths">Paths of data declarations given on the command line, by name.</param>
    /// <param name="precision">The floating-point type to compute in.</param>
    /// <returns>The program with any warnings, or the diagnostics.</returns>
    public static Checked<BoundProgram> Read(ModelChoice choice, string folder, IReadOnlyDictionary<string, string> paths, DType precision)
    {
        var spec = choice.Data ?? throw new ArgumentException("the choice has no data", nameof(choice));
        var file = spec.Resolve(folder, paths);
        var loaded = BoundData.Load(spec, ModelTargets.Of(choice.Model), file);
        if (loaded.Value is not { } data) return new(null, loaded.Diagnostics);
        var bound = Bind(choice.Model, data, spec, precision, loaded.Diagnostics);
        return new(bound.Value is { } program ? program with { File = file } : null, bound.Diagnostics);
    }

    private static Checked<BoundProgram> Bind(CheckedModel model, BoundData data, DataSpec spec, DType precision, EqArray<Diagnostic> warnings)
    {
        var training = DataBinder.Bind(model, data.Training.Bound(data.Preprocessing, spec), precision);
        if (training.Binding is not { } binding) return new(null, warnings.AddRange(training.Diagnostics));
        var known = WithoutRows(binding.Sizes, binding.Rows);
        var validation = Part(data.Validation);
        var heldOut = Part(data.HeldOut);
        // What looks odd in the training rows is told once, and a column that preprocessing found constant is not told again.
        EqArray<Diagnostic> all =
        [
            .. warnings, .. training.Diagnostics.Where(d => d.Code != CheckerCodes.ConstantData || !warnings.Any(w => w.Code == DataCodes.ConstantColumn && Within(w.Span, d.Span))),
            .. validation.Diagnostics.Concat(heldOut.Diagnostics).Where(d => d.Code.Severity == Severity.Error),
        ];
        if (all.Any(d => d.Code.Severity == Severity.Error)) return new(null, all);
        var bound = Ready(model, binding.Sizes, binding.Rows, binding.Observed, precision);
        var program = new BoundProgram(model, bound, binding.Sizes, binding.Rows, data, new(binding.Values, bound.Rows), validation.Rows, heldOut.Rows);
        // Known sizes can make a program wrong that is right for all sizes: an index outside an axis, a product that does not fit.
        try
        {
            bound.Elaborate(bound.Rows);
            return new(program, all);
        }
        catch (DiagnosticException e)
        {
            return new(null, all.AddRange(e.Diagnostics));
        }

        (DataSet? Rows, EqArray<Diagnostic> Diagnostics) Part(DataRows rows)
        {
            if (rows.Lines.IsEmpty) return (null, []);
            var part = DataBinder.Bind(model, rows.Bound(data.Preprocessing, spec), precision, known);
            return (part.Binding is { } b ? new DataSet(b.Values, b.Rows is null ? 1 : rows.Lines.Count) : null, part.Diagnostics);
        }
    }

    private static bool Within(SourceSpan inner, SourceSpan outer) => inner.Source == outer.Source && inner.Start >= outer.Start && inner.End <= outer.End;

    /// <summary>A model with the sizes of all its dimensions but the one that counts rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sizes">The sizes of all dimensions.</param>
    /// <param name="rows">The dimension that counts rows, or null.</param>
    /// <param name="observed">The observed sites.</param>
    /// <param name="precision">The floating-point type to compute in.</param>
    internal static BoundModel Ready(CheckedModel model, IReadOnlyDictionary<string, int> sizes, string? rows, EqArray<string> observed, DType precision)
    {
        var known = WithoutRows(sizes, rows);
        return new(model.Name, Of(model), observed, rows is null ? 1 : sizes[rows]) { Guides = model.Guides.ToDictionary(g => g.Name, g => Of(g.Program)) };

        Func<int, ModelGraph> Of(CheckedModel program) => count => program.Elaborate(rows is null ? known : new Dictionary<string, int>(known) { [rows] = count }, rows, precision);
    }

    /// <summary>Sizes without that of the rows, which differs from file to file.</summary>
    internal static Dictionary<string, int> WithoutRows(IReadOnlyDictionary<string, int> sizes, string? rows) =>
        sizes.Where(s => s.Key != rows).ToDictionary(s => s.Key, s => s.Value);
}
