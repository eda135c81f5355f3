using System.Collections.Immutable;
using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>Settings from outside that are static arguments of models; all others are options of the algorithm.</summary>
public static class ModelSettings
{
    /// <summary>The names that are static arguments.</summary>
    /// <param name="program">The program.</param>
    /// <param name="model">The only model to look at, or null for all.</param>
    public static EqArray<string> Names(Program program, string? model = null) =>
        program.Declarations.OfType<Declaration.Model>().Where(m => model is null || m.Name == model)
            .SelectMany(m => m.Parameters).Where(p => p.Default is not null).SelectMany(p => p.Pattern.Names()).Distinct().ToEqArray();

    /// <summary>A program checked with the settings that are its models'.</summary>
    /// <param name="source">The program.</param>
    /// <param name="loader">Where modules of other files come from.</param>
    /// <param name="settings">All settings; those that name no static argument are left to the algorithm.</param>
    /// <param name="model">The only model that is meant, or null.</param>
    public static CheckedProgram Check(SourceText source, ModuleLoader loader, EqArray<Setting> settings, string? model = null)
    {
        if (settings.IsEmpty) return Checker.Check(source, new CheckOptions { Loader = loader });
        var names = Names(Parser.Parse(source).Program, model);
        var values = ImmutableDictionary.CreateBuilder<string, Expr>();
        var found = new List<Diagnostic>();
        foreach (var setting in settings.Where(s => names.Contains(s.Name)))
        {
            var value = setting.Expression();
            found.AddRange(value.Diagnostics);
            if (value.Value is { } read) values[setting.Name] = read;
        }
        var program = Checker.Check(source, new CheckOptions { Loader = loader, Settings = values.ToImmutable() });
        var moved = program with
        {
            Diagnostics = Setting.Moved(program.Diagnostics, settings),
            ModelFaults = program.ModelFaults.ToImmutableDictionary(f => f.Key, f => Setting.Moved(f.Value, settings)),
        };
        return found.Count == 0 ? moved : moved with { Diagnostics = [.. found, .. moved.Diagnostics] };
    }

    /// <summary>The settings that are not static arguments of the program's models.</summary>
    public static EqArray<Setting> Others(CheckedProgram program, EqArray<Setting> settings, string? model = null)
    {
        var names = Names(program.Syntax, model);
        return settings.Where(s => !names.Contains(s.Name)).ToEqArray();
    }
}
