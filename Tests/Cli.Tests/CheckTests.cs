namespace ProbNet.Cli.Tests;

/// <summary><c>probnet check</c>.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData("iris")]
    [InlineData("eight_schools")]
    [InlineData("linear_regression")]
    [InlineData("coin")]
    public void TheExamplesHaveNoErrors(string example)
    {
        using var place = new Workplace(example);
        var outcome = Workplace.Run("check", place.At(example, example + ".prob")).Ended(ExitCode.Ok);
        Assert.Contains("no errors", outcome.Out);
        Assert.Equal("", outcome.Err);
    }

    [Fact]
    public void Settings_that_no_method_takes_are_told()
    {
        using var place = new Workplace("iris");
        var path = place.At("iris", "iris.prob");
        Workplace.Run("check", path, "--set", "nosuch=1").Ended(1).Says("nosuch");
        Workplace.Run("check", path, "--set", "epochs=-1").Ended(1).Says("epochs");
        Workplace.Run("check", path, "--set", "estimator=local").Ended(0);
    }

    [Fact]
    public void AnErrorIsShownWithItsSourceLine()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "relu h1 |> dense 64", "rellu h1 |> dense 64");
        var outcome = Workplace.Run("check", place.At("iris", "iris.prob")).Ended(ExitCode.Diagnostics).Says("PN0301", "iris.prob:6:15", "let! h2 = rellu h1 |> dense 64", "^^^^^", "relu");
        Assert.Equal("", outcome.Out);
    }

    [Fact]
    public void JsonListsTheDiagnostics()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "relu h1 |> dense 64", "rellu h1 |> dense 64");
        var json = Workplace.Run("check", place.At("iris", "iris.prob"), "--json").Ended(ExitCode.Diagnostics).Json;
        Assert.False((bool)json["ok"]!);
        var first = json["diagnostics"]!.AsArray()[0]!;
        Assert.Equal(("PN0301", "error", 6, 15), ((string)first["code"]!, (string)first["severity"]!, (int)first["line"]!, (int)first["column"]!));
    }

    [Fact]
    public void JsonOfAGoodProgramIsAnEmptyList()
    {
        using var place = new Workplace("coin");
        var json = Workplace.Run("check", place.At("coin", "coin.prob"), "--json").Ended(ExitCode.Ok).Json;
        Assert.True((bool)json["ok"]!);
        Assert.Empty(json["diagnostics"]!.AsArray());
    }

    [Fact]
    public void SizesThatOnlyTheDataKnowsAreChecked()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "\"petal_length\"; \"petal_width\"]", "\"petal_length\"]");
        Workplace.Run("check", place.At("iris", "iris.prob")).Ended(ExitCode.Diagnostics).Says("PN0505", "4", "3");
    }

    [Fact]
    public void DataThatIsNotThereIsNoError()
    {
        using var place = new Workplace("iris");
        File.Delete(place.At("iris", "iris.csv"));
        Workplace.Run("check", place.At("iris", "iris.prob")).Ended(ExitCode.Ok).Says("note: the data 'flowers' is not there");
    }

    [Fact]
    public void DataGivenOnTheCommandLineMustBeThere()
    {
        using var place = new Workplace("iris");
        Workplace.Run("check", place.At("iris", "iris.prob"), "--data", "flowers=" + place.At("none.csv")).Ended(ExitCode.Data).Says("none.csv");
    }

    [Fact]
    public void AMisspeltInferOptionIsFound()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "estimator = flipout", "estimatr = flipout");
        Workplace.Run("check", place.At("iris", "iris.prob")).Ended(ExitCode.Diagnostics).Says("PN0701", "'estimatr'", "did you mean 'estimator'?");
    }

    [Fact]
    public void AMisspeltAlgorithmIsFound()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "infer map       = map", "infer map       = mapp");
        Workplace.Run("check", place.At("iris", "iris.prob")).Ended(ExitCode.Diagnostics).Says("PN0706", "'mapp'", "did you mean 'map'?");
    }

    [Fact]
    public void DataThatFitsNoModelSaysWhatIsMissing()
    {
        using var place = new Workplace("linear_regression");
        place.Edit("linear_regression/linear_regression.prob", "y = column \"distance\"", "distance = column \"distance\"");
        Workplace.Run("check", place.At("linear_regression", "linear_regression.prob")).Ended(ExitCode.Diagnostics).Says("no argument or site 'distance'");
    }

    [Fact]
    public void AnEmptyFileHasNoErrors()
    {
        using var place = new Workplace();
        Workplace.Run("check", place.Write("empty.prob", "")).Ended(ExitCode.Ok);
        Workplace.Run("fit", place.At("empty.prob")).Ended(ExitCode.Diagnostics).Says("declares no model");
    }
}
