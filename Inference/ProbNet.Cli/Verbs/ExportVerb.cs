using System.CommandLine;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Export;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet export RUN --format torchscript</c>: a fitted model as a file that another program predicts with.</summary>
internal static class ExportVerb
{
    private const string Frozen = "frozen", Inside = "inside";

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var run = SharedOptions.Run();
        var format = SharedOptions.Word("--format", "torchscript", "the kind of file: torchscript, an archive for torch.jit.load of Python and C++, which needs nothing of ProbNet", "torchscript", ["torchscript"]);
        var draws = SharedOptions.Draws("as in the fit");
        var seed = SharedOptions.Seed("as in the fit");
        var sampling = SharedOptions.Word("--sampling", $"{Inside}|{Frozen}",
            $"where draws are made: {Inside} the archive, with the numbers that predict draws; or here, {Frozen} in the archive, each one function of the inputs, as predict --shared-draws has them", Inside, [Inside, Frozen]);
        var limit = SharedOptions.SizeLimit();
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "the file to write [default: RUN.pt]" };
        var json = SharedOptions.Json();
        var command = new Command("export", "Write a fitted model as an archive that torch.jit.load reads: raw columns in, predictions with their uncertainty out.") { run, format, draws, seed, sampling, limit, output, json };
        command.SetAction(p =>
        {
            var folder = p.GetRequiredValue(run);
            var saved = SavedRun.Read(folder);
            var options = new ExportOptions
            {
                Draws = p.GetValue(draws) ?? saved.Info.Draws ?? RunDefaults.Draws, Seed = p.GetValue(seed) ?? saved.Info.Seed,
                Source = p.GetValue(sampling) == Frozen ? DrawSource.Frozen : DrawSource.Inside,
            };
            if (p.GetValue(limit) is { } most) options = options with { MostBytes = most };
            return Run(terminal, stop, saved, options, p.GetValue(output) ?? Path.TrimEndingDirectorySeparator(folder) + ".pt", p.GetValue(json));
        });
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, SavedRun run, ExportOptions options, string path, bool json)
    {
        var library = Library();
        Messages.Write(terminal, run.Warnings);
        var program = Exporter.Run(run, options, Backends.Default) switch
        {
            Exporting.Done done => done.Program,
            Exporting.Refused(var reason, var hint) => throw CommandFailure.BadData($"the run cannot be exported: {reason}", hint),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        stop.ThrowIfCancellationRequested();
        var module = ExportedModule.Of(program, run);
        ResultFile.Write(path, file =>
        {
            TorchArchive.Write(library, module, file);
            stop.ThrowIfCancellationRequested();
        });
        if (json) terminal.Out.WriteLine(ExportJson.Of(program, module, path));
        else Tell(terminal, program, path);
        return ExitCode.Ok;
    }

    // Only libtorch writes what it reads.
    private static ShimRuntime Library()
    {
        switch (TorchLibrary.Open(TorchLibrary.Probe()))
        {
            case TorchOpening.Opened opened:
                return opened.Runtime;
            case TorchOpening.Failed(var fault):
                var tried = fault.Places.Map(p => $"\nnote: {p.Origin}, {p.Path}: {p.Found}");
                throw CommandFailure.Usage($"archives are written by libtorch, which cannot be had: {fault.Message}{string.Concat(tried)}", fault.Remedy.ToString());
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Tell(Terminal terminal, PredictiveProgram program, string path)
    {
        terminal.Out.WriteLine($"{path}: {Numbers.Of(program.Draws, "draw")} {(program.Source == DrawSource.Frozen ? "frozen in it" : "made inside it")}, {PlanText.Bytes(program.Bytes)} of values");
        var arguments = program.Inputs.Select(i => $"{i.Name} [{string.Join(", ", i.Inner.Select(d => $"{d}").Prepend("n"))}] of {(i.Columns.Count > 4 ? $"{i.Columns.Count} columns" : string.Join(", ", i.Columns))}");
        terminal.Out.WriteLine($"takes {(program.Inputs.IsEmpty ? "the number of rows" : string.Join("; ", arguments))}{(program.TakesSeed ? "; seed" : "")}");
        terminal.Out.WriteLine($"gives {string.Join(", ", program.Outputs.Select(o => o.Name))}");
    }
}
