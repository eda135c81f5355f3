using System.CommandLine;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet check FILE</c>: what is wrong with a program; where its data can be read, also with the data's shapes.</summary>
internal static class CheckVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var (file, paths, set, json) = (SharedOptions.File(), SharedOptions.DataPaths(), SharedOptions.Set(), SharedOptions.Json());
        var command = new Command("check", "Say what is wrong with a program, also with its data's shapes where the data can be read.") { file, paths, set, json };
        command.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(file), parsed.GetRequiredValue(paths), parsed.GetRequiredValue(set), parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, string path, Dictionary<string, string> paths, Dictionary<string, string> set, bool json)
    {
        var file = ProgramFile.Read(path);
        var program = file.Check(set, null);
        var found = program.Diagnostics.ToList();
        var notes = new List<string>();
        if (program.IsValid) Bind(program, file.Folder, DataPaths.Known(program, paths), ModelSettings.Others(program, set.Select(s => new Setting(s.Key, s.Value)).ToEqArray()), found, notes);
        var exitCode = ExitCode.Of(found.ToEqArray());
        if (json) WriteJson(terminal, program, found, exitCode);
        Messages.Write(terminal, found.ToEqArray());
        if (!json && exitCode == ExitCode.Ok) terminal.Out.WriteLine($"{path}: {Summary(program)}: no errors{(found.Count > 0 ? $", {Numbers.Of(found.Count, "warning")}" : "")}");
        foreach (var note in notes) terminal.Err.WriteLine($"note: {note}");
        return exitCode;
    }

    // Data that is not there leaves the program as good as it is: its shapes have been checked for all sizes.
    private static void Bind(CheckedProgram program, string folder, IReadOnlyDictionary<string, string> paths, EqArray<Setting> settings, List<Diagnostic> found, List<string> notes)
    {
        var (pairs, faults) = ModelChoice.All(program);
        found.AddRange(faults);
        var infers = Infers(program, settings, found);
        foreach (var pair in pairs)
        {
            var path = pair.Data!.Resolve(folder, paths);
            if (!paths.ContainsKey(pair.Data.Name) && !File.Exists(path) && !Directory.Exists(path))
            {
                notes.Add($"the data '{pair.Data.Name}' is not there ('{path}'): shapes were checked for all sizes only");
                continue;
            }
            var bound = BoundProgram.Read(pair, folder, paths, DType.F32);
            Add(found, bound.Diagnostics);
            if (bound.Value is not { } ready) continue;
            foreach (var infer in infers) Add(found, infer.Algorithm.Explain(ready.Model).Diagnostics);
        }
    }

    // A method that this ProbNet does not have leaves the model as good as it is; what looks like a slip is an error.
    private static List<InferChoice> Infers(CheckedProgram program, EqArray<Setting> settings, List<Diagnostic> found)
    {
        Declaration.Infer?[] declared = [.. program.Declarations<Declaration.Infer>()];
        // A setting may be meant for any of the methods, so it is wrong only if none takes it.
        var refused = (declared.Length == 0 ? [null] : declared).Select(d => InferChoice.Of(program, d, settings)).ToList();
        if (!settings.IsEmpty && refused.TrueForAll(r => r.Value is null)) Add(found, refused[0].Diagnostics);

        var infers = new List<InferChoice>();
        foreach (var declaration in program.Declarations<Declaration.Infer>())
        {
            var infer = InferChoice.Of(program, declaration, []);
            if (infer.Value is { } choice) infers.Add(choice);
            Add(found, infer.Diagnostics.Map(d => d.Code == InferenceCodes.UnknownName && d.Hint?.StartsWith("did you mean", StringComparison.Ordinal) != true
                ? d with { Code = WorkflowCodes.NotAvailable } : d));
        }
        return infers;
    }

    private static void Add(List<Diagnostic> found, IEnumerable<Diagnostic> more) => found.AddRange(more.Where(d => !found.Contains(d)));

    private static string Summary(CheckedProgram program) =>
        program.Models.IsEmpty ? Numbers.Of(program.Syntax.Declarations.Count, "declaration") : string.Join(", ", program.Models.Select(m =>
            $"model {m.Name} with {Numbers.Of(m.Sites.Count, "site")}"));

    private static void WriteJson(Terminal terminal, CheckedProgram program, List<Diagnostic> found, int exitCode) => terminal.Out.WriteLine(Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", program.Source.Name);
        writer.WriteBoolean("ok", exitCode == ExitCode.Ok);
        writer.WriteNumber("exitCode", exitCode);
        Json.Write(writer, "diagnostics", found);
        writer.WriteEndObject();
    }));
}
