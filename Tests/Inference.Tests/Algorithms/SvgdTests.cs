using MathNet.Numerics.LinearAlgebra;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

public class SvgdTests
{
    [Theory]
    [InlineData(5, null)]
    [InlineData(3, 1.7)]
    [InlineData(1, null)]
    public void TheDirectionIsThatOfThePaper(int count, double? bandwidth)
    {
        var (a, b) = (Samples.Tensor([count, 2, 3], 1), Samples.Tensor([count], 2));
        var (ga, gb) = (Samples.Tensor([count, 2, 3], 3), Samples.Tensor([count], 4));
        var direction = SteinDirection.Of([Constant(a), Constant(b)], [Constant(ga), Constant(gb)], 13, bandwidth);
        var found = Reference.Evaluate(new TensorGraph([], [("a", direction[0]), ("b", direction[1])]), []);

        double[] Row(HostTensor x, HostTensor y, int i) => [.. x.ToDoubles()[(i * 6)..(i * 6 + 6)], y[i]];
        double Distance(int i, int j) => Row(a, b, i).Zip(Row(a, b, j), (p, q) => (p - q) * (p - q)).Sum();
        var pairs = from i in Enumerable.Range(0, count) from j in Enumerable.Range(0, count) where i != j select Distance(i, j);
        var h = bandwidth ?? (count == 1 ? 1 : pairs.Average() / Math.Log(count + 1));
        for (var i = 0; i < count; i++)
        {
            var phi = new double[7];
            for (var j = 0; j < count; j++)
            {
                var k = Math.Exp(-Distance(i, j) / h);
                // Losses are -log density / 13.
                for (var e = 0; e < 7; e++) phi[e] += (k * -13 * Row(ga, gb, j)[e] + 2 / h * k * (Row(a, b, i)[e] - Row(a, b, j)[e])) / count;
            }
            for (var e = 0; e < 7; e++) Assert.Equal(-phi[e] / 13, Row(found[0], found[1], i)[e], 1e-12);
        }
    }

    [Fact]
    public void ParticlesTakeTheShapeOfAGaussian()
    {
        // y = a + 2 b + noise: a and b are strongly dependent given y.
        var model = ModelBuilder.Bind(7, ["y"], m =>
        {
            var a = m.Draw("a", Language.Distributions.Normal.Of(m.Real(0.4), m.Real(1.3)));
            var b = m.Draw("b", Language.Distributions.Normal.Of(m.Real(-0.2), m.Real(0.7)));
            m.Draw("y", Language.Distributions.Normal.Of(a + b * 2, m.Real(1.1)).Iid([m.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 3) }, 7);
        var x = Vector<double>.Build.Dense([1, 2]);
        var prior = Matrix<double>.Build.DenseOfDiagonalArray([1 / (1.3 * 1.3), 1 / (0.7 * 0.7)]);
        var covariance = (prior + 7 / (1.1 * 1.1) * x.OuterProduct(x)).Inverse();
        var mean = covariance * (prior * Vector<double>.Build.Dense([0.4, -0.2]) + x * data.Values["y"].ToDoubles().Sum() / (1.1 * 1.1));

        var method = new Svgd { Particles = 60, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Schedule = new CosineSchedule(), Steps = 1500 } };
        var posterior = method.Fit(new(model, data, new CpuBackend(), 4) { Threads = 1 }).Required.Posterior;
        Assert.Equal(60, posterior.Guide.DistinctDraws);
        double[][] particles = [posterior.Parameters["a.loc"].ToDoubles(), posterior.Parameters["b.loc"].ToDoubles()];
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(mean[i], particles[i].Average(), 0.02 * Math.Sqrt(covariance[i, i]));
            for (var j = 0; j <= i; j++)
            {
                var found = Enumerable.Range(0, 60).Average(p => (particles[i][p] - mean[i]) * (particles[j][p] - mean[j]));
                Assert.Equal(covariance[i, j], found, 0.1 * Math.Sqrt(covariance[i, i] * covariance[j, j]));
            }
        }
    }

    [Fact]
    public void OneParticleGoesToTheModeOfTheUnconstrainedVariable()
    {
        // Beta(2.5 + 4, 1.7 + 7) in p; the density of logit p has another p (1 - p): its mode is at 6.5 / 15.2, that of p at 5.5 / 13.2.
        var (model, data) = Samples.Coin();
        var posterior = new Svgd { Particles = 1, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 800, Schedule = new CosineSchedule() } }
            .Fit(new(model, data, new ReferenceBackend(), 4)).Required.Posterior;
        Assert.Equal(6.5 / 15.2, 1 / (1 + Math.Exp(-posterior.Parameters["p.loc"][0])), 1e-6);
        Assert.Equal("members { members = 1; guide = delta }", posterior.Guide.Clauses[0].ToString());
    }

    [Fact]
    public void MinibatchesEstimateTheSameDirection()
    {
        // One particle: the mean over an epoch's batches of its steps without momentum is the step on all rows.
        var (model, data) = Samples.Net();
        Svgd Method(int? batch) => new() { Particles = 1, Training = new() { Optimizer = new Sgd { Rate = 1e-7 }, Epochs = 1, Batch = batch } };
        HostTensor Moved(int? batch) => Method(batch).Fit(new(model, data, new ReferenceBackend(), 4)).Required.Posterior.Parameters["out.w.loc"];
        var start = Evaluation.InitialValues(Evaluation.Plan(model, new MembersGuide { Members = 1, Guide = [new(new UnconstrainedPointGuide { Spread = 1 })] }), 4)["out.w.loc"];
        var (all, parts) = (Moved(null), Moved(4));
        for (var i = 0; i < all.Shape.Size; i++) Assert.Equal((all[i] - start[i]) * 1e7, (parts[i] - start[i]) * 1e7 / 3, 1e-5);
    }
}
