namespace ProbNet.Cli.Tests;

/// <summary>Command lines that are wrong: exit code 2, the word named, the nearest suggested, nothing written.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("fti", "there is no command 'fti'", "did you mean 'fit'?")]
    [InlineData("chek x.prob", "there is no command 'chek'", "did you mean 'check'?")]
    [InlineData("zzzzzz", "there is no command 'zzzzzz'", "the commands are check, explain, infer, fit, predict, eval")]
    [InlineData("", "a command is needed", "probnet --help")]
    [InlineData("--jsn", "there is no option '--jsn'", "--help")]
    [InlineData("fit", "'fit' needs FILE", "probnet fit --help")]
    [InlineData("fit --infr flipout x.prob", "there is no option '--infr' of 'fit'", "did you mean '--infer'?")]
    [InlineData("fit x.prob --epochs 10", "there is no option '--epochs' of 'fit'", "--set")]
    [InlineData("fit x.prob --seed=1e3", "--seed wants an integer, not '1e3'", "")]
    [InlineData("fit x.prob --seed 99999999999999999999", "--seed wants an integer", "")]
    [InlineData("fit x.prob --seed", "--seed", "")]
    [InlineData("fit x.prob --precision half", "--precision wants single or double, not 'half'", "")]
    [InlineData("fit x.prob --backend gpu", "--backend is one of cpu, reference, torch, torch:cpu, torch:cuda, torch:cuda:N, auto, not 'gpu'; did you mean 'torch:cuda'?", "")]
    [InlineData("fit x.prob --backend cuda:1", "not 'cuda:1'; did you mean 'torch:cuda:1'?", "")]
    [InlineData("fit x.prob --backend trch", "not 'trch'; did you mean 'torch'?", "")]
    [InlineData("predict runs/x --data x.csv --backend torch:cuda:-1", "--backend is one of", "")]
    [InlineData("prior x.prob --backend torch:cuda:x", "not 'torch:cuda:x'", "")]
    [InlineData("explain x.prob --backend atuo", "did you mean 'auto'?", "")]
    [InlineData("fit x.prob --compute tf23", "--compute is one of f32, tf32, bf16, not 'tf23'; did you mean 'tf32'?", "")]
    [InlineData("fit x.prob --draws 0", "--draws wants an integer from 1, not '0'", "")]
    [InlineData("fit x.prob --threads -2", "--threads wants an integer from 1, not '-2'", "")]
    [InlineData("fit x.prob --set epochs", "--set wants name=value, not 'epochs'", "")]
    [InlineData("fit x.prob --set epochs=", "--set wants name=value, not 'epochs='", "")]
    [InlineData("fit x.prob --set epochs=1 --set epochs=2", "--set names 'epochs' twice", "")]
    [InlineData("fit x.prob --data a.csv", "--data wants name=path, not 'a.csv'", "")]
    [InlineData("fit x.prob y.prob", "'fit' has no use for 'y.prob'", "")]
    [InlineData("predict runs/x", "'predict' needs --data", "")]
    [InlineData("explain x.prob --emit grph", "--emit is one of", "did you mean 'graph'?")]
    public void AWrongCommandLineIsExplained(string words, string message, string hint)
    {
        using var place = new Workplace();
        Workplace.Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Ended(ExitCode.Usage).Says(message, hint);
        Assert.Empty(place.Everything());
    }

    [Fact]
    public void AFileThatIsNotThereIsNamedWithTheNearest()
    {
        using var place = new Workplace("coin");
        foreach (var verb in new[] { "check", "explain", "fit" })
        {
            Workplace.Run(verb, place.At("coin", "coni.prob")).Ended(ExitCode.Usage).Says("there is no file", "coni.prob", "did you mean", "coin.prob");
            Workplace.Run(verb, place.At("coin")).Ended(ExitCode.Usage).Says("is a directory", "coin.prob");
            Workplace.Run(verb, place.At("nowhere", "coin.prob")).Ended(ExitCode.Usage).Says("there is no folder");
        }
    }

    [Fact]
    public void AFileThatIsNoTextIsRefused()
    {
        using var place = new Workplace();
        File.WriteAllBytes(place.At("x.prob"), [0x6D, 0xFF, 0xFE, 0x00]);
        Workplace.Run("check", place.At("x.prob")).Ended(ExitCode.Usage).Says("not UTF-8");
    }

    [Fact]
    public void AFailureUnderJsonIsAnObject()
    {
        var outcome = Workplace.Run("fit", "nowhere.prob", "--json").Ended(ExitCode.Usage);
        Assert.Equal(ExitCode.Usage, (int)outcome.Json["error"]!["exitCode"]!);
        Assert.Contains("nowhere.prob", (string)outcome.Json["error"]!["message"]!);
    }

    [Fact]
    public void HelpListsTheVerbsAndTheirOptions()
    {
        var help = Workplace.Run("--help").Ended(ExitCode.Ok).Out;
        foreach (var verb in new[] { "check", "explain", "fit", "predict", "eval" }) Assert.Contains(verb, help);
        var fit = Workplace.Run("fit", "--help").Ended(ExitCode.Ok).Out;
        foreach (var option in new[] { "--infer", "--model", "--data", "--set", "--backend", "--seed", "--precision", "--out", "--draws", "--threads", "--json" }) Assert.Contains(option, fit);
    }
}
