using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Tests.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Distributions made from distributions, in programs: names, shapes before and after sizes are known, densities at draws.</summary>
public class CompositeProgramTests
{
    private const string Program = """
        module Composites

        model mixed [n] = prob {
            let! weights = dirichlet (ones [3])
            let! centre = normal 0.0 10.0 |> iid [3] |> ordered
            let! scale = halfNormal 2.0 |> iid [3]
            let! y = mixture weights (normal centre scale) |> iid [n]
            let! waits = mixture (ones [2] / 2.0) [gamma 1.0 1.0; halfNormal 2.0] |> iid [5]
            let! same = mixture (ones [2] / 2.0) [normal 0.0 1.0; normal centre 2.0]
            let! labels = mixture weights (categorical (zeros [3; 4])) |> iid [n]
            let! vectors = mixture (ones [2] / 2.0) (multivariateNormal (zeros [2; 3]) (broadcast [2; 3; 3] (reshape [3; 3] (ones [9]))))
            let! cut = truncated 0.5 infinity (normal centre 1.5)
            let! price = truncated 0.5 9.0 (normal 3.0 1.5) |> iid [n]
            let! low = truncated (-infinity) weights (normal 0.0 1.5)
            let! visits = zeroInflated 0.3 (poisson scale) |> iid [n]
            return y
        }

        model chains [t] (x : real[t, 1]) = prob {
            let! start = dirichlet (ones [2])
            let! move = dirichlet (ones [2]) |> iid [2]
            let! level = normal 0.0 5.0 |> iid [2] |> ordered
            let! noise = halfNormal 1.0
            let! y = hiddenMarkov start move (fun state -> normal level.[state] noise) |> steps [t]
            let! varying = hiddenMarkov start move (fun state -> normal (level.[state] * x) noise) |> steps [t]
            let! several = hiddenMarkov start move (fun state -> poisson (exp level.[state])) |> steps [7] |> iid [5]
            let! spelt = hiddenMarkov start move (fun state -> categorical (level.[state] |> reshape [2; 1] |> broadcast [2; 3])) |> steps [t]
            let! nested = hiddenMarkov start move (fun state -> mixture start (normal (level.[state] |> reshape [2; 1] |> broadcast [2; 2]) 1.0)) |> steps [t]
            return y
        }

        model walks [t] = prob {
            let! s = halfNormal 0.5 |> iid [3]
            let! walk = gaussianRandomWalk s |> steps [t]
            let! from = gaussianRandomWalkFrom 2.0 3.0 s |> steps [t] |> iid [2]
            let! pulled = autoregressive 0.5 0.3 |> steps [t]
            let! one = gaussianRandomWalkFrom 2.0 3.0 0.1 |> steps [1]
            return walk
        }
        """;

    private static readonly Dictionary<string, int> Sizes = new() { ["n"] = 7, ["t"] = 11 };

    private static CheckedProgram Checked()
    {
        var program = Checker.Check(new SourceText("composites.prob", Program));
        Assert.True(program.Diagnostics.IsEmpty, DiagnosticRenderer.Render(program.Diagnostics));
        return program;
    }

    [Theory]
    [InlineData("mixed", "dirichlet,ordered(normal),halfNormal,mixture(normal),mixture(gamma, halfNormal),mixture(normal),mixture(categorical),mixture(multivariateNormal),truncated(normal),truncatedNormal,truncated(normal),zeroInflated(poisson)")]
    [InlineData("chains", "dirichlet,dirichlet,ordered(normal),halfNormal,hiddenMarkov(normal),hiddenMarkov(normal),hiddenMarkov(poisson),hiddenMarkov(categorical),hiddenMarkov(mixture(normal))")]
    [InlineData("walks", "halfNormal,gaussianRandomWalk,gaussianRandomWalk,autoregressive,gaussianRandomWalk")]
    public void Names_are_those_of_construction_and_parts(string model, string names) =>
        Assert.Equal(names, string.Join(",", Checked().Models.Single(m => m.Name == model).Sites.Select(s => s.Family.Name)));

    [Theory]
    [InlineData("mixed", "[3] [3] [3] [7] [5] [3] [7] [3] [3] [7] [3] [7, 3]")]
    [InlineData("chains", "[2] [2, 2] [2] [] [11] [11] [5, 7] [11] [11]")]
    [InlineData("walks", "[3] [3, 11] [2, 3, 11] [11] [1]")]
    public void Shapes_are_the_same_before_and_after_sizes_are_known(string name, string shapes)
    {
        var model = Checked().Models.Single(m => m.Name == name);
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            var graph = model.Elaborate(Sizes, null, type);
            Assert.Equal(shapes, string.Join(" ", graph.Sites.Select(s => s.Value.Shape)));
            Assert.All(graph.Sites, s => Assert.Equal(s.Value.Shape, s.Distribution.Shape));
            Assert.Equal(
                model.Sites.Select(s => Shape.Create([.. s.Type.Axes.Select(a => (int)a.Size.Substitute(Sizes).Constant!.Value)])),
                graph.Sites.Select(s => s.Value.Shape));
        }
    }

    /// <summary>Each site drawn from its distribution given the earlier ones: the draw has a finite density.</summary>
    [Theory]
    [InlineData("chains")]
    [InlineData("walks")]
    public void Draws_have_finite_densities(string name)
    {
        var graph = Checked().Models.Single(m => m.Name == name).Elaborate(Sizes, null, DType.F64);
        var known = graph.Arguments.ToDictionary(a => a.Value, a => Full(a.Value.DType, a.Value.Shape, 0.7), ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>);
        foreach (var site in graph.Sites)
        {
            var at = site.Distribution with { Arguments = Substitution.Apply(site.Distribution.Arguments, known).ToEqArray() };
            var value = Constant(Run.Value(at.Sample(Run.Source(21, Constant(HostTensor.Scalar(0))).Named(site.Name))));
            Assert.All(Run.Value(at.LogDensity(value)).ToDoubles(), d => Assert.True(double.IsFinite(d), $"{site.Name}: {d}"));
            known.Add(site.Value, value);
        }
    }
}
