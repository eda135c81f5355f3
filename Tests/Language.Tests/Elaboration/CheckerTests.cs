using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>What the checker knows of good programs: sites by path, symbolic shapes, dimensions.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void Sites_are_named_by_the_path_of_bindings()
    {
        var model = Model("""
            module M
            model m (x : real[n, 4]) = prob {
                let! h = x |> dense 7
                let! out = relu h |> dense 3
                let! species = categorical out
                return species
            }
            """);
        Assert.Equal(["h.w : real[4, 7]", "h.b : real[7]", "out.w : real[7, 3]", "out.b : real[3]", "species : int<3>[n]"], Sites(model));
        Assert.Equal(["n"], model.Dimensions);
    }

    [Fact]
    public void Layers_folded_over_a_list_are_numbered()
    {
        var model = Model("""
            module M
            let layer k h = tanh h |> dense k
            model m (x : real[n, d]) = prob {
                let! out = x |> foldLayers layer [5; 2]
                let! y = normal out.[*, 0] (softplus out.[*, 1])
                return y
            }
            """);
        Assert.Equal(["out.0.w : real[d, 5]", "out.0.b : real[5]", "out.1.w : real[5, 2]", "out.1.b : real[2]", "y : real[n]"], Sites(model));
        Assert.Equal(["n", "d"], model.Dimensions);
    }

    [Fact]
    public void The_library_mlp_draws_its_layers_in_order()
    {
        var model = Model("""
            module M
            model m (x : real[n, 3]) = prob {
                let! f = x |> mlp relu [11; 5; 1]
                let! y = normal f.[*, 0] 1.0
                return y
            }
            """);
        Assert.Equal(["f.first.w : real[3, 11]", "f.first.b : real[11]", "f.rest.0.w : real[11, 5]", "f.rest.0.b : real[5]", "f.rest.1.w : real[5, 1]", "f.rest.1.b : real[1]", "y : real[n]"], Sites(model));
    }

    [Fact]
    public void A_prior_is_a_function_from_a_shape()
    {
        var model = Model("""
            module M
            let horseshoe globalScale shape = prob {
                let! tau = halfCauchy globalScale
                let! lambda = halfCauchy 1.0 |> iid shape
                let! z = normal 0.0 1.0 |> iid shape
                return z * lambda * tau
            }
            let relevance (shape : list[2]) = prob {
                let! precision = gamma 1.0 1.0 |> iid [shape.[0]; 1]
                let! w = normal 0.0 (1.0 / sqrt (precision + zeros shape))
                return w
            }
            model m (x : real[n, d]) = prob {
                let! h = x |> denseWith relevance 5
                let! out = relu h |> denseWith (horseshoe 0.1) 1
                let! y = normal out.[*, 0] 1.0
                return y
            }
            """);
        Assert.Equal(
        [
            "h.w.precision : real[d, 1]", "h.w.w : real[d, 5]", "h.b : real[5]", "out.w.tau : real", "out.w.lambda : real[5, 1]", "out.w.z : real[5, 1]", "out.b : real[1]", "y : real[n]",
        ], Sites(model));
    }

    [Fact]
    public void Dimension_arithmetic_is_symbolic()
    {
        var model = Model("""
            module M
            model m (x : real[n, d]) = prob {
                let! w = normal 0.0 1.0 |> iid [2 * features x + 1; d]
                let both = concat 0 [w; w]
                let! z = normal both 1.0
                let! y = normal (x @ transpose z).[*, 0] 1.0
                return y
            }
            """);
        Assert.Contains("z : real[4*d + 2, d]", Sites(model));
    }

    [Fact]
    public void Deterministic_values_are_reported_under_their_names()
    {
        var model = Model("""
            module M
            model m (sigma : real[j]) = prob {
                let! mu = normal 0.0 5.0
                let! z = normal 0.0 1.0 |> iid [j]
                let theta = deterministic (mu + 2.0 * z)
                let! y = normal theta sigma
                return y
            }
            """);
        Assert.Equal(["theta : real[j]"], model.Deterministics.Select(d => $"{d.Name} : {d.Type}"));
    }

    [Fact]
    public void Elaboration_gives_holes_of_known_shapes_and_knows_the_rows()
    {
        var model = Model("""
            module M
            model m (x : real[n, d]) = prob {
                let! w = normal 0.0 1.0 |> iid [d]
                let! z = normal 0.0 1.0 |> iid [n]
                let! y = normal (x @ w + z) 0.5
                return y
            }
            """);
        var graph = model.Elaborate(new Dictionary<string, int> { ["n"] = 7, ["d"] = 3 }, "n", DType.F32);
        Assert.Equal([("w", "[3]", false), ("z", "[7]", true), ("y", "[7]", true)], graph.Sites.Select(s => (s.Name, s.Value.Shape.ToString(), s.PerRow)));
        Assert.Equal([("x", "[7, 3]", true)], graph.Arguments.Select(a => (a.Name, a.Value.Shape.ToString(), a.PerRow)));
        Assert.All(graph.Sites, s => Assert.Equal(DType.F32, s.Value.DType));
        var log = graph.Sites[2].Distribution.LogDensity(graph.Sites[2].Value);
        Assert.Equal([7], log.Shape);
    }

    [Fact]
    public void A_model_without_rows_has_no_per_row_sites()
    {
        var model = Model("""
            module M
            model m (x : real[n]) = prob {
                let! y = normal x 1.0
                return y
            }
            """);
        Assert.All(model.Elaborate(new Dictionary<string, int> { ["n"] = 5 }, null, DType.F64).Sites, s => Assert.False(s.PerRow));
    }

    [Fact]
    public void Sizes_can_make_a_checked_program_wrong_and_the_place_is_told()
    {
        var model = Model("""
            module M
            model m (x : real[n, d]) = prob {
                let! y = normal x.[*, 4] 1.0
                return y
            }
            """);
        var fault = Assert.Throws<DiagnosticException>(() => model.Elaborate(new Dictionary<string, int> { ["n"] = 7, ["d"] = 3 }, "n", DType.F32));
        Assert.Equal("PN0404", fault.Diagnostics[0].Code.Id);
    }

    [Fact]
    public void A_fault_in_one_model_leaves_the_others_usable()
    {
        var program = Checker.Check(new SourceText("test.prob", """
            module M
            model good (x : real[n]) = prob {
                let! y = normal x 1.0
                return y
            }
            model bad (x : real[n]) = prob {
                let! y = normal x sigma
                return y
            }
            """));
        Assert.False(program.IsValid);
        Assert.True(program.IsUsable("good"));
        Assert.False(program.IsUsable("bad"));
        Assert.Equal(["bad"], program.ModelFaults.Keys);
    }

    [Fact]
    public void Elementwise_conditionals_choose_and_static_ones_decide()
    {
        var model = Model("""
            module M
            let wide = true
            model m (x : real[n]) = prob {
                let scale = if wide then 10.0 else 1.0
                let! y = normal (if x > 0.0 then x else 0.0 - x) scale
                return y
            }
            """);
        Assert.Equal(["y : real[n]"], Sites(model));
    }

    internal static CheckedModel Model(string text)
    {
        var program = Checker.Check(new SourceText("test.prob", text));
        Assert.True(program.IsValid, string.Join("\n", program.Diagnostics.Select(d => $"{d.Code.Id} {d.Span}: {d.Message}")));
        return Assert.Single(program.Models);
    }

    private static IEnumerable<string> Sites(CheckedModel model) => model.Sites.Select(s => $"{s.Name} : {s.Type}");
}
