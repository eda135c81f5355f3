using MathNet.Numerics.LinearAlgebra;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>The <c>local</c> estimator with low-rank and Kronecker factors: the law of the products, exactly, against dense covariances of the weights.</summary>
public class GaussianByRowTests
{
    private const int Rows = 3;

    private static readonly LowRankGuide LowRank = new() { Rank = 2 };
    private static readonly KroneckerGuide Kronecker = new();

    [Fact]
    public void EachRowHasTheLawOfASharedDrawAndRowsAreIndependent()
    {
        foreach (var family in (GuideFamily[])[LowRank, Kronecker, Kronecker with { RowFactor = "diagonal" }, Kronecker with { ColumnFactor = "diagonal" }])
        {
            Exact(family, [4], [4, 5], (x, w) => MatMul(x, w), drawsEach: false);
            // Weights on the left.
            Exact(family, [4], [5, 4], (x, w) => MatMul(w, TransposeLast(x)), drawsEach: false);
            // One window a row: the kernel's axes but the last are its rows.
            Exact(family, [3, 2, 4], [3, 2, 4, 5], (x, w) => Windows.Convolve(x, w, WindowAxis.Valid(3, 3), WindowAxis.Valid(2, 2)), drawsEach: false);
            // Several vectors of a row.
            Exact(family, [5, 4], [4, 3], (x, w) => MatMul(x, w), drawsEach: true);
        }
    }

    [Fact]
    public void OtherWaysToTheProductKeepTheLaw()
    {
        // A low-rank factor follows any affine map and several matrices; a Kronecker one is drawn for each row there.
        Func<Tensor, Tensor, Tensor> affine = (x, w) => MatMul(x, 2 - w * 0.3), transposed = (x, w) => MatMul(x, TransposeLast(w));
        foreach (var (family, drawsEach) in new (GuideFamily, bool)[] { (LowRank, false), (Kronecker, true) })
        {
            Exact(family, [4], [4, 5], affine, drawsEach);
            Exact(family, [4], [5, 4], transposed, drawsEach);
            Exact(family, [2, 1, 4], [2, 4, 5], (x, w) => MatMul(x, w), drawsEach);
            Exact(family, [2, 4, 1], [2, 5, 4], (x, w) => MatMul(w, x), drawsEach);
        }
    }

    [Fact]
    public void ARowOfZerosHasAFiniteGradient()
    {
        var (model, data) = Samples.Net();
        var zeros = new DataSet(new Dictionary<string, HostTensor>(data.Values) { ["x"] = HostTensor.Zeros(DType.F64, [11, 3]) }, 11);
        foreach (var family in (GuideFamily[])[LowRank, Kronecker])
        {
            var plan = GuidePlan.For(model, [new(family, "*.w"), new(new NormalGuide())]).Required;
            var elbo = Evaluation.Build(model, plan, new LocalEstimator());
            Assert.All(elbo.Sites, s => Assert.Equal(s.Site.EndsWith(".w") ? "local" : "shared", s.Estimator));
            var gradients = Evaluation.At(elbo, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]), Evaluation.Somewhere(plan), zeros);
            foreach (var (parameter, gradient) in plan.Parameters.Zip(gradients))
                Assert.All(gradient.ToDoubles(), g => Assert.True(parameter.Name.StartsWith("h.w") ? g == 0 : double.IsFinite(g), $"{family}: {g} in {parameter.Name}"));
        }
    }

    [Fact]
    public void ExpectedGradientsAreThoseOfASharedDraw()
    {
        var (model, data) = Samples.Net();
        foreach (var family in (GuideFamily[])[LowRank, Kronecker])
        {
            var plan = GuidePlan.For(model, [new(family, "*.w"), new(new NormalGuide())]).Required;
            // Noise of a size that lets means of gradients be told apart.
            var parameters = Evaluation.Somewhere(plan).ToDictionary(p => p.Key, p => p.Key.EndsWith(".lower") ? HostTensor.Of(p.Value.Shape, [.. p.Value.ToDoubles().Select(v => 0.2 * v)]) : p.Value);
            var (shared, local) = (Gradients(model, data, plan, parameters, new SharedEstimator(), seed: 1), Gradients(model, data, plan, parameters, new LocalEstimator(), seed: 2));
            var count = shared[0].Length;
            for (var i = 0; i < count; i++)
            {
                if (shared.All(g => g[i] == 0)) continue;
                Stat.MeanIs(0, [.. shared.Zip(local, (a, b) => a[i] - b[i])], resolve: 2, cases: 2 * count, $"gradient component {i} under {family}");
            }
        }
    }

    private static double[][] Gradients(BoundModel model, DataSet data, GuidePlan plan, Dictionary<string, HostTensor> parameters, Estimator estimator, long seed)
    {
        var elbo = Evaluation.Build(model, plan, estimator);
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]).Select((g, i) => ($"{i}", g))));
        using var executable = new CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        var step = graph.InputIndex("step");
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            executable.Write(i, graph.Inputs[i].InputName() switch
            {
                "seed" => HostTensor.Scalar(seed),
                "step" => HostTensor.Scalar(0),
                var name when name.StartsWith("data:") => data.Values[name[5..]],
                var name => parameters[name],
            });
        }
        return [.. Enumerable.Range(0, 10000).Select(d =>
        {
            executable.Write<long>(step, [d]);
            executable.Run();
            return graph.Outputs.SelectMany((o, i) => executable.Read(i, new TensorType(o.Value.DType, o.Value.Shape)).ToDoubles()).ToArray();
        })];
    }

    private static void Exact(GuideFamily family, Shape image, Shape weights, Func<Tensor, Tensor, Tensor> multiply, bool drawsEach)
    {
        var model = ModelBuilder.Bind(Rows, ["y"], b => b.Draw("y", Normal.Of(SumAll(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid(weights))), b.Real(1)).Iid([b.Rows]), perRow: true));
        var draw = new FamilyDraw(Evaluation.Plan(model, family));
        var at = Evaluation.Somewhere(draw.Plan);
        var structure = draw.Sites[0].Structure!;

        Tensor x = Input("x", DType.F64, image.Prepend(Rows)), w = Input("w", DType.F64, weights);
        var y = multiply(x, w);
        // What follows the product brings the rows back to the front.
        var axis = Assert.IsType<RowStatus.Row>(RowAnalysis.Of([y], [x])[y]).Axis;
        int[] front = [axis, .. Enumerable.Range(0, y.Rank).Where(a => a != axis)];
        var term = Transpose(y, [.. front]);
        var (use, why) = new LinearUses([term], RowAnalysis.Of([term], [x])).Find(w);
        Assert.True(use is not null, why);
        Assert.Equal(drawsEach, structure.DrawsEach(use));
        var product = structure.ByRow(new LinearProduct(use, node => node), new RandomSource(Constant(HostTensor.Scalar(3)), draw.Step, draw.Draw).Named("w"));
        Assert.Equal(use.Product.Shape, product.Shape);
        var actual = Rewriter.Apply([term], new Dictionary<Tensor, Func<Rewriter, Tensor>>(ReferenceEqualityComparer.Instance) { [use.Product] = _ => product })[0];
        if (!drawsEach)
        {
            // Noise for the product, and at most some numbers for each row.
            var noise = Topology.Sort([actual]).Where(n => n.Op == OpCode.RandomNormal).Sum(n => n.Shape.Size);
            Assert.Equal(product.Shape.Size + (family is LowRankGuide ? 2 * Rows : 0), noise);
        }
        var rows = Samples.Tensor(x.Shape, 5);
        var law = Gaussians.LawOf(FamilyDraw.Flat(actual), [.. draw.Parameters.Select(p => (p.Value, at[p.Key])), (draw.Step, HostTensor.Scalar(0)), (draw.Draw, HostTensor.Scalar(0)), (x, rows)]);

        // The product is affine in the weights: y(w) = y(0) + G w, and rows share no noise.
        var dense = Gaussians.Of(draw.Plan, at);
        double[] At(double[] value) => Reference.Evaluate(new TensorGraph([x, w], [("y", term)]), [rows, HostTensor.Of(weights, value)])[0].ToDoubles();
        var zero = Vector<double>.Build.Dense(At(new double[weights.Size]));
        var map = Matrix<double>.Build.DenseOfColumnVectors(Enumerable.Range(0, weights.Size).Select(k =>
        {
            var one = new double[weights.Size];
            one[k] = 1;
            return Vector<double>.Build.Dense(At(one)) - zero;
        }));
        var covariance = map * dense.Covariance * map.Transpose();
        var every = zero.Count / Rows;
        covariance.MapIndexedInplace((i, j, c) => i / every == j / every ? c : 0);
        Gaussians.AssertSame(new(zero + map * dense.Mean, covariance), law, $"{family} in {y}");
    }
}
