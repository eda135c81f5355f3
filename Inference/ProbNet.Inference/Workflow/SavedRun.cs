using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using GuideClause = ProbNet.Inference.Guides.GuideClause;

namespace ProbNet.Inference.Workflow;

/// <summary>A run made whole again: the posterior, and how files become data for it.</summary>
/// <param name="Info">What <c>run.json</c> says.</param>
/// <param name="Source">The model, checked.</param>
/// <param name="Posterior">The posterior.</param>
/// <param name="Precision">The floating-point type computed in.</param>
public sealed record SavedRun(RunInfo Info, CheckedModel Source, Posterior Posterior, DType Precision)
{
    /// <summary>What to know before the run is applied to new rows: PN0741 for each discrete site whose posterior needs the training data.</summary>
    public EqArray<Diagnostic> Warnings { get; init; } = [];

    /// <summary>The names of precisions in run folders and on the command line.</summary>
    public static string NameOf(DType precision) => precision == DType.F64 ? "double" : "single";

    /// <summary>The posterior of a run folder.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ArtifactException">There is no run, it is damaged, or its parts do not fit each other.</exception>
    public static SavedRun Read(string path)
    {
        var run = RunFolder.Read(path);
        var info = run.Info;
        var source = info.Sources is [var first, ..] ? new SourceText(first.File, first.Text) : throw Bad(path, "has no source");
        var settings = (info.Arguments ?? new Dictionary<string, string>()).Select(a => new Setting(a.Key, a.Value)).ToEqArray();
        var program = ModelSettings.Check(source, ModuleLoader.Of(info.Sources.Skip(1).Select(s => new SourceText(s.File, s.Text)).ToEqArray()), settings, info.Model);
        if (program.Models.FirstOrDefault(m => m.Name == info.Model) is not { } model)
        {
            throw Bad(path, program.IsValid ? $"has no model '{info.Model}'" : $"holds a program that this ProbNet does not accept: {program.Diagnostics[0].Message}");
        }
        var precision = info.Precision switch { "single" => DType.F32, "double" => DType.F64, var p => throw Bad(path, $"has the precision '{p}'") };
        if (model.Dimensions.FirstOrDefault(d => !info.Dimensions.ContainsKey(d)) is { } missing) throw Bad(path, $"does not say how large the dimension '{missing}' is");
        var bound = BoundProgram.Ready(model, info.Dimensions, info.RowDimension, info.Observed, precision);
        var posterior = Posterior.FromParameters(bound, Guide(info.Guide, path), run.Posterior.Tensors);
        return posterior.Value is { } value ? new(info, model, value, precision) { Warnings = posterior.Diagnostics } : throw Bad(path, $"does not fit itself: {posterior.Diagnostics[0].Message}");
    }

    /// <summary>The posterior's tensors as they are saved.</summary>
    public static SafetensorsContent Content(Posterior posterior) =>
        new(posterior.Parameters, new Dictionary<string, string> { ["format"] = RunInfo.FormatName, ["model"] = posterior.Model.Name });

    /// <summary>A guide as a declaration of the language writes it, which <see cref="Read"/> reads back.</summary>
    public static string Text(EqArray<GuideClause> clauses) => string.Join(", ", clauses);

    /// <summary>The rows of a file as this run's model takes them.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The rows as read and as bound, or the diagnostics.</returns>
    public Checked<PredictionRows> Rows(string path)
    {
        var preprocessing = Info.Preprocessing ?? throw new ArtifactException("the run was fitted without data, so no file can be predicted");
        var rows = preprocessing.Apply(path);
        if (rows.Value is not { } read) return new(null, rows.Diagnostics);
        var known = BoundProgram.WithoutRows(Info.Dimensions, Info.RowDimension);
        var bound = DataBinder.Bind(Source, read.Bound(preprocessing), Precision, known);
        return bound.Binding is { } binding
            ? new(new(read, new DataSet(binding.Values, Info.RowDimension is null ? 1 : read.Lines.Count)), rows.Diagnostics)
            : new(null, rows.Diagnostics.AddRange(bound.Diagnostics));
    }

    /// <summary>The rows of the training file that were trained on: its data declaration splits the file as it did for the fit.</summary>
    /// <param name="path">The training file.</param>
    /// <returns>The rows in the order of training, or the diagnostics.</returns>
    /// <exception cref="ArtifactException">The run has no data declaration, or it makes other rows of this file than those that were trained on.</exception>
    public Checked<PredictionRows> RowsOfTraining(string path)
    {
        var program = Parser.Parse(new SourceText(Info.Sources[0].File, Info.Sources[0].Text)).Program;
        if (program.Declarations.OfType<Declaration.Data>().FirstOrDefault(d => d.Name == Info.Data) is not { } declared)
            throw new ArtifactException("the run was fitted without a data declaration, so which rows were trained on is not known");
        var targets = ModelTargets.Of(Source);
        var spec = DataSpecParser.Parse(declared, targets);
        if (spec.Value is not { } fits) return new(null, spec.Diagnostics);
        var loaded = BoundData.Load(fits, targets, path);
        if (loaded.Value is not { } data) return new(null, loaded.Diagnostics);
        if (Info.TrainingSha256 != TrainingDigest.Of(data.Training))
            throw new ArtifactException($"'{path}' does not give the rows that the run was fitted to: other values, another order, or another split");
        var bound = DataBinder.Bind(Source, data.Training.Bound(data.Preprocessing), Precision, BoundProgram.WithoutRows(Info.Dimensions, Info.RowDimension));
        return bound.Binding is { } binding ? new(new(data.Training, new DataSet(binding.Values, Posterior.Model.Rows)), []) : new(null, bound.Diagnostics);
    }

    private static EqArray<GuideClause> Guide(string text, string path)
    {
        var parsed = Parser.Parse(new SourceText("guide", "guide saved = " + text));
        if (!parsed.Diagnostics.IsEmpty || parsed.Program.Declarations is not [Declaration.Guide guide]) throw Bad(path, $"has no guide: '{text}'");
        var value = OptionSyntax.Read(new Name(guide.Name), [guide]);
        var holder = value.Value is { } clauses ? Holder.Clauses.Set(new Holder([]), clauses) : new(null, value.Diagnostics);
        return holder.Value is Holder read ? read.Guide : throw Bad(path, $"has a guide that this ProbNet does not know: {holder.Diagnostics[0].Message}");
    }

    private static ArtifactException Bad(string path, string why) => new($"the run '{path}' {why}");

    // Reads a guide by itself the way an algorithm reads its guide option.
    private sealed record Holder(EqArray<GuideClause> Guide) : Component
    {
        public static Option Clauses { get; } = GuideClauses.Option<Holder>("guide", h => h.Guide, (h, clauses) => h with { Guide = clauses }, withResults: true);

        public override string Name => "guide";

        public override string Doc => "";

        public override string Source => "";
    }
}

/// <summary>Rows to predict.</summary>
/// <param name="Read">As read from the file: F64 in the model's units, with the lines they came from.</param>
/// <param name="Data">As the model takes them.</param>
public sealed record PredictionRows(DataRows Read, DataSet Data);
