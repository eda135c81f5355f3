using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Static arguments with defaults and settings, modules in other files, and compositions.</summary>
public sealed class StaticArgumentTests
{
    private const string Sized = """
        model sized (x : real[n, d]) (units : int = 2 * d) (widths : list = [5; 3]) (wide : bool = true) (act : string = "relu") = prob {
            let! h = x |> dense units
            let! out = (if act = "relu" then relu h else tanh h) |> mlp relu (widths @ [1])
            let! y = normal out.[*, 0] (if wide then 10.0 else 1.0)
            return y
        }
        """;

    [Fact]
    public void Defaults_hold_unless_they_are_set()
    {
        Assert.Equal(["h.w : real[d, 2*d]", "out.first.w : real[2*d, 5]", "out.rest.0.w : real[5, 3]"], Weights(Checked(Sized)).Take(3));
        var set = Checked(Sized, ("units", "7"), ("widths", "[2 .. 3]"));
        Assert.Equal(["h.w : real[d, 7]", "out.first.w : real[7, 2]", "out.rest.0.w : real[2, 3]", "out.rest.1.w : real[3, 1]"], Weights(set));
        Assert.Equal([("units", "7", true), ("widths", "[2 .. 3]", true), ("wide", "true", false), ("act", "\"relu\"", false)], set.Models[0].StaticArguments.Select(a => (a.Name, a.Value, a.IsSet)));
    }

    [Theory]
    [InlineData("units", "7.5")]
    [InlineData("widths", "3")]
    [InlineData("wide", "1")]
    [InlineData("act", "relu")]
    public void A_setting_of_another_kind_is_told(string name, string value) => Assert.Equal("PN0512", Assert.Single(Checked(Sized, (name, value)).Diagnostics).Code.Id);

    [Fact]
    public void Modules_are_found_by_name_and_only_definitions_come_from_them()
    {
        var loader = ModuleLoader.Of(
        [
            new SourceText("base.prob", "let unit = 2.0\nlet hidden = 1.0\n"),
            new SourceText("p.prob", "module Priors\nopen Base\nlet wide shape = normal 0.0 unit |> iid shape\nlet unit = 3.0\nmodel inner [n] = normal 0.0 1.0 |> iid [n]\n"),
        ]);
        var program = Checker.Check(new SourceText("m.prob", "open Priors\nmodel m (x : real[n]) = prob {\n    let! w = wide [3]\n    let! y = normal (x * sum w * Base.hidden) unit\n    return y\n}\n"), new CheckOptions { Loader = loader });
        Assert.Empty(program.Diagnostics);
        Assert.Equal(["m"], program.Models.Select(m => m.Name));
        Assert.Equal(["base.prob", "p.prob"], program.Imported.Select(s => s.Name));
        // The names that an opened module opens are not its own.
        var leaky = Checker.Check(new SourceText("m.prob", "open Priors\nlet a = hidden\n"), new CheckOptions { Loader = loader });
        Assert.Equal("PN0301", Assert.Single(leaky.Diagnostics).Code.Id);
    }

    [Theory]
    [InlineData("(f >=> g) >=> h")]
    [InlineData("f >=> (g >=> h)")]
    [InlineData("f >=> fg")]
    public void Sites_of_a_composition_do_not_depend_on_its_grouping(string composition)
    {
        var program = Checked($$"""
            let f = dense 5
            let g = dense 3
            let h x = normal x 1.0
            let fg = g >=> h
            model m (x : real[n, 4]) = prob {
                let! y = x |> ({{composition}})
                return y
            }
            """);
        Assert.Equal(["y.0.w : real[4, 5]", "y.0.b : real[5]", "y.1.w : real[5, 3]", "y.1.b : real[3]", "y : real[n, 3]"], program.Models[0].Sites.Select(s => $"{s.Name} : {s.Type}"));
    }

    private static IEnumerable<string> Weights(CheckedProgram program) => program.Models[0].Sites.Where(s => s.Name.EndsWith(".w", StringComparison.Ordinal)).Select(s => $"{s.Name} : {s.Type}");

    private static CheckedProgram Checked(string text, params (string Name, string Value)[] settings) => Checker.Check(new SourceText("test.prob", text), new CheckOptions
    {
        Settings = settings.ToDictionary(s => s.Name, s => ((Declaration.Let)Parser.Parse(new SourceText("--set", $"let {s.Name} = {s.Value}")).Program.Declarations[0]).Binding.Body),
    });
}
