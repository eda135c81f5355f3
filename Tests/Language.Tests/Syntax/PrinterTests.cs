using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

public class PrinterTests
{
    [Fact]
    public void Parsing_what_is_printed_gives_the_tree_again()
    {
        for (var seed = 0; seed < 4_000; seed++)
        {
            var program = new AstGenerator(new Random(seed)).Program();
            var text = AstPrinter.Print(program);
            var read = Parser.Parse(new SourceText("printed.prob", text));
            Assert.True(read.Diagnostics.IsEmpty, $"seed {seed}\n{text}\n{DiagnosticRenderer.Render(read.Diagnostics)}");
            Assert.True(program == read.Program, $"seed {seed}\n{text}\nwas read as\n{AstPrinter.Print(read.Program)}");
            Assert.Equal(text, AstPrinter.Print(read.Program));
        }
    }

    [Theory]
    [InlineData("(a + b) * c", "(a + b) * c")]
    [InlineData("(a * b) + c", "a * b + c")]
    [InlineData("a - (b - c)", "a - (b - c)")]
    [InlineData("(a - b) - c", "a - b - c")]
    [InlineData("a ** (b ** c)", "a ** b ** c")]
    [InlineData("(a ** b) ** c", "(a ** b) ** c")]
    [InlineData("(-a) ** b", "(-a) ** b")]
    [InlineData("-(a ** b)", "-(a ** b)")]
    [InlineData("f (-1) (- x.[0])", "f -1 -x.[0]")]
    [InlineData("f (-(g x))", "f (-g x)")]
    [InlineData("(f x) y", "f x y")]
    [InlineData("f (g x)", "f (g x)")]
    [InlineData("(f x).[0]", "(f x).[0]")]
    [InlineData("x |> (f >> g)", "x |> f >> g")]
    [InlineData("(x |> f) >> g", "(x |> f) >> g")]
    [InlineData("(fun x -> x) |> g", "(fun x -> x) |> g")]
    [InlineData("g <| x", null)]
    [InlineData("x |> (fun y -> y)", "x |> fun y -> y")]
    [InlineData("((a, b), c)", "((a, b), c)")]
    [InlineData("(if a then b else c) + 1", "(if a then b else c) + 1")]
    [InlineData("(1).x", "(1).x")]
    [InlineData("(X).x", "(X).x")]
    [InlineData("X.x", "X.x")]
    [InlineData("1e+3", "1000.0")]
    [InlineData("1e-3", "0.001")]
    [InlineData("5.", "5.0")]
    [InlineData("1e300", "1e300")]
    public void Parentheses_stand_only_where_they_are_needed(string text, string? printed)
    {
        if (printed is null) Assert.NotEmpty(Read.Diagnostics("let it = " + text));
        else Assert.Equal(printed, AstPrinter.Print(Read.Expression(text)));
    }

    [Fact]
    public void Declarations_of_one_kind_on_one_line_stay_together()
    {
        const string Text = "module M\n\nopen A\nopen B\n\n/// Doc.\nlet f x = x\n\nmodel m = prob {\n    return 1\n}\n\nguide g = normal on \"*.w\", delta\nguide h = normal\n\ninfer i = vi g { steps = 3 }\n";
        Assert.Equal(Text, AstPrinter.Print(Read.Program(Text)));
    }

    [Fact]
    public void Long_chains_print_without_recursion()
    {
        var chain = string.Join(" + ", Enumerable.Repeat("x", 10_000));
        Assert.Equal(chain, AstPrinter.Print(Read.Expression(chain)));
        var powers = string.Join(" ** ", Enumerable.Repeat("x", 10_000));
        Assert.Equal(powers, AstPrinter.Print(Read.Expression(powers)));
    }
}
