using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>What values drawn from families have for shapes and bounds, symbolically and when elaborated.</summary>
public sealed class DistributionTypeTests
{
    [Theory]
    [InlineData("binomial 10 0.3", "int<11>")]
    [InlineData("binomial 10 eta", "int<11>[n]")]
    [InlineData("binomialProbs m (sigmoid eta)", "int[n]")]
    [InlineData("betaBinomial 4 2.0 (exp eta)", "int<5>[n]")]
    [InlineData("negativeBinomial (exp eta) 2.5", "int[n]")]
    [InlineData("geometric eta", "int[n]")]
    [InlineData("geometricProbs 0.25", "int")]
    [InlineData("multinomial 7 w", "int<8>[k]")]
    [InlineData("multinomial m w", "int[n, k]")]
    [InlineData("multinomialProbs 7 (softmax w)", "int<8>[k]")]
    [InlineData("dirichletMultinomial 7 (exp w)", "int<8>[k]")]
    [InlineData("orderedLogistic eta w", "int<k + 1>[n]")]
    [InlineData("dirichlet (ones [3])", "real[3]")]
    [InlineData("dirichlet (ones [2]) |> iid [2]", "real[2, 2]")]
    [InlineData("dirichlet (exp w)", "real[k]")]
    [InlineData("multivariateStudentT 4.0 w (eye k)", "real[k]")]
    [InlineData("multivariateStudentT (exp eta) w (eye k)", "real[n, k]")]
    [InlineData("lkjCholesky 2 2.0", "real[2, 2]")]
    [InlineData("lkjCholesky k (exp eta)", "real[n, k, k]")]
    [InlineData("lkjCholesky k 1.5 |> iid [4]", "real[4, k, k]")]
    public void Values_have_the_shape_and_bound_of_their_distribution(string distribution, string type)
    {
        var model = CheckerTests.Model($$"""
            module M
            model test (eta : real[n], w : real[k], m : int[n]) = prob {
                let! y = {{distribution}}
                return y
            }
            """);
        var site = Assert.Single(model.Sites);
        Assert.Equal(type, site.Type.ToString());
        var sizes = new Dictionary<string, int> { ["n"] = 7, ["k"] = 5 };
        var graph = model.Elaborate(sizes, "n", DType.F64);
        var known = Shape.Create([.. site.Type.Axes.Select(a => (int)a.Size.Substitute(sizes).Constant!.Value)]);
        Assert.Equal(known, graph.Sites[0].Distribution.Shape);
        Assert.Equal(known, graph.Sites[0].Distribution.Sample(new(Constant(1), Constant(2), Constant(3))).Shape);

        static Tensor Constant(long x) => TensorMath.Constant(HostTensor.Scalar(x));
    }

    [Fact]
    public void A_label_on_an_ordered_scale_is_an_index()
    {
        var model = CheckerTests.Model("""
            module M
            model test (eta : real[n]) = prob {
                let! cuts = normal 0.0 1.0 |> iid [3] |> ordered
                let! level = normal 0.0 1.0 |> iid [4]
                let! y = orderedLogistic eta cuts
                let! z = normal level.[y] 1.0
                return z
            }
            """);
        Assert.Equal("real[n]", model.Sites[^1].Type.ToString());
    }
}
