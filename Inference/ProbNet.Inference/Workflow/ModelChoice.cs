using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>A model of a program and the data declared for it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The validated declaration, or null where the program declares none.</param>
public sealed record ModelChoice(CheckedModel Model, DataSpec? Data)
{
    /// <summary>
    /// The model and the data that belong together. Data belongs to a model if it binds every argument of the model and nothing the model does not
    /// have. Of several pairs the first model in source order wins, and with it the first data that belongs to it.
    /// </summary>
    /// <param name="program">A program without errors.</param>
    /// <param name="model">The only model to consider, or null for all.</param>
    /// <param name="data">The only data declarations to consider, or null for all.</param>
    /// <param name="needsData">Whether a model without data is an error.</param>
    public static Checked<ModelChoice> Of(CheckedProgram program, CheckedModel? model = null, IReadOnlyCollection<Declaration.Data>? data = null, bool needsData = true)
    {
        EqArray<CheckedModel> models = model is null ? program.Models : [model];
        if (models.IsEmpty) return Fail(WorkflowCodes.NoModel, "the program declares no model", Whole(program.Source), "model name (x : real[n, 4]) = prob { … }");
        Declaration.Data[] declared = [.. data ?? [.. program.Declarations<Declaration.Data>()]];
        if (declared.Length == 0)
        {
            return needsData
                ? Fail(WorkflowCodes.NoData, $"nothing is observed: the program declares no data for model '{models[0].Name}'", models[0].Span, $"data name = csv \"file.csv\" {{ {Example(models[0])} }}")
                : new ModelChoice(models[0], null);
        }
        var attempts = new List<(CheckedModel Model, Declaration.Data Data, EqArray<Diagnostic> Why)>();
        foreach (var candidate in models)
        {
            var targets = ModelTargets.Of(candidate);
            foreach (var declaration in declared)
            {
                var spec = DataSpecParser.Parse(declaration, targets);
                if (spec.Value is { } fits) return new(new(candidate, fits), spec.Diagnostics);
                attempts.Add((candidate, declaration, spec.Diagnostics));
            }
        }
        return attempts is [var only] ? new(null, only.Why) : new(null, declared.Select(d => FitsNone(d, attempts)).ToEqArray());
    }

    /// <summary>Every pair of model and data that belong together, and for data that belongs to no model the diagnostics.</summary>
    /// <param name="program">A program without errors.</param>
    public static (EqArray<ModelChoice> Pairs, EqArray<Diagnostic> Diagnostics) All(CheckedProgram program)
    {
        var (pairs, found) = (new List<ModelChoice>(), new List<Diagnostic>());
        foreach (var declaration in program.Declarations<Declaration.Data>())
        {
            var own = program.Models.Select(m => (Model: m, Spec: DataSpecParser.Parse(declaration, ModelTargets.Of(m)))).ToList();
            pairs.AddRange(own.Where(o => o.Spec.Value is not null).Select(o => new ModelChoice(o.Model, o.Spec.Value)));
            if (own.Exists(o => o.Spec.Value is not null)) continue;
            found.AddRange(own is [var only] ? only.Spec.Diagnostics
                : own.Count == 0 ? DataSpecParser.Parse(declaration).Diagnostics
                : [FitsNone(declaration, own.ConvertAll(o => (o.Model, declaration, o.Spec.Diagnostics)))]);
        }
        return (pairs.ToEqArray(), found.ToEqArray());
    }

    private static Diagnostic FitsNone(Declaration.Data data, List<(CheckedModel Model, Declaration.Data Data, EqArray<Diagnostic> Why)> attempts) =>
        new(WorkflowCodes.DataFitsNoModel, $"the data '{data.Name}' fits no model", data.NameSpan)
        {
            Notes = attempts.Where(a => a.Data == data).Select(a => new DiagnosticNote($"not '{a.Model.Name}': {string.Join("; ", a.Why.Map(d => d.Message))}", a.Model.Span)).ToEqArray(),
            Hint = "data fits a model if it binds every argument, and otherwise only sites of the model",
        };

    private static string Example(CheckedModel model)
    {
        var names = model.Arguments.Select(a => a.Name).Concat(model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Name).TakeLast(1));
        return string.Join("; ", names.Select(n => $"{n} = column \"{n}\""));
    }

    private static SourceSpan Whole(SourceText source) => new(source, 0, Math.Min(1, source.Text.Length));

    private static Checked<ModelChoice> Fail(DiagnosticCode code, string message, SourceSpan span, string hint) => new(null, [new Diagnostic(code, message, span) { Hint = hint }]);
}
