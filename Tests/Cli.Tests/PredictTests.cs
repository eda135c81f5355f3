namespace ProbNet.Cli.Tests;

/// <summary><c>probnet predict</c> and <c>probnet eval</c>: from the run folder alone, the numbers of the fit, bit for bit.</summary>
public sealed class PredictTests
{
    private static Workplace Fitted(string example, params string[] more)
    {
        var place = new Workplace(example);
        Workplace.Run(["fit", place.At(example, example + ".prob"), "--out", place.At("run"), .. more]).Ended(ExitCode.Ok);
        return place;
    }

    [Theory]
    [InlineData("iris", "iris.csv", "epochs=10", "single")]
    [InlineData("linear_regression", "cars.csv", "steps=300", "single")]
    [InlineData("linear_regression", "cars.csv", "steps=300", "double")]
    public void PredictingTheSameFileGivesTheNumbersOfTheFit(string example, string csv, string length, string precision)
    {
        using var place = Fitted(example, "--set", length, "--precision", precision, "--seed", "5", "--draws", "37");
        var data = place.At("data.csv");
        File.Move(place.At(example, csv), data);
        Directory.Delete(place.At(example), recursive: true);
        var predicted = Workplace.Run("predict", place.At("run"), "--data", data).Ended(ExitCode.Ok).Out.Split('\n');
        var written = File.ReadAllText(place.At("run", "predictions.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(written.Length > 5);
        Assert.Subset(predicted.ToHashSet(), written.ToHashSet());
    }

    [Fact]
    public void AnotherSeedOrNumberOfDrawsGivesOtherNumbers()
    {
        using var place = Fitted("iris", "--set", "epochs=3");
        string Predict(params string[] more) => Workplace.Run(["predict", place.At("run"), "--data", place.At("iris", "iris.csv"), .. more]).Ended(ExitCode.Ok).Out;
        Assert.Equal(Predict(), Predict("--seed", "0", "--draws", "100", "--threads", "1"));
        Assert.NotEqual(Predict(), Predict("--seed", "1"));
        Assert.NotEqual(Predict(), Predict("--draws", "10"));
    }

    [Fact]
    public void OutcomesMayBeAbsent()
    {
        using var place = Fitted("iris", "--set", "epochs=3");
        var data = place.Write("new.csv", "petal_width,petal_length,sepal_width,sepal_length\n0.2,1.4,3.5,5.1\n1.8,5.1,3.0,5.9\n");
        var lines = Workplace.Run("predict", place.At("run"), "--data", data).Ended(ExitCode.Ok).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("row,predicted,entropy,mutualInformation,p.setosa,p.versicolor,p.virginica", lines[0]);
        Assert.Equal(3, lines.Length);
        Workplace.Run("eval", place.At("run"), "--data", data).Ended(ExitCode.Data).Says("no outcomes", "'species'");
    }

    [Fact]
    public void TheOutputGoesToAFile()
    {
        using var place = Fitted("iris", "--set", "epochs=2");
        var text = Workplace.Run("predict", place.At("run"), "--data", place.At("iris", "iris.csv")).Ended(ExitCode.Ok).Out;
        var outcome = Workplace.Run("predict", place.At("run"), "--data", place.At("iris", "iris.csv"), "--out", place.At("p.csv")).Ended(ExitCode.Ok);
        Assert.Equal(text, File.ReadAllText(place.At("p.csv")));
        Assert.Contains("150 predictions", outcome.Out);
    }

    [Fact]
    public void JsonListsTheRows()
    {
        using var place = Fitted("linear_regression", "--set", "steps=100");
        var json = Workplace.Run("predict", place.At("run"), "--data", place.At("linear_regression", "cars.csv"), "--json").Ended(ExitCode.Ok).Json;
        var rows = json["predictions"]!.AsArray();
        Assert.Equal(50, rows.Count);
        Assert.Equal((2, 2.0), ((int)rows[0]!["row"]!, (double)rows[0]!["y"]!["observed"]!));
        Assert.True((double)rows[0]!["y"]!["q0.025"]! < (double)rows[0]!["y"]!["q0.975"]!);
        var (total, aleatoric, epistemic) = ((double)rows[7]!["y"]!["sd"]!, (double)rows[7]!["y"]!["aleatoricSd"]!, (double)rows[7]!["y"]!["epistemicSd"]!);
        Assert.Equal(total * total, aleatoric * aleatoric + epistemic * epistemic, 1e-9 * total * total);
    }

    [Fact]
    public void EvalGivesTheMetricsOfTheFitForTheSameRows()
    {
        // Without held-out rows all rows are training rows.
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "heldOut = 0.2; validation = 0.1; seed = 7", "");
        var fit = Workplace.Run("fit", place.At("iris", "iris.prob"), "--out", place.At("run"), "--set", "epochs=3", "--json").Ended(ExitCode.Ok).Json;
        var eval = Workplace.Run("eval", place.At("run"), "--data", place.At("iris", "iris.csv"), "--json").Ended(ExitCode.Ok).Json;
        Assert.Equal(fit["metrics"]!["train"]!.ToJsonString(), eval["metrics"]!["test"]!.ToJsonString());
        Assert.Contains("accuracy", Workplace.Run("eval", place.At("run"), "--data", place.At("iris", "iris.csv")).Ended(ExitCode.Ok).Out);
    }

    [Fact]
    public void AnUnknownClassIsNamedWithItsLine()
    {
        using var place = Fitted("iris", "--set", "epochs=2");
        place.Edit("iris/iris.csv", "4.7,3.2,1.3,0.2,setosa", "4.7,3.2,1.3,0.2,setosaa");
        Workplace.Run("predict", place.At("run"), "--data", place.At("iris", "iris.csv")).Ended(ExitCode.Data).Says("PN0617", "line 4", "'setosaa'", "'setosa'");
    }

    [Theory]
    [InlineData("sepal_length,sepal_width,petal_length\n1,2,3\n", "petal_width")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3\n", "line 2")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,nan\n", "line 2")]
    [InlineData("sepal_length,sepal_width,petal_length,petal_width\n", "no data rows")]
    [InlineData("", "empty")]
    public void BadFilesAreExplained(string csv, string message)
    {
        using var place = Fitted("iris", "--set", "epochs=1");
        var data = place.Write("bad.csv", csv);
        foreach (var verb in new[] { "predict", "eval" }) Workplace.Run(verb, place.At("run"), "--data", data).Ended(ExitCode.Data).Says(message, "bad.csv");
        Workplace.Run("predict", place.At("run"), "--data", place.At("none.csv")).Ended(ExitCode.Data).Says("none.csv");
    }

    [Fact]
    public void ADamagedRunIsRefused()
    {
        using var place = Fitted("iris", "--set", "epochs=1");
        Outcome Predict() => Workplace.Run("predict", place.At("run"), "--data", place.At("iris", "iris.csv"));
        var posterior = File.ReadAllBytes(place.At("run", "posterior.safetensors"));
        File.WriteAllBytes(place.At("run", "posterior.safetensors"), posterior[..^7]);
        Predict().Ended(ExitCode.Data).Says("posterior.safetensors", "truncated");
        posterior[^3] ^= 1;
        File.WriteAllBytes(place.At("run", "posterior.safetensors"), posterior);
        Predict().Ended(ExitCode.Data).Says("posterior.safetensors", "damaged");
        File.Delete(place.At("run", "posterior.safetensors"));
        Predict().Ended(ExitCode.Data).Says("no posterior.safetensors");
        var info = File.ReadAllText(place.At("run", "run.json"));
        File.WriteAllText(place.At("run", "run.json"), info[..(info.Length / 2)]);
        Predict().Ended(ExitCode.Data).Says("run.json");
        File.Delete(place.At("run", "run.json"));
        Predict().Ended(ExitCode.Data).Says("no run.json");
        Directory.Delete(place.At("run"), recursive: true);
        Predict().Ended(ExitCode.Data).Says("there is no run folder");
        File.WriteAllText(place.At("run"), "x");
        Predict().Ended(ExitCode.Data).Says("not a run folder");
    }
}
