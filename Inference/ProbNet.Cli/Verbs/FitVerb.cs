using System.CommandLine;
using System.Diagnostics;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet fit FILE</c>: runs an inference algorithm on a model and its data, and writes a run folder.</summary>
internal static class FitVerb
{
    private sealed record Request(
        string File, string? Model, string? Infer, Dictionary<string, string> Data, Dictionary<string, string> Set, string Backend, long Seed, DType Precision,
        string? Out, int Draws, int Threads, long? MemoryLimit, bool Json);

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var (file, model, infer, data, set) = (SharedOptions.File(), SharedOptions.Model(), SharedOptions.Infer(), SharedOptions.DataPaths(), SharedOptions.Set());
        var (backend, seed, precision, draws, threads, json) =
            (SharedOptions.Backend(), SharedOptions.Seed(), SharedOptions.Precision(), SharedOptions.Draws("100"), SharedOptions.Threads(), SharedOptions.Json());
        var limit = SharedOptions.MemoryLimit();
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "the run folder to write [default: runs/FILE-INFER]" };
        var command = new Command("fit", "Fit a model to its data, tell how well it predicts, and write a run folder.")
        {
            file, infer, model, data, set, backend, seed, precision, output, draws, threads, limit, json,
        };
        command.SetAction(p => Run(terminal, stop, new(p.GetRequiredValue(file), p.GetValue(model), p.GetValue(infer), p.GetRequiredValue(data), p.GetRequiredValue(set),
            p.GetValue(backend) ?? Backends.Names[0], p.GetValue(seed) ?? 0, p.GetValue(precision) ?? DType.F32, p.GetValue(output), p.GetValue(draws) ?? RunDefaults.Draws, p.GetValue(threads) ?? 0, p.GetValue(limit), p.GetValue(json))));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, Request request)
    {
        var clock = Stopwatch.StartNew();
        var file = ProgramFile.Read(request.File);
        var checkedProgram = file.Check(terminal, request.Model, request.Set);
        var infer = Choices.Infer(terminal, checkedProgram, request.Infer, request.Set, request.Model);
        var program = Choices.Bind(terminal, checkedProgram, file.Folder, request.Model, request.Data, request.Precision);
        var place = request.Out ?? Path.Combine("runs", $"{file.Name}-{infer.Name}");
        CheckPlace(place);
        var backend = Backends.Named(request.Backend);
        var progress = new Progress(terminal, Epochs(infer.Algorithm, program));
        RunDefaults.GiveBackReading();
        var fit = new FitRequest(program.Model, program.Training, backend, request.Seed)
        {
            Memory = MemoryBudget.OfProcess(request.MemoryLimit),
            Report = new(request.Draws, program.Data.Training.Lines.Count + program.Data.Validation.Lines.Count + program.Data.HeldOut.Lines.Count),
            Validation = program.Validation,
            Threads = request.Threads,
            Progress = record => progress.Report(RunWriting.InFileUnits([record], program.Data.Preprocessing)[0]),
            Cancel = stop,
        };
        if (!request.Json) terminal.Out.WriteLine(FitText.Heading(program, infer, request.Seed));
        var begun = Stopwatch.GetTimestamp();
        var outcome = infer.Algorithm.Fit(fit);
        progress.Done();
        stop.ThrowIfCancellationRequested();
        return outcome switch
        {
            FitOutcome.Refused refused => throw new CommandFailure(ExitCode.Of(refused.Diagnostics), "", null, refused.Diagnostics),
            FitOutcome.Failed failed => Fail(failed),
            FitOutcome.Fitted fitted => Finish(fitted.Result),
            _ => throw new UnreachableException(),
        };

        int Finish(FitResult result)
        {
            Messages.Write(terminal, result.Warnings);
            var (report, info) = Save(result, place);
            if (request.Json) terminal.Out.WriteLine(FitJson.Of(info, program, result, report, place));
            else FitText.Write(terminal, info, program, result, report, place);
            return ExitCode.Ok;
        }

        int Fail(FitOutcome.Failed failed)
        {
            // Beside the place of the run, so that an earlier good one is not replaced.
            var kept = failed.LastGood.Steps > 0 ? place + "-last-good" : null;
            if (kept is not null) Save(failed.LastGood, kept);
            throw new CommandFailure(ExitCode.Numerical, failed.Failure.ToString(),
                $"{failed.Failure.Hint}{(kept is null ? "" : $"; the last good state was kept in '{kept}'")}");
        }

        (FitReport, RunInfo) Save(FitResult result, string folder)
        {
            var report = FitReport.Of(program, result.Posterior, backend, request.Draws, request.Seed, request.Threads);
            stop.ThrowIfCancellationRequested();
            var timing = new RunTiming(result.Timing.Compile.TotalMilliseconds, clock.Elapsed.TotalMilliseconds, result.Steps > 0 ? result.Timing.StepsPerSecond : null, RunDefaults.PeakMemory(), infer.Algorithm.Forecast(fit).Value?.Peak)
            {
                FirstStepMs = result.Steps > 0 ? (RunDefaults.SinceStart() - Stopwatch.GetElapsedTime(begun) + result.Timing.Compile).TotalMilliseconds : null,
            };
            var info = RunWriting.Describe(checkedProgram, program, infer, result, report,
                new(RunDefaults.Version, DateTimeOffset.UtcNow, request.Seed, request.Draws, backend.Name, timing));
            RunWriting.Write(folder, info, result, report);
            return (report, info);
        }
    }

    // Before a long fit, not after it.
    private static void CheckPlace(string place)
    {
        if (string.IsNullOrWhiteSpace(place)) throw CommandFailure.Usage("--out names no folder");
        RunFolder.CheckPlace(place);
        var above = Path.GetDirectoryName(Path.GetFullPath(place)) ?? throw CommandFailure.Usage($"'{place}' is no place for a run folder");
        while (!Path.Exists(above)) above = Path.GetDirectoryName(above)!;
        try
        {
            var probe = Directory.CreateDirectory(Path.Combine(above, $".{Path.GetRandomFileName()}"));
            probe.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.BadData($"no run folder can be made at '{place}': {e.Message}");
        }
    }

    // For the progress line; an algorithm without epochs is told by its steps.
    private static int Epochs(Algorithm algorithm, BoundProgram program)
    {
        int? Value(string option) => algorithm.Options.FirstOrDefault(o => o.Name == option)?.Get(algorithm) is Inference.Options.OptionValue.Integer i ? (int)i.Value : null;
        var batch = Math.Min(Value("batch") ?? program.Model.Rows, program.Model.Rows);
        var perEpoch = (program.Model.Rows + batch - 1) / batch;
        return Value("epochs") ?? (Value("steps") is { } steps ? (steps + perEpoch - 1) / perEpoch : TrainingOptions.DefaultEpochs);
    }
}
