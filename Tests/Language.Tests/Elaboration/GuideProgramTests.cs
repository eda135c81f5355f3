using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Guides written as programs become graphs over the sizes of their model.</summary>
public class GuideProgramTests
{
    private const string Model = """
        module M
        model m (x : real[n, 3]) = prob {
            let! code = normal 0.0 1.5 |> iid [n; 2]
            let! label = bernoulli (x @ param "w" [3; 5] glorot)
            return label
        }

        """;

    private static CheckedGuide Guide(string text)
    {
        var program = Checker.Check(new SourceText("m.prob", Model + text));
        Assert.Empty(program.Diagnostics);
        return Assert.Single(program.Models[0].Guides);
    }

    [Fact]
    public void AGuideIsAGraphOfItsModelsSizes()
    {
        // The rows are called otherwise than in the model, the second parameter has no type, and labels are taken as numbers.
        var guide = Guide("""
            guide g for m (label : real[rows, 5]) x = prob {
                let! code = normal (label @ param "a" [5; 2] glorot + x @ param "b" [features x; 2] zeros) (exp (param "s" [n; 2] zeros))
                return code
            }
            """);
        Assert.Equal("g", guide.Name);
        var graph = guide.Program.Elaborate(new Dictionary<string, int> { ["n"] = 7 }, "n", DType.F32);
        Assert.Equal(["label int64[7, 5] True", "x f32[7, 3] True"], graph.Arguments.Select(a => $"{a.Name} {(a.Value.DType == DType.I64 ? "int64" : "f32")}{a.Value.Shape} {a.PerRow}"));
        var site = Assert.Single(graph.Sites);
        Assert.Equal(("code", "[7, 2]", true), (site.Name, site.Value.Shape.ToString(), site.PerRow));
        Assert.Equal(["a [5, 2] False", "b [3, 2] False", "s [7, 2] True"], graph.Parameters.Select(p => $"{p.Name} {p.Value.Shape} {p.PerRow}"));
    }

    [Fact]
    public void AGuideNeedsNoParametersAndKnowsTheDimensions()
    {
        var guide = Guide("""
            guide g for m = prob {
                let! code = normal (param "m" [n; 2] zeros) 0.3
                return code
            }
            """);
        Assert.Empty(guide.Program.Arguments);
        Assert.Equal(["n"], guide.Program.Dimensions);
        Assert.Equal("[4, 2]", guide.Program.Elaborate(new Dictionary<string, int> { ["n"] = 4 }, "n", DType.F64).Sites[0].Value.Shape.ToString());
    }

    [Fact]
    public void AFaultOfAGuideIsAFaultOfItsModelAlone()
    {
        var program = Checker.Check(new SourceText("m.prob", Model + """
            model other = prob {
                let! z = normal 0.0 1.0
                return z
            }
            guide g for m = prob {
                let! cod = normal 0.0 1.0
                return cod
            }
            """));
        Assert.Equal("PN0523", Assert.Single(program.Diagnostics).Code.Id);
        Assert.True(program.IsUsable("other"));
        Assert.False(program.IsUsable("m"));
        Assert.Empty(program.Models[0].Guides);
    }
}
