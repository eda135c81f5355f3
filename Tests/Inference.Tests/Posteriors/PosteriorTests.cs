using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Posteriors;

public class PosteriorTests
{
    private static readonly ReferenceBackend Backend = new();

    private static (Posterior Posterior, DataSet Data) Exact()
    {
        var (model, data) = Samples.Regression();
        return (Posterior.FromParameters(model, [new(new MultivariateNormalGuide())], ConjugateRegression.Of(data).FullCovarianceParameters("guide.1")).Required, data);
    }

    private static Posterior Somewhere(BoundModel model, GuideFamily family)
    {
        var plan = Evaluation.Plan(model, family);
        return Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
    }

    [Fact]
    public void DrawsHaveTheExactPosteriorsMoments()
    {
        var (posterior, data) = Exact();
        var exact = ConjugateRegression.Of(data);
        var draws = posterior.Sample(Backend, new() { Draws = 5000, Seed = 2 }, data);
        var covariance = exact.Precision.Inverse();
        var (alpha, beta) = (draws["alpha"].ToDoubles(), draws["beta"].ToDoubles());
        double Component(int s, int i) => i == 0 ? alpha[s] : beta[s * 3 + i - 1];
        for (var i = 0; i < 4; i++)
        {
            Stat.MeanIs(exact.Mean[i], [.. Enumerable.Range(0, 5000).Select(s => Component(s, i))], resolve: 0.1, cases: 20, $"mean {i}");
            for (var j = 0; j <= i; j++)
                Stat.MeanIs(covariance[i, j], [.. Enumerable.Range(0, 5000).Select(s => (Component(s, i) - exact.Mean[i]) * (Component(s, j) - exact.Mean[j]))], resolve: 0.02, cases: 20, $"covariance {i}, {j}");
        }
        // The deterministic value is computed from the same draw.
        var x = data.Values["x"];
        for (var s = 0; s < 5; s++)
        {
            var mean = Component(s, 0) + Enumerable.Range(0, 3).Sum(j => x[4 * 3 + j] * Component(s, j + 1));
            Assert.Equal(mean, draws["mean"][s * 13 + 4], 1e-12);
        }
        Assert.Equal("[5000, 13]", draws["mean"].Shape.ToString());
        // Without arguments it cannot be computed, and is left out.
        Assert.Empty(posterior.Sample(Backend, new() { Draws = 3 }).Deterministic);
        Assert.Throws<KeyNotFoundException>(() => posterior.Sample(Backend, new() { Draws = 3 })["mean"]);
    }

    [Fact]
    public void DrawsDoNotDependOnHowTheyAreBatched()
    {
        var (model, data) = Samples.Schools();
        var posterior = Somewhere(model, new NormalGuide());
        var one = posterior.Sample(Backend, new() { Draws = 17, Seed = 3 }, data);
        foreach (var chunk in (int[])[1, 5, 17])
        {
            var other = posterior.Sample(Backend, new() { Draws = 17, Seed = 3, DrawChunk = chunk }, data);
            Assert.Equal(one.Latent, other.Latent);
            Assert.Equal(one.Deterministic, other.Deterministic);
        }
        Assert.Equal(["mu", "tau", "z"], one.Latent.Select(l => l.Name));
        Assert.Equal(["theta"], one.Deterministic.Select(l => l.Name));
        Assert.NotEqual(one["mu"], posterior.Sample(Backend, new() { Draws = 17, Seed = 4 }, data)["mu"]);
        // More draws continue the same sequence.
        Assert.Equal(one["mu"].ToDoubles(), posterior.Sample(Backend, new() { Draws = 29, Seed = 3 }, data)["mu"].ToDoubles()[..17]);
    }

    [Fact]
    public void PredictionsDoNotDependOnHowTheyAreCut()
    {
        foreach (var (model, data, family) in new (BoundModel, DataSet, GuideFamily)[]
        {
            (Samples.Net().Model, Samples.Net().Data, new NormalGuide()), (Samples.Net(DType.F32).Model, Samples.Net(DType.F32).Data, new NormalGuide()),
            (Samples.Regression().Model, Samples.Regression().Data, new MultivariateNormalGuide()), (Samples.Schools().Model, Samples.Schools().Data, new NormalGuide()),
        })
        {
            var posterior = Somewhere(model, family);
            foreach (var rows in (RowIdentity[])[RowIdentity.New, RowIdentity.Training])
            {
                var one = posterior.Predict(Backend, data, new() { Draws = 13, Seed = 3, Rows = rows }).Required;
                foreach (var (row, draw) in new[] { (1, 1), (3, 5), (4, 13), (100, 2) })
                {
                    var other = posterior.Predict(Backend, data, new() { Draws = 13, Seed = 3, Rows = rows, RowChunk = row, DrawChunk = draw }).Required;
                    AssertSame(one, other);
                }
            }
        }
    }

    [Fact]
    public void ARegressionsPredictionIsTheClosedForm()
    {
        var (posterior, _) = Exact();
        var exact = ConjugateRegression.Of(Samples.Regression().Data);
        // Seven new rows with values.
        var (x, y) = (Samples.Tensor([7, 3], 31), Samples.Tensor([7], 32));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = x, ["y"] = y }, 7);
        const int draws = 6000;
        var predictions = posterior.Predict(Backend, data, new() { Draws = draws, Seed = 3 }).Required;
        var site = Assert.IsType<SitePrediction.Real>(predictions["y"]);
        Assert.True(site.HasMoments);
        for (var n = 0; n < 7; n++)
        {
            var row = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense([1, x[n * 3], x[n * 3 + 1], x[n * 3 + 2]]);
            var (mean, epistemic) = (row * exact.Mean, row * exact.Precision.Solve(row));
            var z = 4.9 + 0.3; // the normal quantile of 1e-6 / 14, with room for the estimate of a variance
            Assert.Equal(mean, site.Summary.Mean[n], z * Math.Sqrt(epistemic / draws));
            Assert.Equal(0.36, site.Summary.AleatoricVariance[n], 1e-12);
            Assert.Equal(epistemic, site.Summary.EpistemicVariance[n], z * epistemic * Math.Sqrt(2.0 / draws));
            var sd = Math.Sqrt(epistemic + 0.36);
            Assert.Equal(mean - 1.959964 * sd, site.Summary.Quantiles[n * 5], 0.25 * sd);
            Assert.Equal(mean, site.Summary.Quantiles[n * 5 + 2], 0.15 * sd);
            Assert.Equal(mean + 1.959964 * sd, site.Summary.Quantiles[n * 5 + 4], 0.25 * sd);
            // The mean of the densities over draws, with E[p^2] = N(y; mean, 0.18 + epistemic) / (2 * 0.6 sqrt(pi)) for its error.
            double Density(double variance) => Math.Exp(-(y[n] - mean) * (y[n] - mean) / (2 * variance)) / Math.Sqrt(2 * Math.PI * variance);
            var relative = Density(0.18 + epistemic) / (1.2 * Math.Sqrt(Math.PI)) / Math.Pow(Density(epistemic + 0.36), 2) - 1;
            Assert.Equal(Math.Log(Density(epistemic + 0.36)), site.LogDensity!.Value[n], z * Math.Sqrt(relative / draws));
            Assert.Equal(site.LogDensity!.Value[n], predictions.LogDensity!.Value[n]);
        }
        Assert.Equal(-predictions.LogDensity!.Value.Average(), predictions.Nll!.Value, 1e-12);
    }

    [Fact]
    public void AClassifiersPredictionAveragesItsDraws()
    {
        var (model, data) = Samples.Net();
        // All rows of a draw share dependent weights, so that the draws of these say what is predicted.
        var posterior = Somewhere(model, new MultivariateNormalGuide());
        var predictions = posterior.Predict(Backend, data, new() { Draws = 9, Seed = 3 }).Required;
        var site = Assert.IsType<SitePrediction.Class>(predictions["species"]);
        // The same net computed by hand from the draws of the weights.
        var draws = posterior.Sample(Backend, new() { Draws = 9, Seed = 3 });
        var (x, labels) = (data.Values["x"], data.Values["species"]);
        for (var n = 0; n < 11; n++)
        {
            double[] mean = [0, 0];
            var (entropies, density) = (0.0, 0.0);
            for (var s = 0; s < 9; s++)
            {
                double[] logits = [draws["out.b"][s * 2], draws["out.b"][s * 2 + 1]];
                for (var u = 0; u < 5; u++)
                {
                    var h = draws["h.b"][s * 5 + u] + Enumerable.Range(0, 3).Sum(j => x[n * 3 + j] * draws["h.w"][(s * 3 + j) * 5 + u]);
                    for (var k = 0; k < 2; k++) logits[k] += Math.Max(h, 0) * draws["out.w"][(s * 5 + u) * 2 + k];
                }
                var p = 1 / (1 + Math.Exp(logits[0] - logits[1]));
                mean[1] += p / 9;
                mean[0] += (1 - p) / 9;
                entropies += -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p)) / 9;
                density += (labels[n] == 1 ? p : 1 - p) / 9;
            }
            var entropy = -mean.Sum(p => p * Math.Log(p));
            Assert.Equal(mean[0], site.Summary.Probabilities[n * 2], 1e-12);
            Assert.Equal(entropy, site.Summary.Entropy[n], 1e-12);
            Assert.Equal(entropy - entropies, site.Summary.MutualInformation[n], 1e-12);
            Assert.Equal(Math.Log(density), predictions.LogDensity!.Value[n], 1e-12);
        }
    }

    [Fact]
    public void WithoutObservedValuesThereIsNoDensity()
    {
        var (model, data) = Samples.Net();
        var only = new DataSet(new Dictionary<string, HostTensor> { ["x"] = data.Values["x"] }, 11);
        var posterior = Somewhere(model, new NormalGuide());
        var predictions = posterior.Predict(Backend, only, new() { Draws = 5, Seed = 3 }).Required;
        Assert.Null(predictions.LogDensity);
        Assert.Null(predictions.Nll);
        Assert.Null(predictions["species"].LogDensity);
        // The prediction itself is the same as with them.
        var with = posterior.Predict(Backend, data, new() { Draws = 5, Seed = 3 }).Required;
        Assert.Equal(((SitePrediction.Class)with["species"]).Summary, ((SitePrediction.Class)predictions["species"]).Summary);
        Assert.Contains("'x'", Assert.Single(posterior.Predict(Backend, new(new Dictionary<string, HostTensor>(), 3), new()).Diagnostics).Message);
    }

    [Fact]
    public void APointPredictsWithOneDrawAndNoEpistemicPart()
    {
        var (model, data) = Samples.Net();
        var posterior = Somewhere(model, new DeltaGuide());
        Assert.True(posterior.IsPoint);
        var predictions = posterior.Predict(Backend, data, new() { Draws = 50 }).Required;
        Assert.Equal(1, predictions.Draws);
        Assert.All(((SitePrediction.Class)predictions["species"]).Summary.MutualInformation, v => Assert.Equal(0, v));
    }

    [Fact]
    public void EveryKindOfOutcomeIsPredicted()
    {
        var model = ModelBuilder.Bind(4, ["truth", "prob", "hot", "count", "vector", "heavy"], b =>
        {
            var a = b.Draw("a", Normal.Of(b.Real(0.3), b.Real(0.2)));
            var x = b.PerRow("x", []);
            b.Draw("truth", Bernoulli.Of(x * a), perRow: true);
            b.Draw("prob", BernoulliProbs.Of(Sigmoid(x * a)).Iid([]), perRow: true);
            b.Draw("hot", OneHotCategorical.Of(Stack([x, x * a, -x], -1)), perRow: true);
            b.Draw("count", Poisson.Of(Exp(x * a)), perRow: true);
            b.Draw("vector", Normal.Of(Stack([x, x * a], -1), b.Real(0.4)), perRow: true);
            b.Draw("heavy", HalfCauchy.Of(Exp(x * a)), perRow: true);
        });
        var posterior = Somewhere(model, new NormalGuide());
        var x = HostTensor.Of([4], [0.7, -1.1, 0.4, 2.3]);
        var predictions = posterior.Predict(Backend, new(new Dictionary<string, HostTensor> { ["x"] = x }, 4), new() { Draws = 40, Seed = 6, RowChunk = 3 }).Required;
        var a = posterior.Sample(Backend, new() { Draws = 40, Seed = 6 })["a"].ToDoubles();
        static double Sigmoid_(double v) => 1 / (1 + Math.Exp(-v));
        var truth = (SitePrediction.Class)predictions["truth"];
        for (var n = 0; n < 4; n++)
        {
            Assert.Equal(a.Average(v => Sigmoid_(x[n] * v)), truth.Summary.Probabilities[2 * n + 1], 1e-12);
            Assert.Equal(a.Average(v => Math.Exp(x[n] * v)), ((SitePrediction.Real)predictions["count"]).Summary.Mean[n], 1e-12);
            var hot = (SitePrediction.Class)predictions["hot"];
            Assert.Equal(a.Average(v => Math.Exp(-x[n]) / (Math.Exp(x[n]) + Math.Exp(x[n] * v) + Math.Exp(-x[n]))), hot.Summary.Probabilities[3 * n + 2], 1e-12);
            var vector = (SitePrediction.Real)predictions["vector"];
            Assert.Equal("[2]", vector.RowShape.ToString());
            Assert.Equal(8, vector.Summary.Rows);
            Assert.Equal(x[n], vector.Summary.Mean[2 * n], 1e-12);
            Assert.Equal(x[n] * a.Average(), vector.Summary.Mean[2 * n + 1], 1e-12);
        }
        Assert.Equal(truth.Summary, ((SitePrediction.Class)predictions["prob"]).Summary with { }, new CloseSummaries());
        // A distribution without moments is summarised by its draws.
        var heavy = (SitePrediction.Real)predictions["heavy"];
        Assert.False(heavy.HasMoments);
        Assert.All(heavy.Summary.Mean, m => Assert.True(m > 0));
        Assert.All(heavy.Summary.AleatoricVariance, v => Assert.Equal(0, v));
    }

    [Fact]
    public void LatentValuesOfTrainingRowsComeFromTheGuideAndOfNewRowsFromThePrior()
    {
        var (model, data) = Samples.Schools();
        var plan = Evaluation.Plan(model, new NormalGuide());
        // A guide that is sure: mu = 2, tau = 3, and z far out in each row.
        double[] z = [11, -12, 13, -14, 15, -16, 17, -18];
        var parameters = new Dictionary<string, HostTensor>
        {
            ["mu.loc"] = HostTensor.Scalar(DType.F64, 2), ["mu.rho"] = HostTensor.Scalar(DType.F64, -40), ["tau.loc"] = HostTensor.Scalar(DType.F64, Math.Log(3)),
            ["tau.rho"] = HostTensor.Scalar(DType.F64, -40), ["z.loc"] = HostTensor.Of([8], z), ["z.rho"] = HostTensor.Of([8], [.. z.Select(_ => -40.0)]),
        };
        var posterior = Posterior.FromParameters(model, plan, parameters).Required;
        var training = (SitePrediction.Real)posterior.Predict(Backend, data, new() { Draws = 3, Rows = RowIdentity.Training, RowChunk = 3 }).Required["y"];
        for (var n = 0; n < 8; n++) Assert.Equal(2 + 3 * z[n], training.Summary.Mean[n], 1e-9);
        var fresh = (SitePrediction.Real)posterior.Predict(Backend, data, new() { Draws = 4000, Seed = 1 }).Required["y"];
        for (var n = 0; n < 8; n++)
        {
            Assert.Equal(2, fresh.Summary.Mean[n], 5.2 * 3 / Math.Sqrt(4000));
            Assert.Equal(9, fresh.Summary.EpistemicVariance[n], 5.2 * 9 * Math.Sqrt(2.0 / 4000));
        }
        Assert.Equal(8, fresh.Summary.Mean.Distinct().Count());
    }

    [Fact]
    public void ParametersSaveAndLoadBitForBit()
    {
        var (model, data) = Samples.Net(DType.F32);
        var fitted = new Vi { Training = new() { Epochs = 3, Batch = 4 } }.Fit(new(model, data, Backend, 7)).Required.Posterior;
        var loaded = Posterior.FromParameters(model, fitted.Guide.Clauses, fitted.Parameters).Required;
        AssertSame(fitted.Predict(Backend, data, new() { Draws = 7 }).Required, loaded.Predict(Backend, data, new() { Draws = 7 }).Required);

        var bad = new Dictionary<string, HostTensor>(fitted.Parameters) { ["extra"] = HostTensor.Scalar(1) };
        bad.Remove("h.w.loc");
        bad["h.b.loc"] = HostTensor.Zeros(DType.F32, [4]);
        var found = Posterior.FromParameters(model, fitted.Guide.Clauses, bad).Diagnostics;
        Assert.Equal(3, found.Count);
        Assert.All(found, d => Assert.Equal(InferenceCodes.ParameterMismatch, d.Code));
    }

    [Fact]
    public void ComponentsAreSummarised()
    {
        var summaries = ComponentSummary.Of("w", HostTensor.Of([3, 2, 1], [1.0, 10, 2, 30, 6, 20])).ToArray();
        Assert.Equal(["w[0, 0]", "w[1, 0]"], summaries.Select(s => s.Name));
        Assert.Equal(3, summaries[0].Mean);
        Assert.Equal(Math.Sqrt(7), summaries[0].StandardDeviation, 1e-12);
        Assert.Equal([1.1, 1.5, 2, 4, 5.6], summaries[0].Quantiles.Map(q => Math.Round(q, 10)));
        Assert.Equal("mu", ComponentSummary.Of("mu", HostTensor.Of([1], [4.0])).Single().Name);
        Assert.Equal(0, ComponentSummary.Of("mu", HostTensor.Of([1], [4.0])).Single().StandardDeviation);
    }

    private static void AssertSame(Predictions one, Predictions two)
    {
        Assert.Equal(one.LogDensity, two.LogDensity);
        foreach (var (a, b) in one.Sites.Zip(two.Sites)) Assert.Equal(a, b);
    }

    private sealed class CloseSummaries : IEqualityComparer<ProbNet.Inference.Metrics.ClassSummary>
    {
        public bool Equals(ProbNet.Inference.Metrics.ClassSummary? a, ProbNet.Inference.Metrics.ClassSummary? b) =>
            a!.Probabilities.Zip(b!.Probabilities).All(p => Math.Abs(p.First - p.Second) < 1e-12) && a.MutualInformation.Zip(b.MutualInformation).All(p => Math.Abs(p.First - p.Second) < 1e-12);

        public int GetHashCode(ProbNet.Inference.Metrics.ClassSummary summary) => 0;
    }
}
