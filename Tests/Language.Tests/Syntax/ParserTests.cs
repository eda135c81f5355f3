using ProbNet.Language.Syntax;
using Xunit.Abstractions;

namespace ProbNet.Language.Tests.Syntax;

public class ParserTests(ITestOutputHelper output)
{
    [Fact]
    public void Library_examples_and_samples_parse_and_survive_printing()
    {
        if (GoodPrograms.Samples is null) output.WriteLine("no samples beside the repository: only the library and the examples are read");
        Assert.NotEmpty(GoodPrograms.All);
        foreach (var source in GoodPrograms.All)
        {
            var result = Parser.Parse(source);
            Assert.True(result.Diagnostics.IsEmpty, DiagnosticRenderer.Render(result.Diagnostics));
            Assert.NotEmpty(result.Program.Declarations);
            Assert.Equal(result.Program, Read.Program(AstPrinter.Print(result.Program)));
        }
    }

    [Fact]
    public void A_broken_declaration_costs_itself_only()
    {
        const string Text = """
            module M

            let a = 1

            let b = (a +

            model m = prob {
                let! x = normal 0.0
                return x
            }

            let c = a ==
                [a
                 1] b

            guide g = normal on 3

            /// Kept.
            infer i = map {}
            """;
        var result = Parser.Parse(new SourceText("test.prob", Text));
        Assert.Equal("M", result.Program.Module);
        Assert.Equal(["(let a 1)", "(model m [] () (prob (let! x (normal 0.0)) (return x)))", "(infer i (map {}))"], result.Program.Declarations.Select(Sexp.Of));
        Assert.Equal("Kept.", result.Program.Declarations[^1].Doc);
        Assert.Equal(["PN0108", "PN0205", "PN0201"], result.Diagnostics.Select(d => d.Code.Id));
        Assert.Equal(["b", "c", "g"], result.BrokenNames);
    }

    [Theory]
    [InlineData("let a = f ) ] ) }\n")]
    [InlineData("let a = (\n")]
    [InlineData("let a = \"x + ) ]\n")]
    [InlineData("let a = 1_0 + )\n")]
    [InlineData("x\ny = 2\n    z\nw\n")]
    [InlineData("let a =\n1\n2\n")]
    [InlineData("model m = prob {\nlet! x = f\nlet! y = g\nreturn y\n}\n")]
    [InlineData("let a = [1, 2, 3]\n")]
    [InlineData("let a = prob { x ~ f; y ~ g; return y }\n")]
    [InlineData("\tlet a = (1\n")]
    public void One_mistake_gets_one_report(string text) => Assert.Single(Read.Diagnostics(text + "\nlet fine = 1\n"));

    [Fact]
    public void Diagnostics_come_in_source_order_and_only_about_the_file()
    {
        var diagnostics = Read.Diagnostics("let a = \"x\nlet b = 1 ]\nlet c = x ~ y\nlet d = §\n");
        Assert.Equal(["PN0103", "PN0109", "PN0205", "PN0102"], diagnostics.Select(d => d.Code.Id));
        Assert.Equal(diagnostics.OrderBy(d => d.Span.Start), diagnostics);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("// only a comment")]
    [InlineData("/// only documentation\n")]
    [InlineData("(* *)")]
    public void An_empty_file_is_an_empty_program(string text)
    {
        var program = Read.Program(text);
        Assert.Null(program.Module);
        Assert.Empty(program.Declarations);
    }

    // Numbers and words are ASCII, whatever the culture says.
    [Theory]
    [InlineData("let a = ²")]
    [InlineData("let a = ½")]
    [InlineData("let a = ٣")]
    [InlineData("let a = 1,5")]
    [InlineData("let é = 1")]
    public void Other_scripts_and_cultures_are_refused(string text)
    {
        var culture = Thread.CurrentThread.CurrentCulture;
        try
        {
            var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NumberGroupSeparator = ".";
            Thread.CurrentThread.CurrentCulture = german;
            if (text.Contains(',')) Assert.Equal("(tuple 1 5)", Sexp.Of(Read.Expression("1,5")));
            else Assert.NotEmpty(Read.Diagnostics(text));
            Assert.Equal(new FloatLiteral(1.5), Read.Expression("1.5"));
            Assert.Equal("1.5", AstPrinter.Print(new FloatLiteral(1.5)));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = culture;
        }
    }
}
