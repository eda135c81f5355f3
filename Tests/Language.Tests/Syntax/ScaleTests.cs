using System.Diagnostics;
using System.Text;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

public class ScaleTests
{
    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static ParseResult Parse(string text) => Parser.Parse(new SourceText("test.prob", text));

    /// <summary>Ways to nest, by depth.</summary>
    public static TheoryData<string> Nestings => new(["parentheses", "lists", "records", "functions", "choices", "blocks", "prob", "powers", "indexes", "calls"]);

    private static string Nest(string way, int n, string bottom = "1") => "let deep = " + way switch
    {
        "parentheses" => Repeat("(1 + ", n) + bottom + Repeat(")", n),
        "lists" => Repeat("[", n) + bottom + Repeat("]", n),
        "records" => Repeat("{ a = ", n) + bottom + Repeat(" }", n),
        "functions" => Repeat("fun x -> ", n) + bottom,
        "choices" => Repeat("if a then ", n) + bottom + Repeat(" else 2", n),
        "blocks" => Repeat("let a = ", n) + bottom + Repeat(" in a", n),
        "prob" => Repeat("prob { return ", n) + bottom + Repeat(" }", n),
        "powers" => Repeat("2 ** -(", n) + bottom + Repeat(")", n),
        "indexes" => Repeat("x.[", n) + bottom + Repeat("]", n),
        "calls" => Repeat("f (g ", n) + bottom + Repeat(")", n),
        _ => throw new ArgumentException(way),
    };

    [Theory]
    [MemberData(nameof(Nestings))]
    public void A_thousand_levels_parse_and_print(string way)
    {
        var result = Parse(Nest(way, 1000));
        Assert.True(result.Diagnostics.IsEmpty, DiagnosticRenderer.Render(result.Diagnostics));
        Assert.Equal(result.Program, Read.Program(AstPrinter.Print(result.Program)));
    }

    [Theory]
    [MemberData(nameof(Nestings))]
    public void Deeper_nesting_is_refused_and_costs_its_declaration_only(string way)
    {
        foreach (var n in new[] { 1_300, 50_000 })
        {
            var result = Parse("let a = 1\n" + Nest(way, n) + "\nlet b = 2\n");
            Assert.Equal("PN0111", Assert.Single(result.Diagnostics).Code.Id);
            Assert.Equal(2, result.Program.Declarations.Count);
            Assert.Equal(["deep"], result.BrokenNames);
        }
    }

    [Theory]
    [MemberData(nameof(Nestings))]
    public void A_fault_at_the_bottom_of_a_deep_nest_is_found_at_once(string way)
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal("PN0205", Assert.Single(Parse(Nest(way, 1000, "a $ 1")).Diagnostics).Code.Id);
        Assert.True(watch.Elapsed.TotalSeconds < 20, $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("+")]
    [InlineData("**")]
    [InlineData("|>")]
    [InlineData(">=>")]
    public void Ten_thousand_terms_parse_compare_and_hash(string op)
    {
        var text = "let long = " + string.Join($" {op} ", Enumerable.Range(0, 10_000).Select(i => $"x{i}"));
        var (a, b) = (Read.Program(text), Read.Program(text));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, Read.Program(text + "1"));
    }

    [Theory]
    [InlineData("a + ")]
    [InlineData("a ** ")]
    [InlineData("-")]
    [InlineData("not ")]
    [InlineData("if a then b elif ")]
    public void Longer_chains_are_refused(string piece)
    {
        var text = piece.StartsWith("if", StringComparison.Ordinal) ? "if a then b " + Repeat("elif a then b ", 20_000) + "else c" : Repeat(piece, 20_000) + "a";
        Assert.Equal("PN0111", Assert.Single(Parse("let long = " + text).Diagnostics).Code.Id);
    }

    // Twice the input may cost at most thrice the time; a quadratic parser takes four times as long. Medians and retries allow for a busy machine.
    [Fact]
    public void Time_is_linear_in_length()
    {
        var one = string.Concat(GoodPrograms.All.Select(p => p.Text.Replace("module ", "// ")));
        var shapes = new Func<int, string>[]
        {
            n => Repeat(one, n),
            n => "let a = " + string.Join(" + ", Enumerable.Repeat("f x.[0] (g y)", 300 * n)) + "\n",
            n => "let a = [" + Repeat("{ b = 1; c = [2; 3] }\n   ", 300 * n) + "]\n",
            n => "let a = f" + Repeat("(b)", 300 * n) + "\n",
            n => Repeat("let broken = (1 +\n\n", 100 * n),
            n => "let a = prob {\n" + Repeat("    let! x = f x\n", 300 * n) + "    return x\n}\n",
        };
        foreach (var shape in shapes)
        {
            Parse(shape(4));
            var ratio = 0.0;
            for (var attempt = 0; attempt < 6; attempt++)
            {
                ratio = Median(shape(16)) / Median(shape(8));
                if (ratio < 3) break;
            }
            Assert.True(ratio < 3, $"{ratio} for {shape(1)[..40]}");
        }

        static double Median(string text)
        {
            var times = Enumerable.Range(0, 5).Select(_ =>
            {
                var watch = Stopwatch.StartNew();
                Parse(text);
                return watch.Elapsed.TotalMilliseconds;
            }).Order().ToArray();
            return times[2];
        }
    }
}
