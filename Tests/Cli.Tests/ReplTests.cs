using ProbNet.Cli.Interaction;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Tests;

/// <summary>The dialogue, its completion and its errors.</summary>
public sealed class ReplTests
{
    [Fact]
    public void Expressions_definitions_and_types()
    {
        var (output, errors) = Say("let f x = 2.0 * x", "f 3.5", "2 + 3", "[1; 2]", "\"a\" + \"b\"", ":type normal 0.0 1.0 |> iid [3]", "transpose (broadcast [2; 3] 1.5)", "1.0 < 2.0", "let g x =", "    let y = x + 1.0", "    y * y", "", "g 2.0");
        Assert.Empty(errors);
        Assert.Equal(
            ["f : the function 'f'", "it : real = 7", "it : int = 5", "it : list = [1; 2]", "it : string = \"ab\"", "a distribution (normal) over real[3]", "it : real[3, 2] = [[1.5; 1.5]; [1.5; 1.5]; [1.5; 1.5]]", "it : bool = true", "g : the function 'g'", "it : real = 9"],
            output);
    }

    [Fact]
    public void Draws_differ_from_input_to_input_and_repeat_with_the_seed()
    {
        string[] lines = ["normal 0.0 1.0", "normal 0.0 1.0", ":seed 0", "normal 0.0 1.0", "prob {", "let! a = normal 0.0 1.0 |> iid [2]", "return (sum a, a)", "}"];
        var (output, errors) = Say(lines);
        Assert.Empty(errors);
        Assert.NotEqual(output[0], output[1]);
        Assert.Equal(output[0], output[2]);
        Assert.StartsWith("a : real[2] = [", output[3]);
        Assert.StartsWith("it.0 : real = ", output[4]);
        Assert.Equal(output, Say(lines).Output);
    }

    [Fact]
    public void A_definition_ends_where_its_bracket_closes_and_noise_is_random()
    {
        var (output, errors) = Say("let q = prob {", "    let! y = normal 0.0 1.0", "    return y", "}", ":draw 50 q", ":draw 50 dropout 0.5 (ones [1])");
        Assert.Empty(errors);
        Assert.Equal(2, output.Count(l => l.StartsWith("it: 50 draws", StringComparison.Ordinal)));
    }

    [Fact]
    public void Many_draws_are_summarised()
    {
        var (output, _) = Say(":draw 20000 normal 3.0 0.5");
        var cells = output.Single(l => l.StartsWith("  it ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // 4.9 standard errors of the mean of 20,000 draws, and the rounding to four digits.
        Assert.InRange(double.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), 3 - 0.018, 3 + 0.018);
    }

    [Fact]
    public void Mistakes_are_told_and_the_dialogue_goes_on()
    {
        var (output, errors) = Say("zeros [2] + ones [3]", "foo", "let x = ", "", ":tipe 1", ":draw 10 1.0", "1.0 + 1.0");
        Assert.Equal(["it : real = 2"], output);
        Assert.Contains("input 1:1:1", errors);
        Assert.Contains("'foo' is not defined", errors);
        Assert.Contains("did you mean ':type'", errors);
        Assert.Contains("nothing random", errors);
        Assert.Contains(":draw wants a number of draws", Say(":draw 0 normal 0.0 1.0").Errors);
        Assert.Contains(":seed wants an integer", Say(":seed x").Errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public void Shells_complete_verbs_and_options()
    {
        Assert.Contains("prior", Workplace.Run("[suggest:11]", "probnet pri").Ended(0).Out);
        Assert.Contains("--draws", Workplace.Run("[suggest:18]", "probnet prior --dr").Ended(0).Out);
        foreach (var shell in new[] { "bash", "zsh", "fish" }) Assert.Contains("[suggest:", Workplace.Run("completion", shell).Ended(0).Out);
        Workplace.Run("completion", "tcsh").Ended(2);
    }

    private static (string[] Output, string Errors) Say(params string[] lines)
    {
        using StringWriter output = new(), errors = new();
        Assert.Equal(0, new Dialogue(new Terminal(output, errors), 0, CancellationToken.None).Run(new StringReader(string.Join('\n', lines)), null));
        return (output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), errors.ToString());
    }
}
