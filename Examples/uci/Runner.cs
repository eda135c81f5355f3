using System.Collections.Concurrent;
using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Examples.Uci;

/// <summary>Runs what a command line asks for, fits side by side, and writes the tables.</summary>
public static class Runner
{
    /// <summary>Runs all fits.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="output">Where tables go.</param>
    /// <param name="progress">Where a line a fit goes.</param>
    public static void Run(CommandLine line, TextWriter output, TextWriter progress)
    {
        if (line.TablesOnly)
        {
            Tables([.. ResultFile.Read(line.Out!)]);
            return;
        }
        var root = line.Data ?? Beside() ?? throw new DirectoryNotFoundException("--data FOLDER says where the data sets lie; README.md says where they come from");
        var file = line.Program ?? Path.Combine(AppContext.BaseDirectory, "uci.prob");
        var study = Plan(line, new SourceText(file, File.ReadAllText(file)));
        UciSet[] sets = [.. line.Sets.Select(s => UciSet.Read(root, s))];
        var work = from set in sets
                   from model in study.Models
                   from method in study.Methods
                   from split in set.Splits
                   where line.Splits?.Contains(split.Number) != false
                   select (set, model, method, split);
        var backend = new CpuBackend();
        var (results, at) = (new ConcurrentQueue<(int Position, Result Result)>(), new Lock());
        // Fits on one thread each: the results do not depend on how many run at a time.
        Parallel.ForEach(work.Select((w, i) => (w, i)), new ParallelOptions { MaxDegreeOfParallelism = line.Jobs }, item =>
        {
            var ((set, model, method, split), position) = item;
            try
            {
                foreach (var result in study.Run(set, split, model, method, backend, line.Validate)) Keep(position, result);
            }
            catch (Exception e) when (e is DiagnosticException or InvalidOperationException)
            {
                // One fit that cannot be done does not lose the others.
                lock (at) progress.WriteLine($"{set.Name} {split.Number} {method} {model}: {(e is DiagnosticException d ? string.Join("; ", d.Diagnostics.Map(m => m.Message)) : e.Message)}");
            }
        });
        if (results.IsEmpty) throw new InvalidDataException("nothing was fitted");
        Result[] own = [.. results.OrderBy(r => r.Position).Select(r => r.Result)];
        Tables(line.Out is { } kept ? ResultFile.Read(kept) : own);

        void Tables(IReadOnlyList<Result> found)
        {
            var on = line.Validate ? "validation" : "test";
            Result[] all = [.. found.Where(r => r.On == on)];
            output.WriteLine(ScoreTable.Of(all, s => s.LogLikelihood, on + " log-likelihood", 3, line.Validate));
            output.WriteLine(ScoreTable.Of(all, s => s.Rmse, on + " RMSE", 3, line.Validate));
            output.WriteLine(ScoreTable.Of(all, s => s.Coverage, "95 % coverage", 2, line.Validate));
            output.WriteLine(ScoreTable.Of(all, s => s.Seconds, "seconds a fit", 1, line.Validate));
        }

        void Keep(int position, Result result)
        {
            results.Enqueue((position, result));
            lock (at)
            {
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{result.Set} {result.Split} {result.Method} {result.Model} {result.Settings}: {result.On} log-likelihood {result.Scores.LogLikelihood:F3}, RMSE {result.Scores.Rmse:F3}, {result.Scores.Seconds:F1} s"));
                if (line.Out is { } path) ResultFile.Append(path, [result]);
            }
        }
    }

    private static Study Plan(CommandLine line, SourceText source)
    {
        var program = Checker.Check(source);
        if (!program.IsValid) throw new DiagnosticException(program.Diagnostics);
        EqArray<string> models = [.. line.Models ?? program.Models.Map(m => m.Name)];
        EqArray<string> methods = [.. line.Methods ?? program.Declarations<Declaration.Infer>().Select(i => i.Name)];
        var study = new Study(source, models, methods, line.Settings, line.Grid, line.Draws, line.Seed);
        // What is wrong with names and settings is found before anything runs.
        foreach (var model in models)
        {
            if (program.Models.All(m => m.Name != model)) throw new FormatException($"the program has no model '{model}'");
            foreach (var method in methods)
            {
                if (program.Declarations<Declaration.Infer>().All(i => i.Name != method)) throw new FormatException($"the program has no infer declaration '{method}'");
                foreach (var candidate in study.Candidates(method)) new Trial(source, model, method, [.. line.Settings, .. candidate]).Prepare();
            }
        }
        return study;
    }

    // The folder shared/data beside the repository that the command runs in.
    private static string? Beside()
    {
        for (var folder = Directory.GetCurrentDirectory(); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, "shared", "data"))) return Path.Combine(folder, "shared", "data");
        }
        return null;
    }
}
