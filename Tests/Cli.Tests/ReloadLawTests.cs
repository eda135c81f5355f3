using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Guides;

namespace ProbNet.Cli.Tests;

/// <summary>One artifact for all: whatever the guide family or the algorithm, a run folder alone predicts what the fit predicted, bit for bit.</summary>
public sealed class ReloadLawTests
{
    // A short run of anything; only the options that an algorithm has are set.
    private static readonly Dictionary<string, string> Short = new()
    {
        ["epochs"] = "4", ["batch"] = "50", ["burnIn"] = "1", ["every"] = "1", ["members"] = "2", ["particles"] = "3", ["cycles"] = "2", ["rank"] = "2", ["teacher"] = "map",
    };

    private static readonly (string Example, string Data)[] Models = [("iris", "iris.csv"), ("linear_regression", "cars.csv"), ("coin", "coin.csv")];

    public static TheoryData<string> Families => [.. GuideRegistry.Families.All.Select(f => f.Name)];

    public static TheoryData<string> Algorithms => [.. AlgorithmRegistry.Algorithms.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Families))]
    public void APosteriorOfAnyFamilyPredictsTheSameAfterReloading(string family) => Check("vi", [["--set", $"guide={family}"], ["--set", $"guide={family} on \"*.w\", normal"]]);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void WhatAnyAlgorithmLeavesBehindPredictsTheSameAfterReloading(string algorithm) => Check(algorithm, [[]]);

    private static void Check(string algorithm, string[][] forms)
    {
        using var place = new Workplace([.. Models.Select(m => m.Example)]);
        var options = AlgorithmRegistry.Algorithms.Find(algorithm)!.Options;
        string[] settings = [.. options.Where(o => Short.ContainsKey(o.Name)).SelectMany(o => new[] { "--set", $"{o.Name}={Short[o.Name]}" })];
        var refusals = new List<string>();
        foreach (var ((example, data), more) in Models.SelectMany(m => forms.Select(f => (m, f))))
        {
            // Families and algorithms refuse, each in its own words, models that they are not for; some families are for weights alone.
            var fit = Workplace.Run(["fit", place.At(example, example + ".prob"), "--infer", algorithm, .. settings, .. more, "--draws", "11", "--out", place.At("run")]);
            if (fit.ExitCode == ExitCode.Diagnostics) refusals.Add($"{example}: {fit.Err}");
            if (fit.ExitCode == ExitCode.Diagnostics) continue;
            fit.Ended(ExitCode.Ok);
            var predicted = Workplace.Run("predict", place.At("run"), "--data", place.At(example, data)).Ended(ExitCode.Ok).Out;
            var written = File.ReadAllText(place.At("run", RunFolder.PredictionsFile)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Subset(predicted.Split('\n').ToHashSet(), written.ToHashSet());
            // A model without held-out rows has predictions of none; its posterior is compared with itself read again.
            var read = Inference.Workflow.SavedRun.Read(place.At("run"));
            var again = new MemoryStream();
            Safetensors.Write(again, Inference.Workflow.SavedRun.Content(read.Posterior));
            Assert.Equal(File.ReadAllBytes(place.At("run", RunFolder.PosteriorFile)), again.ToArray());
            if (written.Length > 1) return;
        }
        Assert.True(refusals.Count < Models.Length * forms.Length, string.Join('\n', refusals));
    }
}
