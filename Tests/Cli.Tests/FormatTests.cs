namespace ProbNet.Cli.Tests;

public sealed class FormatTests
{
    private const string Untidy = "model m [n]=prob {\n  // kept\n  let! y=normal 0.0  1.0|>iid [n]\n  return y\n}\n";

    private const string Tidy = "model m [n] = prob {\n    // kept\n    let! y = normal 0.0 1.0 |> iid [n]\n    return y\n}\n";

    [Fact]
    public void A_file_is_laid_out_in_place_once()
    {
        using var place = new Workplace();
        var path = place.Write("m.prob", Untidy);
        Assert.Contains("m.prob: formatted", Workplace.Run("format", path).Ended(0).Out);
        Assert.Equal(Tidy, File.ReadAllText(path));
        Assert.Empty(Workplace.Run("format", path).Ended(0).Out);
        Assert.Equal(["m.prob"], Directory.GetFiles(place.Folder).Select(f => Path.GetFileName(f)!));
    }

    [Fact]
    public void Check_and_stdout_change_nothing()
    {
        using var place = new Workplace();
        var path = place.Write("m.prob", Untidy);
        Assert.Contains("not laid out", Workplace.Run("format", "--check", path).Ended(1).Out);
        Assert.Equal(Tidy, Workplace.Run("format", "--stdout", path).Ended(0).Out);
        Assert.Equal(Untidy, File.ReadAllText(path));
    }

    [Fact]
    public void A_program_with_errors_stops_all_files()
    {
        using var place = new Workplace();
        var (good, bad) = (place.Write("good.prob", Untidy), place.Write("bad.prob", "model m = prob {\n    let! x =\n}\n"));
        Workplace.Run("format", good, bad).Ended(1).Says("bad.prob");
        Assert.Equal(Untidy, File.ReadAllText(good));
    }
}
