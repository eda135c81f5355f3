using System.Text.Json.Nodes;

namespace ProbNet.Cli.Tests;

/// <summary><c>probnet fit</c>: what it prints, what it writes, and that the same command gives the same bits.</summary>
public sealed class FitTests
{
    private static Outcome Fit(Workplace place, string example, string run, params string[] more) =>
        Workplace.Run(["fit", place.At(example, example + ".prob"), "--out", place.At(run), .. more]).Ended(ExitCode.Ok);

    private static byte[] File(Workplace place, string run, string name) => System.IO.File.ReadAllBytes(place.At(run, name));

    [Fact]
    public void JsonHasMetricsTimingAndTheRun()
    {
        using var place = new Workplace("iris");
        var outcome = Fit(place, "iris", "run", "--set", "epochs=40", "--set", "earlyStop=40", "--set", "optimizer=adam 1e-2", "--json", "--seed", "3");
        var json = outcome.Json;
        Assert.Equal(("iris", "flipout", "vi", "flowers", 3, "single", "completed"), ((string)json["model"]!, (string)json["infer"]!, (string)json["algorithm"]!, (string)json["data"]!,
            (int)json["seed"]!, (string)json["precision"]!, (string)json["ended"]!));
        Assert.Equal((105, 15, 30), ((int)json["rows"]!["train"]!, (int)json["rows"]!["validation"]!, (int)json["rows"]!["test"]!));
        foreach (var set in new[] { "train", "validation", "test" })
        {
            var metrics = json["metrics"]![set]!.AsObject();
            Assert.Equal(["accuracy", "nll", "ece", "brier", "entropy", "mutualInformation"], metrics.Select(m => m.Key));
            Assert.InRange((double)metrics["accuracy"]!, 0, 1);
            Assert.InRange((double)metrics["entropy"]!, (double)metrics["mutualInformation"]!, Math.Log(3));
        }
        foreach (var field in new[] { "stepsPerSecond", "compileMs", "firstStepMs", "totalMs" }) Assert.True((double)json["timing"]![field]! > 0, field);
        Assert.True((double)json["timing"]!["totalMs"]! > (double)json["timing"]!["compileMs"]!);
        Assert.True((double)json["timing"]!["firstStepMs"]! > (double)json["timing"]!["compileMs"]!);
        Assert.Equal(30, json["pairs"]!.AsArray().Sum(p => (int)p!["rows"]!));
        Assert.Equal(place.At("run"), (string)json["run"]!);
        Assert.StartsWith("{", outcome.Out);
        Assert.Contains("epoch", outcome.Err);
    }

    [Fact]
    public void TheRunFolderIsCompleteAndNothingElseIsLeft()
    {
        using var place = new Workplace("iris");
        Fit(place, "iris", "out/run", "--set", "epochs=5", "--set", "earlyStop=3");
        Assert.Equal(["out", "out/run", "out/run/metrics.csv", "out/run/posterior.safetensors", "out/run/predictions.csv", "out/run/run.json"], place.Everything().Where(p => !p.StartsWith("iris")));
        var info = JsonNode.Parse(File(place, "out/run", "run.json"))!;
        Assert.Equal(("iris", "flipout", 100, "5"), ((string)info["model"]!, (string)info["infer"]!, (int)info["draws"]!, (string)info["options"]!["epochs"]!));
        Assert.Contains("dense 64", (string)info["sources"]![0]!["text"]!);
        var metrics = System.IO.File.ReadAllLines(place.At("out", "run", "metrics.csv"));
        Assert.Equal("epoch,elbo,expectedLogLikelihood,kl,predictiveEntropy,validationNll,validationAccuracy", metrics[0]);
        Assert.Equal(6, metrics.Length);
        var predictions = System.IO.File.ReadAllLines(place.At("out", "run", "predictions.csv"));
        Assert.Equal("row,observed,predicted,entropy,mutualInformation,p.setosa,p.versicolor,p.virginica", predictions[0]);
        Assert.Equal(31, predictions.Length);
    }

    [Fact]
    public void ARunReplacesAnEarlierOne()
    {
        using var place = new Workplace("coin");
        Fit(place, "coin", "run", "--set", "steps=5", "--seed", "1");
        Fit(place, "coin", "run", "--set", "steps=5", "--seed", "2");
        Assert.Equal(2, (int)JsonNode.Parse(File(place, "run", "run.json"))!["seed"]!);
        Assert.Equal(["run", "run/metrics.csv", "run/posterior.safetensors", "run/predictions.csv", "run/run.json"], place.Everything().Where(p => !p.StartsWith("coin")));
    }

    [Theory]
    [InlineData("iris", "epochs=3")]
    [InlineData("eight_schools", "steps=20")]
    public void OneThreadAndTwoGiveTheSameBits(string example, string length)
    {
        using var place = new Workplace(example);
        Fit(place, example, "one", "--set", length, "--threads", "1");
        Fit(place, example, "two", "--set", length, "--threads", "2");
        foreach (var name in new[] { "posterior.safetensors", "predictions.csv", "metrics.csv" }) Assert.Equal(File(place, "one", name), File(place, "two", name));
    }

    [Fact]
    public void TheSeedMatters()
    {
        using var place = new Workplace("coin");
        Fit(place, "coin", "a", "--set", "steps=5", "--seed", "1");
        Fit(place, "coin", "b", "--set", "steps=5", "--seed", "2");
        Fit(place, "coin", "c", "--set", "steps=5", "--seed", "1");
        Assert.NotEqual(File(place, "a", "posterior.safetensors"), File(place, "b", "posterior.safetensors"));
        Assert.Equal(File(place, "a", "posterior.safetensors"), File(place, "c", "posterior.safetensors"));
    }

    [Fact]
    public void SettingsOverrideTheDeclaration()
    {
        using var place = new Workplace("iris");
        Fit(place, "iris", "run", "--infer", "shared", "--set", "steps=7", "--set", "optimizer=sgd 0.5", "--set", "guide=delta", "--set", "batch=20");
        var options = JsonNode.Parse(File(place, "run", "run.json"))!["options"]!;
        Assert.Equal(("7", "20", "delta"), ((string)options["steps"]!, (string)options["batch"]!, (string)options["guide"]!));
        Assert.Null(options["epochs"]);
        Assert.StartsWith("sgd { rate = 0.5", (string)options["optimizer"]!);
    }

    [Fact]
    public void DoublePrecisionIsKept()
    {
        using var place = new Workplace("linear_regression");
        var json = Fit(place, "linear_regression", "run", "--set", "steps=10", "--precision", "double", "--json").Json;
        Assert.Equal("double", (string)json["precision"]!);
        Assert.Contains("\"dtype\":\"F64\"", System.Text.Encoding.Latin1.GetString(File(place, "run", "posterior.safetensors")));
        Workplace.Run("eval", place.At("run"), "--data", place.At("linear_regression", "cars.csv")).Ended(ExitCode.Ok);
    }

    [Fact]
    public void AnotherFileCanBeGiven()
    {
        using var place = new Workplace("coin");
        var other = place.Write("other.csv", "heads\n1\n1\n1\n");
        var json = Fit(place, "coin", "run", "--set", "steps=5", "--data", "flips=" + other, "--json").Json;
        Assert.Equal(3, (int)json["rows"]!["train"]!);
    }

    [Fact]
    public void MetricsOfAStandardisedTargetAreInItsOwnUnits()
    {
        using var place = new Workplace("linear_regression");
        var json = Fit(place, "linear_regression", "scaled", "--infer", "map", "--set", "steps=2000", "--json").Json;
        place.Edit("linear_regression/linear_regression.prob", "y = column \"distance\" |> standardize", "y = column \"distance\"");
        place.Edit("linear_regression/linear_regression.prob", "normal 0.0 10.0", "normal 40.0 250.0");
        place.Edit("linear_regression/linear_regression.prob", "normal 0.0 2.5", "normal 0.0 63.0");
        place.Edit("linear_regression/linear_regression.prob", "exponential 1.0", "exponential 0.04");
        var plain = Fit(place, "linear_regression", "plain", "--infer", "map", "--set", "steps=20000", "--set", "optimizer=adam 0.1", "--json").Json;
        // The priors say nearly the same in both units, so the fits agree; in standardised units rmse would be 25 times smaller and nll 3.2 lower.
        foreach (var metric in new[] { "rmse", "nll" })
        {
            var (a, b) = ((double)json["metrics"]!["test"]![metric]!, (double)plain["metrics"]!["test"]![metric]!);
            Assert.True(Math.Abs(a - b) < 0.05 * Math.Abs(b), $"{metric}: {a} and {b}");
        }
    }

    [Fact]
    public void ValidationOfAnEpochIsInTheTargetsUnitsToo()
    {
        using var place = new Workplace("linear_regression");
        place.Edit("linear_regression/linear_regression.prob", "heldOut = 0.2", "heldOut = 0.2; validation = 0.2");
        var json = Fit(place, "linear_regression", "run", "--set", "steps=1500", "--json").Json;
        var last = System.IO.File.ReadAllLines(place.At("run", "metrics.csv"))[^1].Split(',');
        // Both average draws of nearly the same posterior; the logarithm of the scale is 3.2.
        Assert.Equal((double)json["metrics"]!["validation"]!["nll"]!, double.Parse(last[5], System.Globalization.CultureInfo.InvariantCulture), 0.5);
    }

    [Fact]
    public void PlainTextTellsMetricsSitesAndTime()
    {
        using var place = new Workplace("eight_schools");
        var text = Fit(place, "eight_schools", "run", "--set", "steps=50").Out;
        foreach (var word in new[] { "eightSchools: meanField (vi), 8 rows, seed 0", "rmse", "nll", "coverage95", "theta[0]", "theta[7]", "mu", "tau", "95 %", "compile", "steps/s", "peak memory", "run folder:" })
            Assert.Contains(word, text);
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public void ClassesHaveATableOfPairs()
    {
        using var place = new Workplace("iris");
        var text = Fit(place, "iris", "run", "--set", "epochs=30", "--set", "optimizer=adam 1e-2").Out;
        Assert.Contains("uncertainty by pair", text);
        Assert.Matches(@"versicolor\s+virginica\s+\d+\s", text);
    }

    [Fact]
    public void ANumericalFailureNamesTheSiteAndItsLine()
    {
        using var place = new Workplace("linear_regression");
        var outcome = Workplace.Run("fit", place.At("linear_regression", "linear_regression.prob"), "--out", place.At("run"), "--set", "optimizer=sgd 1e20", "--set", "steps=200");
        outcome.Ended(ExitCode.Numerical).Says("is not finite", "linear_regression.prob:", "epoch", "step");
        Assert.False(Directory.Exists(place.At("run")));
    }
}
