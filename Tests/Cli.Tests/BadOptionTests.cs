namespace ProbNet.Cli.Tests;

/// <summary>Options of the fit that are wrong: the option named, the nearest suggested, nothing written.</summary>
public sealed class BadOptionTests
{
    [Theory]
    [InlineData("epoch=10", "PN0701", "'epoch'", "did you mean 'epochs'?")]
    [InlineData("epochs=-1", "PN0703", "epochs", "")]
    [InlineData("epochs=ten", "PN0702", "epochs", "")]
    [InlineData("optimizer=adm 1e-2", "PN0706", "'adm'", "did you mean 'adam'?")]
    [InlineData("optimizer=adam { rat = 1e-2 }", "PN0701", "'rat'", "did you mean 'rate'?")]
    [InlineData("epochs=10 +", "--set", "epochs", "")]
    [InlineData("estimator=flipot", "PN0706", "'flipot'", "did you mean 'flipout'?")]
    [InlineData("batch=0", "PN0703", "batch", "")]
    public void ABadSettingIsADiagnostic(string setting, params string[] messages)
    {
        using var place = new Workplace("iris");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--out", place.At("out", "run"), "--set", setting).Ended(ExitCode.Diagnostics).Says(messages);
        Assert.False(Directory.Exists(place.At("out")));
    }

    [Fact]
    public void AnUnknownInferIsNamedWithTheNearest()
    {
        using var place = new Workplace("iris");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "flipot").Ended(ExitCode.Usage).Says("declares no infer 'flipot'", "did you mean 'flipout'?");
        // Written out where it is chosen, an algorithm is read like a declaration.
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "mapp { epochs = 2 }").Ended(ExitCode.Usage).Says("no algorithm 'mapp'", "did you mean 'map'?");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "map { epoch = 2 }").Ended(ExitCode.Diagnostics).Says("'map' has no option 'epoch'", "did you mean 'epochs'?");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "map { epochs = 2", "--out", place.At("written")).Ended(ExitCode.Diagnostics).Says("never closed");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "vi delta { epochs = 2 }", "--out", place.At("written"), "--json").Ended(ExitCode.Ok);
        Workplace.Run("explain", place.At("iris", "iris.prob"), "--infer", "nothinglike").Ended(ExitCode.Usage).Says("it declares flipout, shared, local, map");
    }

    [Fact]
    public void AnUnknownModelIsNamedWithTheNearest()
    {
        using var place = new Workplace("iris");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--model", "irs").Ended(ExitCode.Usage).Says("declares no model 'irs'", "did you mean 'iris'?");
    }

    [Fact]
    public void GuideClausesCanBeSet()
    {
        using var place = new Workplace("iris");
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--out", place.At("run"), "--set", "epochs=1", "--set", "guide=normal on \"h*.w\", delta").Ended(ExitCode.Ok);
        Assert.Contains("on \\\"h*.w\\\", delta", File.ReadAllText(place.At("run", "run.json")));
        Workplace.Run("eval", place.At("run"), "--data", place.At("iris", "iris.csv")).Ended(ExitCode.Ok);
    }

    [Fact]
    public void AnImpossiblePlaceIsToldBeforeTheFit()
    {
        using var place = new Workplace("coin");
        var file = place.Write("file", "x");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--out", Path.Combine(file, "run")).Ended(ExitCode.Data).Says("no run folder can be made");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--out", file).Ended(ExitCode.Data).Says("is a file");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--out", "").Ended(ExitCode.Usage).Says("--out names no folder");
    }
}
