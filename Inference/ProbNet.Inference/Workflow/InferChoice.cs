using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>An algorithm with all its options.</summary>
/// <param name="Name">The name of the <c>infer</c> declaration, or of the algorithm where the program declares none.</param>
/// <param name="Algorithm">The algorithm.</param>
public sealed record InferChoice(string Name, Algorithm Algorithm)
{
    // The default method of a program that declares none.
    private const string Default = "vi";

    /// <summary>The algorithm of an <c>infer</c> declaration with some options set anew, or the diagnostics.</summary>
    /// <param name="program">The program.</param>
    /// <param name="declaration">The declaration, or null for the first; a program without any is fitted by variational inference.</param>
    /// <param name="settings">Options set from outside; they win over the declaration's.</param>
    public static Checked<InferChoice> Of(CheckedProgram program, Declaration.Infer? declaration, EqArray<Setting> settings)
    {
        var statics = ModelSettings.Names(program.Syntax);
        declaration ??= program.Declarations<Declaration.Infer>().FirstOrDefault();
        EqArray<Declaration> guides = [.. program.Declarations<Declaration.Guide>(), .. program.Declarations<Declaration.GuideProgram>()];
        var written = declaration is null ? new OptionValue.Call(Default) : OptionSyntax.Read(declaration.Algorithm, guides);
        if (written.Value is not { } value) return new(null, written.Diagnostics);
        var found = new List<Diagnostic>();
        foreach (var setting in settings)
        {
            var option = setting.Read(guides);
            found.AddRange(option.Diagnostics);
            if (option.Value is { } set && value is OptionValue.Call call) value = With(call, set);
        }
        if (found.Count > 0) return new(null, found.ToEqArray());
        var bound = AlgorithmRegistry.Algorithms.Bind(value);
        return new(bound.Value is { } algorithm ? new(declaration?.Name ?? Default, algorithm) : null, Setting.Moved(bound.Diagnostics.Map(d => Suggested(d, value, settings, statics)), settings));
    }

    // A setting may have been meant for the model: an unknown one is compared with the names of both.
    private static Diagnostic Suggested(Diagnostic diagnostic, OptionValue value, EqArray<Setting> settings, EqArray<string> statics)
    {
        if (diagnostic.Code != InferenceCodes.UnknownOption || diagnostic.Span.Source?.Name != "--set" || statics.IsEmpty || value is not OptionValue.Call call) return diagnostic;
        if (settings.FirstOrDefault(s => diagnostic.Message.EndsWith($"'{s.Name}'", StringComparison.Ordinal)) is not { } setting) return diagnostic;
        var near = Suggest.Nearest(setting.Name, (AlgorithmRegistry.Algorithms.Find(call.Name)?.Options.Map(o => o.Name) ?? []).Concat(statics));
        if (near is not null) return statics.Contains(near) ? diagnostic with { Hint = $"did you mean '{near}', an argument of the model?" } : diagnostic;
        return diagnostic with { Hint = $"{diagnostic.Hint}; arguments of the model: {string.Join(", ", statics)}" };
    }

    // The option replaces one of its name, written with or without the name; the length of a run is given in one way only.
    private static OptionValue.Call With(OptionValue.Call call, NamedOption set)
    {
        var declared = AlgorithmRegistry.Algorithms.Find(call.Name)?.Options ?? [];
        for (var i = 0; i < Math.Min(call.Arguments.Count, declared.Count); i++)
        {
            if (declared[i].Name == set.Name) return call with { Arguments = call.Arguments.SetItem(i, set.Value) };
        }
        var other = set.Name switch { "epochs" => "steps", "steps" => "epochs", _ => set.Name };
        return call with { Options = [.. call.Options.Where(o => o.Name != set.Name && o.Name != other), set] };
    }
}
