using System.Runtime.CompilerServices;
using ProbNet.Examples.Embedded;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Models in C# mean what the same models in text mean.</summary>
public sealed class EmbeddedTests
{
    [Fact]
    public void Every_example_prints_the_same_graph_in_both_forms()
    {
        var texts = RepositoryFiles.Below("Examples", ".prob")
            .SelectMany(f => Checker.Check(new SourceText(Path.GetFileName(f), File.ReadAllText(f))).Models).ToDictionary(m => m.Name);
        Assert.Equal(texts.Keys.Order(), Catalogue.All.Select(m => m.Name).Order());
        foreach (var model in Catalogue.All) BothForms.Equal(texts[model.Name], model);
    }

    [Fact]
    public void Layers_written_as_queries_name_their_sites_by_range_variables() => BothForms.Equal(
        """
        let layer units x = prob {
            let! w = normal 0.0 1.0 |> iid [features x; units]
            let! b = normal 0.0 (1.0 / sqrt (features x)) |> iid [units]
            let z = x @ w
            return z * z + b
        }
        model net (x : real[n, d], c : int<k>[n]) = prob {
            let! first = x |> layer 6
            let! effect = normal 0.0 1.0 |> iid [k]
            let! out = first |> tanh |> layer 2
            let mean = deterministic (out.[*, 0] + effect.[c])
            let! y = normal mean (softplus out.[*, 1] + 1e-3)
            return y
        }
        """,
        Model.Define("net", ArgumentType.Real("n", "d"), ArgumentType.Index("k", "n"), (x, c) =>
            from first in x | Layer(6)
            from effect in Normal(0, 1).Iid(c.Bound)
            from @out in first | Tanh | Layer(2)
            from mean in Deterministic(@out[Position.All, 0] + effect[c])
            from y in Normal(mean, Softplus(@out[Position.All, 1]) + 1e-3)
            select y));

    [Fact]
    public void Likelihood_terms_slices_and_repeated_layers() => BothForms.Equal(
        """
        model ar2 (y : real[t], x : real[t, 3]) = prob {
            let! beta = normal 0.0 1.0 |> iid [2]
            let! h = x |> foldLayers (fun k h -> relu h |> dense k) [5; 2]
            let mean = beta.[0] * y.[1 .. t - 2] + beta.[1] * y.[0 .. t - 3]
            do! observe y.[2 ..] (normal mean 1.5)
            do! factor (0.5 * sum h)
            return mean
        }
        """,
        Model.Define("ar2", ArgumentType.Real("t"), ArgumentType.Real("t", 3), (y, x) =>
            from beta in Normal(0, 1).Iid(2)
            from h in FoldLayers((int k, Tensor h) => Relu(h) | Dense(k), [5, 2], x)
            let mean = beta[0] * y[1..^1] + beta[1] * y[..^2]
            from _ in Observe(y[2..], Normal(mean, 1.5))
            from _1 in Factor(0.5 * Sum(h))
            select mean));

    [Fact]
    public void A_constant_used_twice_is_one_node() => BothForms.Equal(
        "model m [n] = prob {\n    let one = ones [n]\n    let! a = normal one one\n    let! b = normal (a + one) 1.0\n    return b\n}\n",
        Model.Define("m", ArgumentType.Dimension, n =>
            from one in Prob.Return(Ones(n))
            from a in Normal(one, one)
            from b in Normal(a + one, 1)
            select b));

    [Fact]
    public void Faults_name_the_line_of_the_clause()
    {
        var line = Here() + 4;
        var (model, diagnostics) = Model.Define("bad", ArgumentType.Real("n", 4), x =>
            from w in Normal(0, 1).Iid(3, 2)
            from v in Normal(0, 1).Iid(x.Features)
            from y in Normal(x.MatMul(w), 1)
            select y).Check();
        Assert.Null(model);
        var fault = Assert.Single(diagnostics);
        Assert.Equal("PN0401", fault.Code.Id);
        Assert.StartsWith($"EmbeddedTests.cs:{line}:", fault.Span.Location);
        Assert.Contains(fault.Notes, n => n.Message.Contains("real[n, 4]"));
        Assert.Contains(fault.Notes, n => n.Span.Location.StartsWith($"EmbeddedTests.cs:{line - 2}:", StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_of_operators_name_the_clause_they_stand_in()
    {
        var line = Here() + 4;
        var (_, diagnostics) = Model.Define("bad", ArgumentType.Real("n"), x =>
            from w in Normal(0, 1).Iid(3)
            from v in Normal(0, 1).Iid(2)
            let sum = w + v
            from y in Normal(x, 1)
            select sum).Check();
        var fault = Assert.Single(diagnostics);
        Assert.Equal("PN0402", fault.Code.Id);
        Assert.StartsWith($"EmbeddedTests.cs:{line}:", fault.Span.Location);
    }

    [Fact]
    public void Values_of_another_evaluation_are_refused()
    {
        Tensor? kept = null;
        var model = Model.Define("leak", ArgumentType.Real("n"), x =>
        {
            kept ??= x;
            return from y in Normal(kept, 1) select y;
        }).Check().Model!;
        Assert.Throws<InvalidOperationException>(() => model.Elaborate(new Dictionary<string, int> { ["n"] = 3 }, "n", DType.F64));
    }

    private static Func<Tensor, Prob<Tensor>> Layer(Tensor units) => x =>
        from w in Normal(0, 1).Iid(x.Features, units)
        from b in Normal(0, 1 / Sqrt(x.Features)).Iid(units)
        let z = x.MatMul(w)
        select z * z + b;

    private static int Here([CallerLineNumber] int line = 0) => line;
}
