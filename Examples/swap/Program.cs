using System.Diagnostics;
using System.Globalization;
using ProbNet.Examples.Swap;

// Fits three programs by every combination of algorithm, guide and estimator that is defined, and writes README.md's tables. An argument scales the length of training.
var scale = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1;
var examples = FindExamples(AppContext.BaseDirectory) ?? FindExamples(Directory.GetCurrentDirectory()) ?? throw new DirectoryNotFoundException("run this inside the repository");
var runs = Directory.CreateTempSubdirectory("probnet-swap-").FullName;
var tables = new List<string>();
foreach (var subject in Subject.All)
{
    // Programs are named from the folder of examples, so that no message holds a path of this machine.
    var swap = new Swap(Run, "", runs);
    var results = new List<Result>();
    foreach (var cell in Cell.All)
    {
        var result = swap.Run(subject, cell, scale);
        results.Add(result);
        Console.WriteLine($"{subject.Name}: {cell}: {(result.Refusal is { } why ? $"not defined: {why}" : string.Join(", ", result.Metrics.Where(m => m.Key is "accuracy" or "rmse" or "nll").Select(m => FormattableString.Invariant($"{m.Key} {m.Value:F3}"))))}");
    }
    tables.Add(Page.Table(subject, results));
}
Directory.Delete(runs, recursive: true);
var page = Path.Combine(examples, "swap", "README.md");
if (scale == 1) File.WriteAllText(page, Page.With(File.ReadAllText(page), string.Join("\n", tables)));
else Console.WriteLine(string.Join("\n", tables));

Printed Run(string[] arguments)
{
    var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), .. arguments]) { WorkingDirectory = examples, RedirectStandardOutput = true, RedirectStandardError = true };
    using var process = Process.Start(start)!;
    var err = process.StandardError.ReadToEndAsync();
    var text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return new(process.ExitCode, text, err.Result);
}

static string? FindExamples(string from)
{
    for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        if (File.Exists(Path.Combine(folder.FullName, "ProbNet.sln"))) return Path.Combine(folder.FullName, "Examples");
    return null;
}
