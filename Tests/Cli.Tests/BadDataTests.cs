namespace ProbNet.Cli.Tests;

/// <summary>Data files that are wrong: exit code 3, the file, line and column named, and no run folder, not even a half-written one.</summary>
public sealed class BadDataTests
{
    private const string Short = "epochs=2";

    private static Outcome Fit(Workplace place, params string[] more) =>
        Workplace.Run(["fit", place.At("iris", "iris.prob"), "--out", place.At("out", "run"), "--set", Short, .. more]);

    private static void NothingWritten(Workplace place) => Assert.False(Directory.Exists(place.At("out")) && Directory.EnumerateFileSystemEntries(place.At("out")).Any());

    [Fact]
    public void AMissingFile()
    {
        using var place = new Workplace("iris");
        File.Delete(place.At("iris", "iris.csv"));
        Fit(place).Ended(ExitCode.Data).Says("PN0610", "iris.csv", "iris.prob");
        NothingWritten(place);
    }

    [Fact]
    public void ADirectoryInstead()
    {
        using var place = new Workplace("iris");
        Fit(place, "--data", "flowers=" + place.Folder).Ended(ExitCode.Data).Says("PN0610", "directory");
        NothingWritten(place);
    }

    [Fact]
    public void ARaggedRow()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.csv", "4.7,3.2,1.3,0.2,setosa", "4.7,3.2,1.3,setosa");
        Fit(place).Ended(ExitCode.Data).Says("PN0614", "iris.csv, line 4", "4", "5");
        NothingWritten(place);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("abc")]
    public void ACellThatIsNoNumber(string cell)
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.csv", "4.7,3.2,1.3,0.2,setosa", $"4.7,{cell},1.3,0.2,setosa");
        Fit(place).Ended(ExitCode.Data).Says("PN0616", "line 4", "'sepal_width'");
        NothingWritten(place);
    }

    [Fact]
    public void AMissingColumn()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.csv", "petal_width,", "petal_breadth,");
        Fit(place).Ended(ExitCode.Data).Says("PN0613", "petal_width", "iris.csv");
        NothingWritten(place);
    }

    [Fact]
    public void TooManyClasses()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.csv", "4.7,3.2,1.3,0.2,setosa", "4.7,3.2,1.3,0.2,germanica");
        Fit(place).Ended(ExitCode.Data).Says("PN0618", "4 classes");
        NothingWritten(place);
    }

    [Fact]
    public void AFileWithoutRows()
    {
        using var place = new Workplace("iris");
        place.Write("iris/iris.csv", "sepal_length,sepal_width,petal_length,petal_width,species\n");
        Fit(place).Ended(ExitCode.Data).Says("PN0611", "iris.csv");
        NothingWritten(place);
    }

    [Fact]
    public void AValueOutsideTheSupport()
    {
        using var place = new Workplace("coin");
        place.Write("coin/coin.csv", "heads\n1\n0\n2\n");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--out", place.At("out", "run")).Ended(ExitCode.Data).Says("heads", "2");
        NothingWritten(place);
    }

    [Fact]
    public void AnOutputPlaceThatIsTaken()
    {
        using var place = new Workplace("iris");
        place.Write("out/run/thesis.tex", "precious");
        Fit(place).Ended(ExitCode.Data).Says("thesis.tex", "no run folder");
        Assert.Equal("precious", File.ReadAllText(place.At("out", "run", "thesis.tex")));
        Assert.Single(Directory.EnumerateFileSystemEntries(place.At("out")));
    }

    [Fact]
    public void AnUnknownDataName()
    {
        using var place = new Workplace("iris");
        Fit(place, "--data", "flower=" + place.At("iris", "iris.csv")).Ended(ExitCode.Usage).Says("declares no data 'flower'", "did you mean 'flowers'?");
        NothingWritten(place);
    }
}
