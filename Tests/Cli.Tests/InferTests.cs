using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Tests;

/// <summary><c>probnet infer</c>: what there is to choose from, and the options of each.</summary>
public sealed class InferTests
{
    [Fact]
    public void The_list_has_a_line_for_everything()
    {
        var list = Workplace.Run("infer", "--list").Ended(ExitCode.Ok);
        Assert.Equal(list.Out, Workplace.Run("infer").Ended(ExitCode.Ok).Out);
        var lines = list.Out.Split('\n');
        foreach (var component in Catalogue.Registries.SelectMany(r => r.Components))
        {
            Assert.Contains(lines, l => l.StartsWith($"  {component.Name} ", StringComparison.Ordinal) && component.Doc.StartsWith(l[$"  {component.Name} ".Length..].Trim(), StringComparison.Ordinal));
        }
        Assert.All(lines, l => Assert.InRange(l.Length, 0, 100));
    }

    [Fact]
    public void A_page_has_paper_options_defaults_and_an_example()
    {
        foreach (var (registry, component) in Catalogue.Registries.SelectMany(r => r.Components.Select(c => (r, c))))
        {
            var page = Workplace.Run("infer", component.Name).Ended(ExitCode.Ok).Out;
            Assert.Equal(page, Workplace.Run("infer", component.Name, "--help").Ended(ExitCode.Ok).Out);
            // Wrapped lines are put together again.
            var words = string.Join(' ', page.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains($"{component.Name} ({registry.Kind})", words);
            Assert.Contains(Words($"source: {component.Source}"), words);
            foreach (var option in component.Options)
            {
                Assert.Contains(Words($"{option.Name} = {Catalogue.Default(component, option) ?? "(not set)"} {option.Doc} {option.Expects}"), words);
            }
            if (Catalogue.Example(registry, component) is { } example) Assert.Contains(Words(example), words);
        }
        Assert.Contains("probnet infer adam", Workplace.Run("infer", "vi").Out);
    }

    [Fact]
    public void Json_says_the_same()
    {
        var all = Workplace.Run("infer", "--json").Ended(ExitCode.Ok).Json["components"]!.AsArray();
        Assert.Equal(Catalogue.Registries.Sum(r => r.Components.Count), all.Count);
        var adam = Assert.Single(Workplace.Run("infer", "adam", "--json").Ended(ExitCode.Ok).Json["components"]!.AsArray())!;
        Assert.Equal(("adam", "optimiser", "rate", "0.001", "a number above 0"), ((string)adam["name"]!, (string)adam["kind"]!,
            (string)adam["options"]![0]!["name"]!, (string)adam["options"]![0]!["default"]!, (string)adam["options"]![0]!["expects"]!));
        Assert.Equal("optimiser", (string)Workplace.Run("infer", "vi", "--json").Json["components"]![0]!["options"]!.AsArray().Single(o => (string)o!["name"]! == "optimizer")!["choices"]!);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest()
    {
        Workplace.Run("infer", "adma").Ended(ExitCode.Usage).Says("'adma'", "did you mean 'adam'?");
        Workplace.Run("infer", "zzzzzz", "--help").Ended(ExitCode.Usage).Says("probnet infer --list");
        Workplace.Run("infer", "adam", "--list").Ended(ExitCode.Usage).Says("--list");
        Workplace.Run("infer", "adam", "--lsit").Ended(ExitCode.Usage).Says("did you mean '--list'?");
        Assert.Contains("Usage", Workplace.Run("infer", "--help").Ended(ExitCode.Ok).Out);
    }

    private static string Words(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
