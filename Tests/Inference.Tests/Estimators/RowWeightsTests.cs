using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Estimators;

/// <summary>Weights drawn for each row, where several vectors of a row meet the same ones.</summary>
public class RowWeightsTests
{
    private const int Rows = 3;

    [Fact]
    public void EachRowMeetsItsOwnWeightsInEveryGeometry()
    {
        // Rows on a batch axis, on the matrix's own axis, as columns; weights in groups; kernels of images; affine maps on the way.
        Exact([5, 4], [4, 7], (x, w) => MatMul(x, w));
        Exact([5, 4], [4, 7], (x, w) => MatMul(Transpose(x, [1, 0, 2]), 2 - w * 0.3));
        Exact([5, 4], [4, 7], (x, w) => MatMul(TransposeLast(w), TransposeLast(x)));
        Exact([5, 4], [4, 7], (x, w) => MatMul(TransposeLast(w), Transpose(x, [1, 2, 0])));
        Exact([2, 5, 4], [2, 4, 7], (x, w) => MatMul(x, w));
        Exact([2, 5, 4], [2, 4, 7], (x, w) => MatMul(Transpose(x, [2, 1, 0, 3]), w));
        Exact([2, 5, 4], [5, 4, 7], (x, w) => MatMul(Transpose(x, [1, 2, 0, 3]), w));
        WindowAxis rows = WindowAxis.Same(4, 3, stride: 2), columns = WindowAxis.Valid(5, 2);
        Exact([4, 5, 6], [3, 2, 6, 7], (x, w) => Windows.Convolve(x, w, rows, columns));
        Exact([4, 5, 6], [3, 2, 3, 4], (x, w) => Windows.Convolve(x, w, rows, columns, groups: 2));
        Exact([4, 5, 6], [3, 2, 1, 6], (x, w) => Windows.Convolve(x, w, rows, columns, groups: 6));
    }

    [Fact]
    public void GradientsHaveTheExpectationThatQuadratureGives()
    {
        // Row i has location m_i(w) = sum over positions t of (w_0 x_it + w_1 x_i,t+1)^2, which joins the positions: the log-likelihood is a polynomial of degree 4 in w,
        // so that five nodes an axis, exact to degree 9, integrate its gradient times the noise.
        double[] loc = [0.5, -0.3], scale = [0.5, 0.4];
        var x = HostTensor.Of([Rows, 1, 5, 1], [0.7, 0.9, 0.6, 1.0, 0.65, -0.6, -0.5, -0.9, -0.7, -0.4, 0.5, 0.8, 0.7, 0.4, 0.9]);
        var y = HostTensor.Of([Rows], [1.7, 0.3, 2.9]);
        var expected = Quadrature(loc, scale, x, y);
        foreach (var estimator in new Estimator[] { new SharedEstimator(), new LocalEstimator(), new FlipoutEstimator() })
        {
            var draws = Gradients(estimator, loc, scale, x, y, draws: 20000);
            for (var i = 0; i < 4; i++) Stat.MeanIs(expected[i], [.. draws.Select(d => d[i])], resolve: 0.75, cases: 12, $"gradient {i} under {estimator}");
        }
        // What drawing each position's product from its own marginal gives is another expectation, by far more than is resolved.
        var wrong = Gradients(new PositionWise(), loc, scale, x, y, draws: 20000);
        var bias = Enumerable.Range(0, 4).Max(i => Math.Abs(wrong.Average(d => d[i]) - expected[i]));
        Assert.True(bias > 1.2, $"bias {bias}");
    }

    /// <summary>The form that layer libraries use: independent noise for each position.</summary>
    private sealed record PositionWise : Estimator
    {
        public override string Name => "position-wise";

        public override string Doc => "wrong";

        public override string Source => "none";

        public override string? Refuses(LinearUse use, FactorStructure structure) => null;

        public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random)
        {
            var factor = (MeanField)structure;
            var mean = product.Multiply(product.Input, product.Weight(factor.Loc));
            return mean + Sqrt(product.Multiply(Square(product.Input), Square(product.WeightChange(factor.Scale)))) * random.Normal(mean.DType, mean.Shape);
        }
    }

    private static double[][] Gradients(Estimator estimator, double[] loc, double[] scale, HostTensor x, HostTensor y, int draws)
    {
        var model = ModelBuilder.Bind(Rows, ["y"], b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1.3)).Iid([1, 2, 1, 1]));
            var h = Windows.Convolve(b.PerRow("x", [1, 5, 1]), w, WindowAxis.Valid(1, 1), WindowAxis.Valid(5, 2));
            b.Draw("y", Normal.Of(Sum(Square(h), 1, 2, 3), b.Real(1.5)), perRow: true);
        });
        var elbo = Evaluation.Build(model, Evaluation.Plan(model, new NormalGuide()), estimator);
        Assert.Equal(estimator.Name, Assert.Single(elbo.Sites).Estimator);
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]).Select((g, i) => ($"{i}", g))));
        using var executable = new ProbNet.Backends.Cpu.CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        var step = graph.InputIndex("step");
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            executable.Write(i, graph.Inputs[i].InputName() switch
            {
                "seed" => HostTensor.Scalar(17),
                "step" => HostTensor.Scalar(0),
                "data:x" => x,
                "data:y" => y,
                "w.loc" => HostTensor.Of([1, 2, 1, 1], loc),
                _ => HostTensor.Of([1, 2, 1, 1], [.. scale.Select(s => Math.Log(Math.Exp(s) - 1))]),
            });
        }
        return [.. Enumerable.Range(0, draws).Select(d =>
        {
            executable.Write<long>(step, [d]);
            executable.Run();
            return graph.Outputs.SelectMany((o, i) => executable.Read(i, new TensorType(o.Value.DType, o.Value.Shape)).ToDoubles()).ToArray();
        })];
    }

    /// <summary>The expected gradient with respect to the two locations and the two unconstrained scales, whose softplus the scales are.</summary>
    private static double[] Quadrature(double[] loc, double[] scale, HostTensor x, HostTensor y)
    {
        // Gauss-Hermite for the standard normal: exact to degree 9.
        var (a, b) = (Math.Sqrt(5 - Math.Sqrt(10)), Math.Sqrt(5 + Math.Sqrt(10)));
        double[] nodes = [0, a, -a, b, -b], weights = [8.0 / 15, (7 + 2 * Math.Sqrt(10)) / 60, (7 + 2 * Math.Sqrt(10)) / 60, (7 - 2 * Math.Sqrt(10)) / 60, (7 - 2 * Math.Sqrt(10)) / 60];
        var result = new double[4];
        for (var p = 0; p < 25; p++)
        {
            double[] eps = [nodes[p / 5], nodes[p % 5]];
            double[] w = [loc[0] + scale[0] * eps[0], loc[1] + scale[1] * eps[1]];
            for (var i = 0; i < Rows; i++)
            {
                double m = 0, d0 = 0, d1 = 0;
                for (var t = 0; t < 4; t++)
                {
                    var (left, right) = (x[i * 5 + t], x[i * 5 + t + 1]);
                    var h = w[0] * left + w[1] * right;
                    (m, d0, d1) = (m + h * h, d0 + 2 * h * left, d1 + 2 * h * right);
                }
                double[] gradient = [(y[i] - m) / 2.25 * d0, (y[i] - m) / 2.25 * d1];
                for (var k = 0; k < 2; k++)
                {
                    result[k] += weights[p / 5] * weights[p % 5] * gradient[k];
                    // The derivative of softplus at its value s is 1 - exp(-s).
                    result[2 + k] += weights[p / 5] * weights[p % 5] * gradient[k] * eps[k] * (1 - Math.Exp(-scale[k]));
                }
            }
        }
        return result;
    }

    /// <summary>Values for each row must give each row's part of the product that its own value gives.</summary>
    private static void Exact(Shape image, Shape weights, Func<Tensor, Tensor, Tensor> multiply)
    {
        Tensor x = Input("x", DType.F64, image.Prepend(Rows)), w = Input("w", DType.F64, weights);
        var y = multiply(x, w);
        // What follows the product brings the rows back to the front.
        var rows = RowAnalysis.Of([y], [x]);
        var axis = Assert.IsType<RowStatus.Row>(rows[y]).Axis;
        int[] front = [axis, .. Enumerable.Range(0, y.Rank).Where(a => a != axis)];
        var term = Transpose(y, [.. front]);
        var (use, why) = new LinearUses([term], RowAnalysis.Of([term], [x])).Find(w);
        Assert.True(use is { VectorsPerRow: > 1 }, why);
        var values = Input("values", DType.F64, weights.Prepend(Rows));
        var product = new LinearProduct(use, node => node).MultiplyByRow(values);
        Assert.Equal(use.Product.Shape, product.Shape);
        var actual = Rewriter.Apply([term], new Dictionary<Tensor, Func<Rewriter, Tensor>>(ReferenceEqualityComparer.Instance) { [use.Product] = _ => product })[0];
        HostTensor[] given = [Samples.Tensor(x.Shape, 5), Samples.Tensor(values.Shape, 6)];
        var result = Reference.Evaluate(new TensorGraph([x, values], [("y", actual)]), given)[0];
        var (each, every) = (weights.Size, term.Shape.Size / Rows);
        for (var i = 0; i < Rows; i++)
        {
            var own = HostTensor.Of(weights, given[1].ToDoubles()[(i * each)..((i + 1) * each)]);
            var expected = Reference.Evaluate(new TensorGraph([x, w], [("y", term)]), [given[0], own])[0];
            for (var k = i * every; k < (i + 1) * every; k++) Assert.Equal(expected[k], result[k], 1e-12);
        }
    }
}
