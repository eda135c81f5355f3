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

/// <summary><c>probnet fit FILE</c>: runs an inference algorithm on a model and its data, and writes a run folder; <c>--resume RUN</c> goes on with a fit that was stopped.</summary>
internal static class FitVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var file = new Argument<string?>("FILE") { Description = "the program, a .prob file", Arity = ArgumentArity.ZeroOrOne };
        var (model, infer, data, set) = (SharedOptions.Model(), SharedOptions.Infer(), SharedOptions.DataPaths(), SharedOptions.Set());
        var (backend, seed, precision, draws, threads, json) =
            (new BackendOptions(), SharedOptions.Seed(), SharedOptions.Precision(), SharedOptions.Draws("100"), SharedOptions.Threads(), SharedOptions.Json());
        var (limit, every) = (SharedOptions.MemoryLimit(), SharedOptions.CheckpointEvery());
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "the run folder to write [default: runs/FILE-INFER]" };
        var resume = new Option<string?>("--resume") { HelpName = "RUN", Description = "go on with the fit of a run folder that was stopped, instead of beginning one" };
        var command = new Command("fit", "Fit a model to its data, tell how well it predicts, and write a run folder. Ctrl-C stops it so that it can go on later.")
        {
            file, infer, model, data, set, backend.Backend, backend.Compute, seed, precision, output, draws, threads, limit, every, resume, json,
        };
        command.SetAction(p => Run(terminal, stop, new(p.GetValue(file), p.GetValue(resume), p.GetValue(model), p.GetValue(infer), p.GetRequiredValue(data), p.GetRequiredValue(set),
            backend.Read(p), p.GetValue(seed), p.GetValue(precision), p.GetValue(output), p.GetValue(draws), p.GetValue(threads), p.GetValue(limit), p.GetValue(every), p.GetValue(json))));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, FitWords words)
    {
        var clock = Stopwatch.StartNew();
        if (words.Resume is { } run && !CheckpointFile.Exists(run)) return Ended(terminal, run, words.Json);
        var job = FitJob.Of(terminal, words);
        var (program, infer, asked, place) = (job.Program, job.Infer, job.Asked, job.Place);
        CheckPlace(place);
        if (job.State.Steps == 0 && CheckpointFile.Exists(place))
            terminal.Err.WriteLine($"note: '{place}' holds a fit that was stopped; this one begins anew and takes its place (probnet fit --resume {place} goes on with it)");
        var checkpoints = new Checkpointing(place, new(() => Checkpointing.Describe(job.Written, program, infer, asked)), job.State,
            fault => terminal.Err.WriteLine($"warning: {fault}; the fit goes on without"));
        var backend = job.Backend;
        var progress = new Progress(terminal, Epochs(infer.Algorithm, program), job.Epochs);
        RunDefaults.GiveBackReading();
        var fit = new FitRequest(program.Model, program.Training, backend, asked.Seed)
        {
            Memory = MemoryBudget.OfProcess(asked.MemoryLimit),
            Report = new(asked.Draws, program.Data.Training.Lines.Count + program.Data.Validation.Lines.Count + program.Data.HeldOut.Lines.Count),
            Validation = program.Validation,
            Threads = words.Threads ?? 0,
            Progress = record => progress.Report(RunWriting.InFileUnits([record], program.Data.Preprocessing)[0]),
            Cancel = stop,
            Checkpoints = new(phase => checkpoints.Save(phase, job.Every is not null)) { Epochs = job.Every?.Epochs, Time = job.Every?.Time },
            Resume = job.State,
        };
        if (!words.Json) terminal.Out.WriteLine(FitText.Heading(program, infer, asked.Seed));
        if (!words.Json && job.State.Steps > 0) terminal.Out.WriteLine($"going on after {Numbers.Of((int)Math.Min(job.State.Steps, int.MaxValue), "step")}");
        var begun = Stopwatch.GetTimestamp();
        var outcome = Fit();
        progress.Done();
        return outcome switch
        {
            FitOutcome.Refused refused => throw new CommandFailure(ExitCode.Of(refused.Diagnostics), "", null, refused.Diagnostics),
            FitOutcome.Failed failed => Fail(failed),
            FitOutcome.Fitted { Result.Stop: StopReason.Cancelled } => throw Stopped(),
            FitOutcome.Fitted fitted => Finish(fitted.Result),
            _ => throw new UnreachableException(),
        };

        FitOutcome Fit()
        {
            try
            {
                fit = Choices.Required(terminal, Teaching.Prepare(job.Written, program, infer, asked.Folder, fit));
                return infer.Algorithm.Fit(fit);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw Stopped();
            }
        }

        int Finish(FitResult result)
        {
            Messages.Write(terminal, result.Warnings);
            var (report, info) = Save(result, place);
            if (words.Json) terminal.Out.WriteLine(FitJson.Of(info, program, result, report, place));
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
            if (stop.IsCancellationRequested) throw Stopped();
            var report = FitReport.Of(program, result, backend, asked.Draws, asked.Seed, words.Threads ?? 0);
            if (stop.IsCancellationRequested) throw Stopped();
            var timing = new RunTiming(result.Timing.Compile.TotalMilliseconds, clock.Elapsed.TotalMilliseconds + job.EarlierMs, result.Steps > 0 ? result.Timing.StepsPerSecond : null, RunDefaults.PeakMemory(), infer.Algorithm.Forecast(fit).Value?.Peak)
            {
                FirstStepMs = result.Steps > 0 && job.State.Steps == 0 ? (RunDefaults.SinceStart() - Stopwatch.GetElapsedTime(begun) + result.Timing.Compile).TotalMilliseconds : null,
            };
            var info = RunWriting.Describe(job.Written, program, infer, result, report,
                new(RunDefaults.Version, DateTimeOffset.UtcNow, asked.Seed, asked.Draws, asked.Backend, timing) { Compute = asked.Compute });
            RunWriting.Write(folder, info, result, report);
            return (report, info);
        }

        CommandFailure Stopped()
        {
            checkpoints.WriteEnded();
            return checkpoints.Fault is { } fault ? new(ExitCode.InputOutput, $"stopped, and nothing was saved: {fault}")
                : !checkpoints.HasWritten ? new(ExitCode.Interrupted, "stopped; nothing was written")
                : new(ExitCode.Interrupted, $"stopped after {Numbers.Of((int)Math.Min(checkpoints.Steps, int.MaxValue), "step")}; probnet fit --resume {place} goes on");
        }
    }

    // A run that is not there, or damaged, is told as such.
    private static int Ended(Terminal terminal, string run, bool json)
    {
        var ended = RunFolder.Read(run).Info.Ended ?? RunWriting.Name(StopReason.Completed);
        if (!json) terminal.Out.WriteLine($"the fit of '{run}' has ended ({ended}): there is nothing to go on with");
        else
        {
            terminal.Out.WriteLine(Json.Text(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("run", run);
                writer.WriteString("ended", ended);
                writer.WriteEndObject();
            }));
        }
        return ExitCode.Ok;
    }

    // Before a long fit, not after it.
    private static void CheckPlace(string place)
    {
        if (string.IsNullOrWhiteSpace(place)) throw CommandFailure.Usage("--out names no folder");
        RunFolder.CheckPlace(place);
        RunFolder.Recover(place);
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
