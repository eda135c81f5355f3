using System.Diagnostics;
using System.Text;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Long and deep programs through the checker and the elaborator.</summary>
public sealed class CheckScaleTests
{
    private static readonly Dictionary<string, int> Sizes = new() { ["n"] = 3 };

    public static TheoryData<string> Long => new(["+", "*", "|>", ">>", ">=>", "**", "&&"]);

    [Theory]
    [MemberData(nameof(Long))]
    public void Eight_thousand_terms_check_and_elaborate(string op)
    {
        string Chain(string term) => string.Join($" {op} ", Enumerable.Repeat(term, 8_000));
        var mean = op switch
        {
            "|>" => $"(x |> {Chain("square")})",
            ">>" => $"(x |> ({Chain("square")}))",
            ">=>" => "x",
            "&&" => $"if {Chain("x > 0.0")} then x else -x",
            _ => Chain("x"),
        };
        var draw = op == ">=>" ? $"let! z = x |> ({Chain("layer")})" : "let z = x";
        Elaborates($$"""
            let layer z = prob { return z + 1.0 }
            model m (x : real[n]) = prob {
                {{draw}}
                let! y = normal ({{mean}} + z) 1.0
                return y
            }
            """);
    }

    public static TheoryData<string> Deep => new(["parentheses", "choices", "blocks", "functions", "lists", "records", "calls", "prob"]);

    [Theory]
    [MemberData(nameof(Deep))]
    public void A_thousand_levels_check_and_elaborate(string way)
    {
        const int N = 1_000;
        string Repeat(string text) => new StringBuilder().Insert(0, text, N).ToString();
        var mean = way switch
        {
            "parentheses" => Repeat("(x + ") + "x" + Repeat(")"),
            "choices" => Repeat("if x > 0.0 then ") + "x" + Repeat(" else -x"),
            "blocks" => Repeat("let a = ") + "x" + Repeat(" in a"),
            "functions" => "(" + Repeat("fun z -> ") + "x)" + Repeat(" x"),
            "lists" => "(" + Repeat("[") + "x" + Repeat("]") + ")" + Repeat(".[0]"),
            "records" => "(" + Repeat("{ a = ") + "x" + Repeat(" }") + ")" + Repeat(".a"),
            "calls" => Repeat("square (") + "x" + Repeat(")"),
            _ => "z",
        };
        Elaborates($$"""
            model m (x : real[n]) = prob {
                let! z = {{(way == "prob" ? Repeat("prob { return! ") + "normal x 1.0" + Repeat(" }") : "normal x 1.0")}}
                let! y = normal ({{mean}}) 1.0
                return y
            }
            """);
    }

    // Twice the lines may cost at most 2.6 times the time: another try on a busy machine.
    [Fact]
    public void Checking_is_linear_in_the_number_of_declarations()
    {
        string Program(int lines)
        {
            var text = new StringBuilder("module Long\n");
            for (var i = 0; i < lines / 10; i++)
            {
                text.Append($"let scale{i} = {i}.5\nlet layer{i} x = x * scale{i} + 1.0\n\n/// One of many.\nmodel m{i} (x : real[n, d]) = prob {{\n")
                    .Append($"    let! w = normal 0.0 scale{i} |> iid [d]\n    let! y = normal (layer{i} (x @ w)) 1.0\n    return y\n}}\n\n");
            }
            return text.ToString();
        }
        var (one, two) = (new SourceText("one.prob", Program(5_000)), new SourceText("two.prob", Program(10_000)));
        Assert.Empty(Checker.Check(one).Diagnostics);
        var ratio = double.MaxValue;
        for (var attempt = 0; attempt < 5 && ratio > 2.6; attempt++) ratio = Math.Min(ratio, Time(two) / Time(one));
        Assert.True(ratio <= 2.6, $"{ratio}");

        static double Time(SourceText source)
        {
            var watch = Stopwatch.StartNew();
            Checker.Check(source);
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    private static void Elaborates(string text)
    {
        var model = CheckerTests.Model(text);
        Assert.Contains(model.Elaborate(Sizes, "n", DType.F64).Sites, s => s.Name == "y");
    }
}
