using System.Globalization;
using System.Text.RegularExpressions;

namespace ProbNet.Cli.Tests;

/// <summary><c>spec/tutorial.md</c>: its files are written, its commands run, and they print what the page shows.</summary>
public sealed partial class TutorialTests : IDisposable
{
    private readonly Workplace _place = new("iris");

    public TutorialTests()
    {
        File.Copy(_place.At("iris", "iris.csv"), _place.At("iris.csv"));
        foreach (var block in Blocks())
        {
            if (block.Language == "csv") _place.Write(block.Tag, block.Text);
            else if (block is { Language: "prob", Tag: "ok" } && Module().Match(block.Text) is { Success: true } module) _place.Write(module.Groups[1].Value.ToLowerInvariant() + ".prob", block.Text);
        }
    }

    private sealed record Block(string Language, string Tag, string Text);

    [Fact]
    public void Commands_print_what_the_page_shows()
    {
        var commands = Blocks().Where(b => b.Language == "console").ToList();
        Assert.Equal(13, commands.Count);
        foreach (var command in commands)
        {
            var lines = command.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith("$ probnet ", lines[0]);
            Shows(lines[1..], Run(lines[0]["$ probnet ".Length..].Split(' ')), lines[0]);
        }
    }

    [Fact]
    public void Posteriors_are_those_that_are_known()
    {
        // Beta(9, 5), as 7 heads in 10 flips give: the best normal on the log-odds is a little off.
        Component("coin", "chance", 9.0 / 14, 0.015, Math.Sqrt(9 * 5 / (14.0 * 14 * 15)), 0.015);
        // Least squares; the priors are far wider than the posterior, whose standard deviation is about 0.04.
        Component("growth", "slope", 0.4550, 0.02, 0.038, 0.012);
        // The centres that the rows were made about, to three standard errors.
        Component("waits", "centre[0]", 2.0, 0.35, 0.075, 0.03);
        Component("waits", "centre[1]", 5.0, 0.5, 0.16, 0.06);
        Component("genes", "effect[1]", 2.0, 0.3, 0.07, 0.06);
        Component("genes", "effect[3]", 0.0, 0.15, 0.05, 0.06);
    }

    public void Dispose() => _place.Dispose();

    private void Component(string program, string site, double mean, double meanOff, double sd, double sdOff)
    {
        var json = Workplace.Run("fit", _place.At(program + ".prob"), "--out", _place.At("json"), "--json").Ended(ExitCode.Ok).Json;
        var row = json["posterior"]!.AsArray().Single(r => (string)r!["site"]! == site)!;
        Assert.InRange((double)row["mean"]!, mean - meanOff, mean + meanOff);
        Assert.InRange((double)row["sd"]!, sd - sdOff, sd + sdOff);
    }

    // Commands run beside the files; what they write goes there too.
    private string[] Run(string[] words)
    {
        var args = words.Select(w => w.StartsWith("runs/", StringComparison.Ordinal) || File.Exists(_place.At(w)) ? _place.At(w) : w).ToList();
        if (words[0] == "fit")
        {
            var infer = words.SkipWhile(w => w != "--infer").Skip(1).FirstOrDefault() ?? InferName().Match(File.ReadAllText(args[1])).Groups[1].Value;
            args.AddRange(["--out", _place.At("runs", $"{Path.GetFileNameWithoutExtension(words[1])}-{infer}")]);
        }
        return Workplace.Run([.. args]).Ended(ExitCode.Ok).Out.Split('\n').Select(l => l.TrimEnd().Replace(_place.Folder + Path.DirectorySeparatorChar, "")).ToArray();
    }

    private static void Shows(string[] shown, string[] printed, string command)
    {
        var at = 0;
        var skips = false;
        foreach (var line in shown)
        {
            if (line == "…")
            {
                skips = true;
                continue;
            }
            while (at < printed.Length && !Like(line, printed[at]) && (skips || printed[at].Length == 0)) at++;
            Assert.True(at < printed.Length && Like(line, printed[at]), $"{command} does not print\n{line}\nbut\n{string.Join('\n', printed)}");
            at++;
            skips = false;
        }
    }

    private static bool Like(string shown, string printed)
    {
        var (a, b) = (Words(shown), Words(printed));
        return a.Length == b.Length && a.Zip(b).All(p => p.First == p.Second || (Number(p.First) is { } x && Number(p.Second) is { } y && Math.Abs(x - y) <= 0.06 + 0.1 * Math.Abs(x)));
    }

    private static string[] Words(string line) => line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    private static double? Number(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IEnumerable<Block> Blocks()
    {
        var lines = File.ReadAllLines(Path.Combine(Workplace.Root, "spec", "tutorial.md"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var (end, words) = (Array.IndexOf(lines, "```", i + 1), lines[i][3..].Split(' ', 2));
            yield return new Block(words[0], words.Length > 1 ? words[1] : "", string.Join('\n', lines[(i + 1)..end]) + "\n");
            i = end;
        }
    }

    [GeneratedRegex(@"^module (\w+)")]
    private static partial Regex Module();

    [GeneratedRegex(@"\binfer (\w+)")]
    private static partial Regex InferName();
}
