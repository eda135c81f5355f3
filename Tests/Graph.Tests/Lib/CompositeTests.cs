using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Functions composed of primitives, at ordinary and at extreme values.</summary>
public sealed class CompositeTests
{
    private const double Inf = double.PositiveInfinity;

    [Fact]
    public void LogSumExpNeitherOverflowsNorLosesInfinities()
    {
        var x = Eval.F64("x", [2]);
        double Of(double a, double b) => Eval.Of(Composite.LogSumExp(x), (x, [a, b]))[0];
        Assert.Equal(Math.Log(Math.Exp(0.3) + Math.Exp(-1.1)), Of(0.3, -1.1), 1e-14);
        Assert.Equal(1000 + Math.Log(2), Of(1000, 1000), 1e-12);
        Assert.Equal(-1000 + Math.Log(2), Of(-1000, -1000), 1e-12);
        Assert.Equal(5, Of(-Inf, 5));
        Assert.Equal(-Inf, Of(-Inf, -Inf));
        Assert.Equal(Inf, Of(Inf, 5));
        Assert.True(double.IsNaN(Of(double.NaN, 5)));
    }

    /// <summary>The gradient of log-sum-exp is the softmax p, its Hessian diag(p) - p p^T.</summary>
    [Fact]
    public void LogSumExpDifferentiatesTwice()
    {
        var x = Eval.F64("x", [3]);
        double[] at = [700, 701.5, 698];
        var p = Eval.Of(Composite.Softmax(x), (x, at));
        var gradient = Vjp.Gradients(Composite.LogSumExp(x), [x])[0];
        Eval.Equal(p, Eval.Of(gradient, (x, at)));
        Eval.Equal(p, Eval.Of(Exp(Composite.LogSoftmax(x)), (x, at)));
        for (var i = 0; i < 3; i++)
        {
            var row = Eval.Of(Vjp.Gradients(Index(gradient, 0, i), [x])[0], (x, at));
            Eval.Equal([.. Enumerable.Range(0, 3).Select(j => (i == j ? p[i] : 0) - p[i] * p[j])], row);
        }
    }

    [Fact]
    public void ExcludedClassesHaveFiniteGradients()
    {
        var x = Eval.F64("x", [3]);
        Eval.Equal([0.5, 0, 0.5], Eval.Of(Vjp.Gradients(Composite.LogSumExp(x), [x])[0], (x, [2, -Inf, 2])));
    }

    [Fact]
    public void ChoosingIgnoresWhatIsNotChosen()
    {
        var x = Eval.F64("x", [2, 3]);
        var labels = Input("labels", DType.I64, [2]);
        var taken = Composite.TakeLast(x, labels);
        double[] at = [-Inf, 7, double.NaN, 2, 3, Inf];
        Assert.Equal([7, 2], Eval.Of(taken, (x, at), (labels, [1, 0])));
        Assert.Equal([0, 1, 0, 1, 0, 0], Eval.Of(Vjp.Gradients(taken, [x])[0], (x, at), (labels, [1, 0])));
        Assert.Equal([0, 1, 0, 1, 0, 0], Eval.Of(Composite.OneHot(labels, 3, DType.F64), (labels, [1, 0])));
    }

    [Fact]
    public void DiagonalsAndTriangles()
    {
        var x = Eval.F64("x", [2, 2, 2]);
        double[] at = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal([1, 4, 5, 8], Eval.Of(Composite.Diagonal(x), (x, at)));
        Assert.Equal([1, 0, 3, 4, 5, 0, 7, 8], Eval.Of(Composite.LowerTriangle(x), (x, at)));
    }
}
