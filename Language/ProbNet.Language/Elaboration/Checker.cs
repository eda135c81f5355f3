using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>Parses and checks programs. Pure; diagnostics are values, and no source text makes it throw.</summary>
public static class Checker
{
    /// <summary>The program of a source text, with its models checked for all sizes of their dimensions.</summary>
    /// <param name="source">The text.</param>
    /// <param name="options">Where other modules come from, and values of static arguments.</param>
    public static CheckedProgram Check(SourceText source, CheckOptions? options = null)
    {
        var parsed = Parser.Parse(source);
        return DeepStack.Run(() => Check(source, parsed, options ?? CheckOptions.Default));
    }

    private static CheckedProgram Check(SourceText source, ParseResult parsed, CheckOptions options)
    {
        var program = parsed.Program;
        var diagnostics = parsed.Diagnostics.ToList();
        diagnostics.AddRange(Duplicates(program));
        var (imports, missing) = Linker.Link(parsed, options.Loader);
        diagnostics.AddRange(missing);
        var definitions = program.Declarations.Where(d => d is Declaration.Let or Declaration.Open).ToEqArray();
        imports = imports with { Hidden = definitions.OfType<Declaration.Let>().SelectMany(l => l.Binding.Pattern.Names()).ToEqArray() };
        var needed = new Mentions.Index(definitions);
        var models = new List<CheckedModel>();
        var faults = new Dictionary<string, EqArray<Diagnostic>>();
        foreach (var declaration in program.Declarations.OfType<Declaration.Model>())
        {
            var evaluation = new ModelEvaluation(needed.NeededBy(declaration), declaration) { Imports = imports, Settings = options.Settings };
            var (model, found) = CheckedModel.Of(evaluation, declaration.Name, declaration.Doc, declaration.NameSpan);
            diagnostics.AddRange(found);
            if (model is null) faults[declaration.Name] = found;
            else if (Bindable.Check(model) is { IsEmpty: false } unbound)
            {
                diagnostics.AddRange(unbound);
                faults[declaration.Name] = unbound;
            }
            else models.Add(model);
        }
        GuidePrograms(program, needed, imports, models, faults, diagnostics);
        var alone = new Trace(null, DType.F64);
        Modules.CheckDefinitions(new Evaluator(alone), definitions, imports);
        diagnostics.AddRange(alone.Report.Diagnostics);
        // What a syntax error left out may be the use that a warning misses.
        if (!parsed.Diagnostics.IsEmpty) diagnostics.RemoveAll(d => d.Code.Severity == Severity.Warning);
        return new CheckedProgram { Source = source, Imported = imports.Modules.Map(m => m.Source), Syntax = program, Models = models.ToEqArray(), ModelFaults = faults, Diagnostics = Ordered(source, diagnostics) };
    }

    // One diagnostic for a code and place; those of other files first, each file in source order.
    private static EqArray<Diagnostic> Ordered(SourceText source, IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.DistinctBy(d => (d.Code.Id, d.Span)).OrderBy(d => d.Span.Source == source ? "" : d.Span.Source?.Name, StringComparer.Ordinal).ThenBy(d => d.Span.Start).ToEqArray();

    // Guides are checked against their models; what is wrong with a guide is a fault of its model's part of the program.
    private static void GuidePrograms(Program program, Mentions.Index needed, Imports imports, List<CheckedModel> models, Dictionary<string, EqArray<Diagnostic>> faults, List<Diagnostic> diagnostics)
    {
        var names = program.Declarations.OfType<Declaration.Model>().Select(m => m.Name).ToList();
        foreach (var declaration in program.Declarations.OfType<Declaration.GuideProgram>())
        {
            if (!names.Contains(declaration.ModelName))
            {
                var nearest = Suggest.Nearest(declaration.ModelName, names);
                diagnostics.Add(new(CheckerCodes.GuideModel, $"the guide '{declaration.Name}' is for a model '{declaration.ModelName}', which the program does not have", declaration.NameSpan)
                {
                    Hint = nearest is not null ? $"did you mean '{nearest}'?" : names.Count == 0 ? "declare the model in the same file: model name (…) = prob { … }" : $"the models are: {string.Join(", ", names)}",
                });
                continue;
            }
            var at = models.FindIndex(m => m.Name == declaration.ModelName);
            if (at < 0) continue;
            var (guide, found) = CheckedModel.Of(new GuideEvaluation(needed.NeededBy(declaration), declaration, models[at]) { Imports = imports }, declaration.Name, declaration.Doc, declaration.NameSpan);
            diagnostics.AddRange(found);
            if (guide is not null) models[at] = models[at] with { Guides = models[at].Guides.Add(new(declaration.Name, guide)) };
            else faults[declaration.ModelName] = [.. faults.GetValueOrDefault(declaration.ModelName, []), .. found];
        }
    }

    private static IEnumerable<Diagnostic> Duplicates(Program program)
    {
        var seen = new Dictionary<(string Kind, string Name), SourceSpan>();
        foreach (var declaration in program.Declarations)
        {
            // A later `let` hides an earlier one, as inside blocks; the other kinds are looked up by name from outside.
            var key = declaration switch
            {
                Declaration.Model m => ("model", m.Name),
                Declaration.Guide g => ("guide", g.Name),
                Declaration.GuideProgram g => ("guide", g.Name),
                Declaration.Infer i => ("infer", i.Name),
                Declaration.Data d => ("data", d.Name),
                _ => ("", ""),
            };
            if (key.Item1 == "" || seen.TryAdd(key, declaration.NameSpan)) continue;
            yield return new Diagnostic(CheckerCodes.DuplicateDeclaration, $"there are two {key.Item1} declarations called '{key.Item2}'", declaration.NameSpan)
            {
                Notes = [new DiagnosticNote("first declared here", seen[key])],
                Hint = "give one of them another name",
            };
        }
    }
}
