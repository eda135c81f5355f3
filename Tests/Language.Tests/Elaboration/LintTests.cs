using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Warnings: that they do not stand in the way, that what is meant gets none, and those about data.</summary>
public class LintTests
{
    [Fact]
    public void A_model_with_warnings_is_usable_and_elaborates()
    {
        var program = Checker.Check(Source("model m (x : real[n], spare : real[n]) = prob {", "    let! sigma = normal 0.0 1.0", "    let! y = normal x sigma", "    return y", "}"));
        Assert.Equal(["PN0903", "PN0910"], program.Diagnostics.Select(d => d.Code.Id));
        Assert.True(program.IsValid);
        Assert.True(program.IsUsable("m"));
        Assert.Empty(program.ModelFaults);
        var graph = Assert.Single(program.Models).Elaborate(new Dictionary<string, int> { ["n"] = 3 }, "n", DType.F64);
        Assert.Equal(["sigma", "y"], graph.Sites.Select(s => s.Name));
    }

    [Fact]
    public void A_guide_with_warnings_is_kept()
    {
        var program = Checker.Check(Source(
            "model m (x : real[n]) = prob {", "    let! a = normal 0.0 1.0", "    let! b = normal 0.0 1.0", "    let! y = normal (a + b * x) 1.0", "    return y", "}",
            "guide g for m = prob {", "    let! a = normal 0.0 1.0", "    let! b = normal a (2.0 * a)", "    return b", "}"));
        Assert.Equal(["PN0910"], program.Diagnostics.Select(d => d.Code.Id));
        Assert.Equal("g", Assert.Single(Assert.Single(program.Models).Guides).Name);
    }

    // Each statement list is a model that means what it says.
    [Theory]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (exp s)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (softplus s + 1e-3)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (abs s)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (square s)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (s * s)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (s + 2.0 * abs s)")]
    [InlineData("let! s = normal 0.0 1.0", "let! y = normal x (s ** 2.0)")]
    [InlineData("let! s = halfNormal 1.0", "let! y = normal x (0.5 * s)")]
    [InlineData("let! s = uniform 0.5 2.0", "let! y = normal x s")]
    [InlineData("let! s = gamma 2.0 1.0 |> iid [3]", "let! y = normal x s.[1]")]
    [InlineData("let! p = beta 1.0 1.0", "let! y = bernoulliProbs p |> iid [n]", "let! z = bernoulliProbs (1.0 - p)", "do! factor (mean x)", "return (y, z)")]
    [InlineData("let! w = normal 0.0 1.0", "let! y = bernoulli (w * x)")]
    [InlineData("let! w = normal 0.0 1.0", "let! y = bernoulliProbs (sigmoid (w * x))")]
    [InlineData("let! t = dirichlet (ones [3])", "let! y = categorical (log t) |> iid [n]", "do! factor (mean x)")]
    [InlineData("let! t = dirichlet (ones [3]) |> iid [2]", "let! y = categoricalProbs t.[1] |> iid [n]", "do! factor (mean x)")]
    [InlineData("let! c = normal 0.0 1.0 |> iid [4] |> ordered", "let! y = orderedLogistic x c")]
    [InlineData("let! l = lkjCholesky 2 2.0", "let! y = multivariateNormal (zeros [2]) l |> iid [n]", "do! factor (mean x)")]
    [InlineData("let c = reshape [n; 1] x", "let! y = multivariateNormal x (cholesky (exp (-0.5 * square (c - transpose c)) + eye n))")]
    [InlineData("let! centre = normal 0.0 1.0 |> iid [3]", "let d = reshape [n; 1] x - centre", "let! y = normal (sumAxis 1 d) 1.0")]
    [InlineData("let! _ = normal 0.0 1.0", "let! y = normal x 1.0")]
    [InlineData("let! s = halfNormal 1.0", "let! seen = normal x s", "let! other = normal x s", "return s")]
    [InlineData("let! m = normal 0.0 1.0", "let shown = deterministic (2.0 * m)", "let! y = normal (m + x) 1.0")]
    [InlineData("let twice v = 2.0 * v", "let! m = normal 0.0 1.0", "let! y = normal (twice m + x) 1.0")]
    public void What_is_meant_gets_no_warning(params string[] statements)
    {
        string[] all = statements[^1].StartsWith("return", StringComparison.Ordinal) ? statements : [.. statements, "return y"];
        var program = Checker.Check(Source(["model m (x : real[n]) = prob {", .. all.Select(s => "    " + s), "}"]));
        Assert.Empty(program.Diagnostics);
    }

    [Theory]
    [InlineData("normal x 1.0", new double[] { 0, 1, 1, 0, 1, 0, 0, 1 }, "PN0920")]
    [InlineData("exponential (exp x)", new double[] { 3, 1, 1, 3, 1, 1, 3, 1 }, "PN0920")]
    [InlineData("normal x 1.0", new double[] { 0, 1, 2, 0, 1, 0, 0, 1 }, null)]
    [InlineData("normal x 1.0", new double[] { 0, 1, 1, 0, 1, 0, 0 }, null)]
    [InlineData("normal x 1.0", new double[] { 0, 1, 1, 0, 1, 0, 0, 0.5 }, null)]
    [InlineData("normal x 1.0", new double[] { 0, -1, -1, 0, -1, 0, 0, -1 }, null)]
    [InlineData("poisson (exp x)", new double[] { 0, 1, 1, 0, 1, 0, 0, 1 }, null)]
    [InlineData("normal x 1.0", new double[] { 2.5, 2.5, 2.5 }, "PN0921")]
    [InlineData("normal x 1.0", new double[] { 2.5, 2.5 }, null)]
    public void Data_that_looks_like_other_data_is_told(string distribution, double[] y, string? code)
    {
        var model = Assert.Single(Checker.Check(Source("model m (x : real[n]) = prob {", $"    let! y = {distribution}", "    return y", "}")).Models);
        var x = Enumerable.Range(0, y.Length).Select(i => 0.3 * i - 0.7).ToArray();
        var (binding, diagnostics) = DataBinder.Bind(model, [Value("x", x), Value("y", y)], DType.F64);
        Assert.NotNull(binding);
        Assert.Equal(code is null ? [] : [code], diagnostics.Select(d => d.Code.Id));
    }

    [Theory]
    [InlineData(new double[] { 7, 1, 7, 2, 7, 5 }, "column 0 of 'x' is 7 in every row")]
    [InlineData(new double[] { 1, 1, 1, 2, 1, 5 }, null)]
    [InlineData(new double[] { 7, 1, 6, 2, 7, 5 }, null)]
    public void A_constant_column_is_told_unless_it_is_an_intercept(double[] x, string? message)
    {
        var model = Assert.Single(Checker.Check(Source("model m (x : real[n, 2]) = prob {", "    let! w = normal 0.0 1.0 |> iid [2]", "    let! y = normal (x @ w) 1.0", "    return y", "}")).Models);
        var (_, diagnostics) = DataBinder.Bind(model, [new("x", HostTensor.FromDoubles(DType.F64, [3, 2], x), null, default), Value("y", [0.1, -0.4, 2.2])], DType.F64);
        if (message is null) Assert.Empty(diagnostics);
        else Assert.StartsWith(message, Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void A_column_that_data_has_as_a_vector_is_told_with_its_cure()
    {
        var model = Assert.Single(Checker.Check(Source("model m (x : real[n, 2]) = prob {", "    let! out = x |> dense 1", "    let! y = normal out 1.0", "    return y", "}")).Models);
        var (_, diagnostics) = DataBinder.Bind(model, [new("x", HostTensor.FromDoubles(DType.F64, [3, 2], [1, 2, 3, 4, 5, 6]), null, default), Value("y", [0.1, -0.4, 2.2])], DType.F64);
        var found = Assert.Single(diagnostics);
        Assert.Equal("'y' is real[n, 1] in the model, but the data has shape [3]; data is never broadcast", found.Message);
        Assert.Contains("out.[*, 0]", found.Hint);
    }

    private static SourceText Source(params string[] lines) => new("m.prob", string.Join("\n", ["module M", .. lines]) + "\n");

    private static BoundValue Value(string name, double[] values) => new(name, HostTensor.FromDoubles(DType.F64, [values.Length], values), null, default);
}
