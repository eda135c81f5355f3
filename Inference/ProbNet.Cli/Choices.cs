using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli;

/// <summary>What the command line chooses among a program's declarations; warnings are shown, errors end the command.</summary>
internal static class Choices
{
    /// <summary>The algorithm, of a declaration's name or written out; settings that are static arguments of the model are not its.</summary>
    /// <exception cref="CommandFailure">There is none such, or its options are wrong.</exception>
    public static InferChoice Infer(Terminal terminal, CheckedProgram program, string? name, Dictionary<string, string> settings, string? model = null)
    {
        var chosen = name is null ? null : InlineInfer.Find(name, [.. program.Declarations<Declaration.Infer>()]);
        // A name that means nothing is a mistake of the command line, not of a text.
        if (chosen is { Value: null, Diagnostics: [{ Span.Source: null } unknown] }) throw CommandFailure.Usage(unknown.Message, unknown.Hint);
        var declaration = chosen is null ? null : Required(terminal, chosen);
        return Required(terminal, InferChoice.Of(program, declaration, ModelSettings.Others(program, settings.Select(s => new Setting(s.Key, s.Value)).ToEqArray(), model)));
    }

    /// <summary>The model with its data read and bound.</summary>
    /// <exception cref="CommandFailure">There is none such, or the data does not fit.</exception>
    public static BoundProgram Bind(Terminal terminal, CheckedProgram program, string folder, string? model, Dictionary<string, string> data, DType precision)
    {
        var paths = DataPaths.Known(program, data);
        var choice = Required(terminal, ModelChoice.Of(program, Model(program, model), DataPaths.Chosen(program, paths)));
        return Required(terminal, BoundProgram.Read(choice, folder, paths, precision));
    }

    /// <summary>The model of a name; null without a name.</summary>
    public static CheckedModel? Model(CheckedProgram program, string? name) => Named.Find(name, program.Models, m => m.Name, "model");

    /// <summary>A value; its warnings are shown.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static T Required<T>(Terminal terminal, Checked<T> value) where T : class
    {
        if (value.Value is not { } result) throw new CommandFailure(ExitCode.Of(value.Diagnostics), "", null, value.Diagnostics);
        Messages.Write(terminal, value.Diagnostics);
        return result;
    }
}
