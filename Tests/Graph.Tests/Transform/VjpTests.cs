using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Differentiation as a whole: nesting, seeds, sharing, masks and origins. The rows' own rules are tested with the rows.</summary>
public sealed class VjpTests
{
    /// <summary>
    /// d/dx (x d/dy (x y)) = 2x: a level of differentiation must not see the other's variable. Source: Siskind and Pearlmutter, Nesting forward-mode AD (2008).
    /// </summary>
    [Fact]
    public void NestedLevelsAreNotConfused()
    {
        Assert.Equal(2 * 3.0, Eval.At(x => Derivative(u => u * Derivative(y => u * y, x), x), 3));
        // d/dx (x * d/dy (x + y) at y = 1) = 1, where confusion gives 2.
        Assert.Equal(1, Eval.At(x => Derivative(u => u * Derivative(y => u + y, Constant(DType.F64, 1)), x), 5));
    }

    [Fact]
    public void DerivativesNestToAnyOrder()
    {
        Func<Tensor, Tensor> f = x => Exp(2 * x);
        var fourth = Nest(4, f);
        Assert.Equal(16 * Math.Exp(1.4), Eval.At(fourth, 0.7), 1e-10);
        Assert.Equal(6 * 11.0, Eval.At(Nest(2, x => Pow(x, Like(x, 3))), 11), 1e-9);

        static Func<Tensor, Tensor> Nest(int order, Func<Tensor, Tensor> f) => order == 0 ? f : Nest(order - 1, x => Derivative(f, x));
    }

    /// <summary>f(x) = 1/2 x^T A x + sum(exp(b x)) has the Hessian (A + A^T)/2 + diag(b^2 exp(b x)).</summary>
    [Fact]
    public void HessianEqualsItsClosedForm()
    {
        double[] a = [2, -1, 0.5, 3, 1, -2, 0.25, 4, -3], b = [0.3, -0.7, 1.1], point = [0.2, -0.4, 0.9];
        var x = Eval.F64("x", [3]);
        var matrix = Constant(HostTensor.Of([3, 3], a));
        var scales = Constant(HostTensor.Of([3], b));
        var row = Reshape(x, [1, 3]);
        var f = 0.5 * SumAll(MatMul(MatMul(row, matrix), TransposeLast(row))) + SumAll(Exp(scales * x));
        var gradient = Vjp.Gradients(f, [x])[0];
        for (var i = 0; i < 3; i++)
        {
            var column = Vjp.Gradients(Index(gradient, 0, i), [x])[0];
            var expected = Enumerable.Range(0, 3).Select(j => (a[3 * i + j] + a[3 * j + i]) / 2 + (i == j ? b[i] * b[i] * Math.Exp(b[i] * point[i]) : 0)).ToArray();
            Eval.Equal(expected, Eval.Of(column, (x, point)));
        }
    }

    [Fact]
    public void GradientsAreOfTotalDerivativesOfAnyNode()
    {
        var x = Eval.F64("x", [2]);
        var inner = x * x;
        var outer = SumAll(inner * x + 3 * inner);
        var unused = Eval.F64("unused", [5]);
        var labels = Input("labels", DType.I64, [3]);
        var gradients = Vjp.Gradients(outer, [inner, x, unused, labels, outer]);
        Eval.Equal([2 + 3, -7 + 3], Eval.Of(gradients[0], (x, [2, -7])));
        Eval.Equal([3 * 4 + 12, 3 * 49 - 42], Eval.Of(gradients[1], (x, [2, -7])));
        Eval.Equal([0, 0, 0, 0, 0], Eval.Of(gradients[2]));
        Assert.Equal((DType.I64, Shape.Create([3])), (gradients[3].DType, gradients[3].Shape));
        Eval.Equal([1], Eval.Of(gradients[4]));
    }

    [Fact]
    public void SeedsWeighTheOutput()
    {
        var x = Eval.F64("x", [3]);
        var seed = Eval.F64("seed", [3]);
        var gradient = Vjp.Gradients(Sin(x), [x], seed)[0];
        Eval.Equal([5 * Math.Cos(0.1), 7 * Math.Cos(0.2), 0], Eval.Of(gradient, (x, [0.1, 0.2, 0.3]), (seed, [5, 7, 0])));
        Assert.Throws<ArgumentException>(() => Vjp.Gradients(x, [x], Eval.F64("seed", [2])));
        Assert.Throws<ArgumentException>(() => Vjp.Gradients(Input("n", DType.I64, []), [x]));
    }

    [Fact]
    public void StoppedGradientsDoNotFlow()
    {
        Assert.Equal(7, Eval.At(x => Derivative(u => u * StopGradient(u), x), 7));
    }

    /// <summary>An excluded element passes exactly zero, however singular the excluded branch is.</summary>
    [Fact]
    public void ExcludedElementsDoNotPoisonTheGradient()
    {
        var x = Eval.F64("x", [4]);
        var positive = Less(ZerosLike(x), x);
        double[] at = [0, -3, 2, 0.5];
        Func<Tensor, Tensor>[] branches =
        [
            Log, Sqrt, t => 1 / t, t => Pow(t, Like(t, -1.5)), t => Log(Sqrt(t)) * t, Lgamma, t => Log(t) + 3 * Sqrt(t + Log(t)), t => Square(Log(t)),
        ];
        foreach (var f in branches)
        {
            var masked = SumAll(Select(positive, f(x), ZerosLike(x)));
            var inverse = SumAll(Select(Not(positive), ZerosLike(x), f(x)));
            foreach (var output in new[] { masked, inverse })
            {
                var first = Vjp.Gradients(output, [x])[0];
                var second = Vjp.Gradients(SumAll(first), [x])[0];
                foreach (var gradient in new[] { first, second })
                {
                    var values = Eval.Of(gradient, (x, at));
                    Assert.Equal([0, 0], values[..2].Select(Math.Abs));
                    Assert.True(double.IsFinite(values[2]) && values[2] != 0);
                }
            }
        }
    }

    [Fact]
    public void MasksPassThroughMovesAndSums()
    {
        var x = Eval.F64("x", [2, 3]);
        var keep = Constant(HostTensor.Of([3], [true, false, true]));
        var logs = Transpose(Reshape(Log(x), [3, 2]), [1, 0]);
        var sums = Sum(Log(x), 0);
        foreach (var output in new[] { SumAll(Select(keep, sums, Like(x, 0))), SumAll(Select(keep, logs, Like(x, 0))) })
            Assert.All(Eval.Of(Vjp.Gradients(output, [x])[0], (x, [2, 0, 3, 4, 0, 5])), v => Assert.False(double.IsNaN(v)));
    }

    [Fact]
    public void TiesOfMaximaFollowTheStatedConvention()
    {
        Assert.Equal(0, Eval.At(x => Derivative(Relu, x), 0));
        Assert.Equal(1, Eval.At(x => Derivative(Relu, x), 1e-9));
        var x = Eval.F64("x", [4]);
        Eval.Equal([0.5, 0, 0.5, 0], Eval.Of(Vjp.Gradients(ReduceMax(x, 0), [x])[0], (x, [3, 1, 3, double.NegativeInfinity])));
    }

    [Fact]
    public void NewNodesCarryTheOriginOfTheirForwardNode()
    {
        var origin = new Origin("h1.w", "iris.prob:6:5");
        var x = Eval.F64("x", [3]);
        var y = Tanh(x).WithOrigin(origin);
        var z = SumAll(Exp(y).WithOrigin(new Origin("z", "")));
        var fresh = Topology.Sort([Vjp.Gradients(z, [x])[0]]).Except(Topology.Sort([z])).ToArray();
        Assert.Contains(fresh, node => node.Op == OpCode.Sub && node.Origin == origin);
        Assert.Contains(fresh, node => node.Op == OpCode.Mul && node.Origin?.Site == "z");
        Assert.DoesNotContain(fresh, node => node.Op is OpCode.Sub or OpCode.Mul && node.Origin is null);
        Assert.Null(x.Origin);
    }

    [Fact]
    public void DeepExpressionsNeedNoStack()
    {
        var x = Eval.F64("x", []);
        var y = x;
        for (var i = 0; i < 30_000; i++) y = i % 2 == 0 ? Sin(y) : -y;
        var gradient = Vjp.Gradients(y, [x])[0];
        var batched = Vmap.Batch([gradient], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("xs", [2]) }, 2)[0];
        Assert.Equal([2], batched.Shape);
        var graph = Pipeline.Optimize(new([x], [("g", gradient)]));
        Assert.True(graph.Nodes.Length > 30_000);
        Assert.Single(Substitution.Apply([gradient], new Dictionary<Tensor, Tensor> { [x] = Constant(DType.F64, 1) }));
    }

    private static Tensor Derivative(Func<Tensor, Tensor> f, Tensor at)
    {
        // The level's own variable, replaced by the point once its derivative is taken.
        var variable = Tensor.Create(OpCode.Add, [at, Like(at, 0)], Attributes.None.Value);
        return Vjp.Gradients(f(variable), [variable])[0];
    }
}
