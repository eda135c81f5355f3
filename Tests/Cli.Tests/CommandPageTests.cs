using ProbNet.Cli.Output;
using ProbNet.Cli.Verbs;

namespace ProbNet.Cli.Tests;

/// <summary><c>spec/cli.md</c> names every verb with all its options, and every exit code.</summary>
public sealed class CommandPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Workplace.Root, "spec", "cli.md"));

    [Fact]
    public void Every_verb_has_a_row_with_its_options()
    {
        var rows = Section("## Verbs").Skip(2).ToDictionary(cells => cells[1].Trim().Trim('`').Split(' ')[0], cells => cells[3].Split('`', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        using StringWriter output = new(), error = new();
        var verbs = VerbTable.All.Select(create => create(new Terminal(output, error), CancellationToken.None)).ToList();
        Assert.Equal(verbs.Select(v => v.Name), rows.Keys);
        Assert.All(verbs, verb => Assert.Equal(verb.Options.Select(o => o.Name).Order(), rows[verb.Name].Order()));
    }

    [Fact]
    public void Every_option_is_explained()
    {
        var explained = Section("## Options").Skip(2).Select(cells => cells[1].Trim().Trim('`').Split(' ')[0]).ToHashSet();
        Assert.Equal(Section("## Verbs").Skip(2).SelectMany(cells => cells[3].Split('`', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet().Order(), explained.Order());
    }

    [Fact]
    public void Every_exit_code_is_listed()
    {
        int[] codes = [ExitCode.Ok, ExitCode.Diagnostics, ExitCode.Usage, ExitCode.Data, ExitCode.Numerical, ExitCode.Device, ExitCode.Bug, ExitCode.InputOutput, ExitCode.Interrupted, ExitCode.BrokenPipe];
        Assert.Equal(codes, Section("## Exit codes").Skip(2).Select(cells => int.Parse(cells[1].Trim(), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Fields_of_json_are_named()
    {
        using var place = new Workplace("coin");
        var text = string.Join('\n', Page);
        string[][] commands = [["check", place.At("coin", "coin.prob"), "--json"], ["explain", place.At("coin", "coin.prob"), "--json"], ["fit", place.At("coin", "coin.prob"), "--set", "steps=5", "--out", place.At("run"), "--json"],
            ["predict", place.At("run"), "--data", place.At("coin", "coin.csv"), "--json"], ["prior", place.At("coin", "coin.prob"), "--draws", "5", "--json"]];
        foreach (var command in commands)
        {
            var json = Workplace.Run(command).Ended(ExitCode.Ok).Json.AsObject();
            Assert.All(json.Select(f => f.Key), field => Assert.Contains($"`{field}`", text));
        }
    }

    // The cells of the rows of the table below a heading.
    private static IEnumerable<string[]> Section(string heading) =>
        Page.SkipWhile(l => l != heading).Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal)).Where(l => l.StartsWith('|')).Select(l => l.Replace("\\|", "/").Split('|'));
}
