using MathNet.Numerics.Statistics;
using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Estimators;

/// <summary>What every estimator must have in common with a shared draw, and where it must be better.</summary>
public class EstimatorLawTests
{
    private static readonly Estimator[] Rewriting = [new LocalEstimator(), new FlipoutEstimator()];

    [Fact]
    public void ExpectedGradientsAreEqual()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        double[][] shared = Gradients(model, data, plan, parameters, new SharedEstimator(), seed: 1, draws: 4000);
        foreach (var estimator in Rewriting)
        {
            double[][] other = Gradients(model, data, plan, parameters, estimator, seed: 2, draws: 4000);
            // Differences of independent draws have mean 0.
            var count = shared[0].Length;
            for (var i = 0; i < count; i++)
            {
                if (shared.All(g => g[i] == shared[0][i])) continue;
                double[] difference = [.. shared.Zip(other, (a, b) => a[i] - b[i])];
                Stat.MeanIs(0, difference, resolve: 1.1, cases: 2 * count, $"gradient component {i} of {estimator}");
            }
        }
    }

    [Fact]
    public void EachRowsProductHasTheMeanAndVarianceOfASharedDraw()
    {
        // The product itself as the location of y, whose log-likelihood at y = 0 and scale 1 is -(mean + ...)^2 / 2: its two moments are read off the rows.
        var (x, loc, scale) = (Samples.Tensor([7, 3], 3), Samples.Tensor([3, 5], 4), Samples.Tensor([3, 5], 6));
        var positive = HostTensor.Of([3, 5], [.. scale.ToDoubles().Select(s => 0.2 + Math.Abs(s))]);
        foreach (var estimator in Rewriting)
        {
            var product = Products(estimator, [7, 3], draws: 6000, x, loc, positive);
            for (var n = 0; n < 7; n++)
            {
                for (var k = 0; k < 5; k++)
                {
                    var (mean, variance) = (0.0, 0.0);
                    for (var j = 0; j < 3; j++)
                    {
                        mean += x[n * 3 + j] * loc[j * 5 + k];
                        variance += Math.Pow(x[n * 3 + j] * positive[j * 5 + k], 2);
                    }
                    double[] draws = [.. product.Select(p => p[n * 5 + k])];
                    Stat.MeanIs(mean, draws, resolve: 0.5, cases: 4 * 35, $"mean of row {n}, unit {k}, {estimator}");
                    Stat.MeanIs(variance, [.. draws.Select(d => (d - mean) * (d - mean))], resolve: 1.5, cases: 4 * 35, $"variance of row {n}, unit {k}, {estimator}");
                }
            }
        }
    }

    [Fact]
    public void ARowsOutputsHaveTheJointDistributionOfASharedDraw()
    {
        // Two outputs of one row share inputs but no weights: their covariance is 0 under all estimators, their squares too.
        var (x, loc, scale) = (Samples.Tensor([2, 3], 3), Samples.Tensor([3, 2], 4), HostTensor.Of([3, 2], [0.3, 0.5, 0.7, 0.4, 0.6, 0.9]));
        foreach (var estimator in (Estimator[])[new SharedEstimator(), .. Rewriting])
        {
            var product = Products(estimator, [2, 3], draws: 6000, x, loc, scale);
            double Mean(int k) => Enumerable.Range(0, 3).Sum(j => x[j] * loc[j * 2 + k]);
            Stat.MeanIs(0, [.. product.Select(p => (p[0] - Mean(0)) * (p[1] - Mean(1)))], resolve: 0.2, cases: 3, $"covariance, {estimator}");
        }
    }

    [Fact]
    public void ASequencesPositionsShareARowsPerturbation()
    {
        // Two positions of one row meet the same weights: their covariance is x_1 diag(scale^2) x_2, which both must keep; rows stay uncorrelated.
        var x = Samples.Tensor([5, 2, 3], 3);
        var (loc, scale) = (Samples.Tensor([3, 2], 4), HostTensor.Of([3, 2], [0.3, 0.5, 0.7, 0.4, 0.6, 0.9]));
        foreach (var estimator in Rewriting)
        {
            var product = Products(estimator, [5, 2, 3], draws: 6000, x, loc, scale);
            for (var n = 0; n < 5; n++)
            {
                double M(int row, int t) => Enumerable.Range(0, 3).Sum(j => x[(row * 2 + t) * 3 + j] * loc[j * 2 + 1]);
                var covariance = Enumerable.Range(0, 3).Sum(j => x[n * 2 * 3 + j] * x[(n * 2 + 1) * 3 + j] * Math.Pow(scale[j * 2 + 1], 2));
                var other = (n + 1) % 5;
                Stat.MeanIs(covariance, [.. product.Select(p => (p[n * 4 + 1] - M(n, 0)) * (p[n * 4 + 3] - M(n, 1)))], resolve: 0.5, cases: 20, $"covariance of positions in row {n}, {estimator}");
                Stat.MeanIs(0, [.. product.Select(p => (p[n * 4 + 1] - M(n, 0)) * (p[other * 4 + 3] - M(other, 1)))], resolve: 0.5, cases: 20, $"covariance of rows {n} and {other}, {estimator}");
            }
        }
    }

    [Fact]
    public void RowsAreUncorrelatedUnderLocalAndFlipout()
    {
        var (x, loc, scale) = (HostTensor.Of([2, 3], [1.0, -0.5, 0.7, 1.1, -0.4, 0.8]), Samples.Tensor([3, 2], 4), HostTensor.Of([3, 2], [0.3, 0.5, 0.7, 0.4, 0.6, 0.9]));
        double M(int n) => Enumerable.Range(0, 3).Sum(j => x[n * 3 + j] * loc[j * 2]);
        var shared = Enumerable.Range(0, 3).Sum(j => x[j] * x[3 + j] * Math.Pow(scale[j * 2], 2));
        foreach (var (estimator, expected) in new (Estimator, double)[] { (new SharedEstimator(), shared), (new LocalEstimator(), 0), (new FlipoutEstimator(), 0) })
        {
            var product = Products(estimator, [2, 3], draws: 6000, x, loc, scale);
            Stat.MeanIs(expected, [.. product.Select(p => (p[0] - M(0)) * (p[2] - M(1)))], resolve: 0.15, cases: 3, $"covariance of rows, {estimator}");
        }
    }

    [Fact]
    public void FlipoutsSignsDifferAlongInputsToo()
    {
        // With signs on inputs and outputs the squares of two rows' perturbations p have covariance 2 sum_j x_1j^2 x_2j^2 scale_j^4; with
        // signs on outputs alone it would be 2 (sum_j x_1j x_2j scale_j^2)^2, more than twice as much here.
        var (x, loc, scale) = (HostTensor.Of([2, 3], [1.0, -0.5, 0.7, 1.1, -0.4, 0.8]), Samples.Tensor([3, 2], 4), HostTensor.Of([3, 2], [0.3, 0.5, 0.7, 0.4, 0.6, 0.9]));
        double Sum(Func<int, double> term) => Enumerable.Range(0, 3).Sum(term);
        double Mean(int n) => Sum(j => x[n * 3 + j] * loc[j * 2]);
        double Variance(int n) => Sum(j => Math.Pow(x[n * 3 + j] * scale[j * 2], 2));
        var expected = 2 * Sum(j => Math.Pow(x[j] * x[3 + j] * scale[j * 2] * scale[j * 2], 2));
        var product = Products(new FlipoutEstimator(), [2, 3], draws: 12000, x, loc, scale);
        Stat.MeanIs(expected, [.. product.Select(p => (Math.Pow(p[0] - Mean(0), 2) - Variance(0)) * (Math.Pow(p[2] - Mean(1), 2) - Variance(1)))], resolve: 0.15, cases: 1, "covariance of squares");
    }

    [Fact]
    public void GradientsVaryLessOnABatchAndAlikeOnOneRow()
    {
        foreach (var (rows, isLower) in new[] { (29, true), (1, false) })
        {
            var (model, data) = Linear(rows);
            var plan = Evaluation.Plan(model, new NormalGuide());
            var parameters = Evaluation.Somewhere(plan);
            double Variance(Estimator e)
            {
                var draws = Gradients(model, data, plan, parameters, e, seed: 3, draws: 3000);
                return Enumerable.Range(0, draws[0].Length).Sum(i => draws.Select(d => d[i]).Variance());
            }
            var shared = Variance(new SharedEstimator());
            foreach (var estimator in Rewriting)
            {
                var ratio = Variance(estimator) / shared;
                // On one row the law is the same, and a variance over 3000 draws of heavy-tailed gradients is known to about a tenth.
                Assert.True(isLower ? ratio < 0.5 : ratio is > 0.8 and < 1.25, $"{estimator} on {rows} rows: ratio {ratio}");
            }
        }
    }

    [Fact]
    public void OnOneRowTheProductHasTheSameLaw()
    {
        // The distribution of a single row's product is normal with the same moments for all estimators.
        var (x, loc, scale) = (Samples.Tensor([1, 3], 3), Samples.Tensor([3, 2], 4), HostTensor.Of([3, 2], [0.3, 0.5, 0.7, 0.4, 0.6, 0.9]));
        foreach (var estimator in (Estimator[])[new SharedEstimator(), .. Rewriting])
        {
            var product = Products(estimator, [1, 3], draws: 5000, x, loc, scale);
            for (var k = 0; k < 2; k++)
            {
                var (mean, variance) = (Enumerable.Range(0, 3).Sum(j => x[j] * loc[j * 2 + k]), Enumerable.Range(0, 3).Sum(j => Math.Pow(x[j] * scale[j * 2 + k], 2)));
                Stat.CdfIs([.. product.Select(p => MathNet.Numerics.Distributions.Normal.CDF(mean, Math.Sqrt(variance), p[k]))], resolve: 0.09, cases: 6, $"product under {estimator}");
            }
        }
    }

    [Fact]
    public void ARowOfZerosHasAFiniteExactGradientUnderLocal()
    {
        var (model, data) = Linear(5);
        var zeros = new DataSet(new Dictionary<string, HostTensor>(data.Values) { ["x"] = HostTensor.Zeros(DType.F64, [5, 3]) }, 5);
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        var elbo = Evaluation.Build(model, plan, new LocalEstimator());
        var gradient = Evaluation.Flat(Evaluation.At(elbo, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]), parameters, zeros));
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void TheDivergenceIsTheSameUnderAllEstimators()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        double Kl(Estimator e)
        {
            var elbo = Evaluation.Build(model, plan, e, batch: 4, draws: 2);
            return Evaluation.At(elbo, [elbo.Kl], parameters, data, index: [1, 2, 3, 4], weight: [3, 3, 3, 3])[0][0];
        }
        Assert.Equal(Kl(new SharedEstimator()), Kl(new LocalEstimator()), 1e-12);
        Assert.Equal(Kl(new SharedEstimator()), Kl(new FlipoutEstimator()), 1e-12);
    }

    private static (BoundModel, DataSet) Linear(int rows)
    {
        var model = ModelBuilder.Bind(rows, ["y"], b =>
        {
            var x = b.PerRow("x", [3]);
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1.3)).Iid([3, 2]));
            b.Draw("y", Normal.Of(MatMul(x, w), b.Real(0.7)), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([rows, 3], 5), ["y"] = Samples.Tensor([rows, 2], 9) }, rows));
    }

    private static double[][] Gradients(BoundModel model, DataSet data, GuidePlan plan, Dictionary<string, HostTensor> parameters, Estimator estimator, long seed, int draws)
    {
        var elbo = Evaluation.Build(model, plan, estimator);
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]).Select((g, i) => ($"{i}", g))));
        return Run(graph, parameters, data, seed, draws);
    }

    /// <summary>Draws of the product x @ w alone, with the given factor.</summary>
    private static double[][] Products(Estimator estimator, Shape rows, int draws, HostTensor x, HostTensor loc, HostTensor scale)
    {
        var outputs = loc.Shape[1];
        // The product is read off as the gradient of the log-likelihood with respect to y, y - product at unit scale.
        var model = ModelBuilder.Bind(rows[0], ["y"], b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1.3)).Iid(loc.Shape));
            b.Draw("y", Normal.Of(MatMul(b.PerRow("x", rows[1..]), w), b.Real(1)), perRow: true);
        });
        var plan = Evaluation.Plan(model, new NormalGuide());
        var elbo = Evaluation.Build(model, plan, estimator);
        Assert.Equal(estimator.Name, elbo.Sites[0].Estimator);
        var y = elbo.Data.Values.Single(v => v.Name == "y").Input;
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, [("product", Vjp.Gradients(elbo.ExpectedLogLikelihood, [y])[0])]));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = x, ["y"] = HostTensor.Zeros(DType.F64, rows[..^1].Concat([outputs])) }, rows[0]);
        var rho = HostTensor.Of(scale.Shape, [.. scale.ToDoubles().Select(s => Math.Log(Math.Exp(s) - 1))]);
        return Run(graph, new() { ["w.loc"] = loc, ["w.rho"] = rho }, data, seed: 6, draws);
    }

    private static double[][] Run(TensorGraph graph, Dictionary<string, HostTensor> parameters, DataSet data, long seed, int draws)
    {
        HostTensor[] inputs = [.. graph.Inputs.Select(input => input.InputName() switch
        {
            "seed" => HostTensor.Scalar(seed),
            "step" => HostTensor.Scalar(0),
            var name when name.StartsWith("data:") => data.Values[name[5..]],
            var name => parameters[name],
        })];
        var step = graph.InputIndex("step");
        return [.. Enumerable.Range(0, draws).Select(s =>
        {
            inputs[step] = HostTensor.Scalar(s);
            return Evaluation.Flat(Reference.Evaluate(graph, inputs));
        })];
    }
}
