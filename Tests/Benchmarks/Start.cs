using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>
/// Time from the start of a published command to the end of the first training step, as the fit reports it: programs by turns, so that what else the machine does falls on all.
/// </summary>
internal static class Start
{
    private const int Rounds = 15;

    /// <summary>Runs the command at a path on the examples below a folder.</summary>
    public static int Run(string command, string examples, TextWriter output)
    {
        examples = Path.GetFullPath(examples);
        var folder = Directory.CreateTempSubdirectory("probnet-start-").FullName;
        try
        {
            var deep = Path.Combine(folder, "ten_layers.prob");
            File.WriteAllText(deep, TenLayers(Path.Combine(examples, "iris")));
            (string Name, string[] Arguments)[] programs =
            [
                ("eight schools", [Path.Combine(examples, "eight_schools", "eight_schools.prob"), "--infer", "meanField"]),
                ("iris", [Path.Combine(examples, "iris", "iris.prob"), "--infer", "flipout"]),
                ("iris, ten layers", [deep, "--infer", "flipout"]),
            ];
            var times = programs.Select(_ => new List<double>()).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < programs.Length; i++) times[i].Add(FirstStep(command, [.. programs[i].Arguments, "--out", Path.Combine(folder, $"{round}.{i}")]));
            }
            output.WriteLine(Machine.Here(null));
            output.WriteLine($"\nmilliseconds from process start to the first step, {Rounds} starts each, by turns\n| {"program",-18} | {"median",7} | {"best",7} | {"worst",7} |\n|{new string('-', 20)}|{new string('-', 8)}:|{new string('-', 8)}:|{new string('-', 8)}:|");
            for (var i = 0; i < programs.Length; i++)
            {
                var sorted = times[i].Order().ToArray();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {programs[i].Name,-18} | {sorted[Rounds / 2],7:0} | {sorted[0],7:0} | {sorted[^1],7:0} |"));
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double FirstStep(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(command, ["fit", .. arguments, "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("timing").GetProperty("firstStepMs").GetDouble();
    }

    private static string TenLayers(string iris)
    {
        var program = File.ReadAllText(Path.Combine(iris, "iris.prob")).Replace("\"iris.csv\"", $"\"{Path.Combine(iris, "iris.csv")}\"", StringComparison.Ordinal);
        int first = program.IndexOf("    let! h1", StringComparison.Ordinal), end = program.IndexOf("    let! logits", StringComparison.Ordinal);
        var layers = string.Concat(Enumerable.Range(1, 9).Select(i => $"    let! h{i} = {(i == 1 ? "x" : $"relu h{i - 1}")} |> dense 64\n"));
        return program[..first] + layers + program[end..].Replace("relu h2", "relu h9", StringComparison.Ordinal);
    }
}
