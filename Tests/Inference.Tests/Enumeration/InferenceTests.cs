using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

public class InferenceTests
{
    private static readonly IBackend Backend = new ReferenceBackend();

    [Fact]
    public void MembershipsOfAPointAreBayesRule()
    {
        var (model, data, _) = Mixtures.Gaussian();
        double[] centre = [-3.7, 0.2, 5.1];
        var posterior = At(model, centre);
        var found = posterior.Classify(Backend, data, new()).Required["z"];
        var y = data.Values["y"].ToDoubles();
        Assert.Equal((3, true), (found.Labels, found.PerRow));
        for (var i = 0; i < y.Length; i++)
        {
            double[] logs = [.. Enumerable.Range(0, 3).Select(k => Math.Log(Mixtures.Weights[k]) + Mixtures.LogNormal(y[i], centre[k], 0.8))];
            for (var k = 0; k < 3; k++) Assert.Equal(Math.Exp(logs[k] - BruteForce.LogSum(logs)), found.Of(i)[k], 1e-12);
        }
    }

    [Fact]
    public void MembershipsOfNetworksAreSharesOfTheSumOverConfigurations()
    {
        for (var seed = 100; seed < 115; seed++)
        {
            var (model, _, values) = RandomNets.Make(seed);
            var marginal = model.SumOut(model.Rows).Required;
            var all = BruteForce.Configurations(marginal.Joint, model.IsObserved, values);
            var total = BruteForce.LogSum(all.Select(c => c.LogDensity));
            Tensor[] holes = [.. marginal.Graph.Sites.Select(s => s.Value)];
            var probabilities = Reference.Evaluate(
                new TensorGraph(holes, ProbNet.Inference.Enumeration.Classifier.Probabilities(marginal).Select((p, i) => ($"{i}", p))), [.. holes.Select(h => values[h.InputName()])]);
            foreach (var (site, probability) in marginal.Summed.Zip(probabilities))
            {
                for (var e = 0; e < site.Elements.Size; e++)
                {
                    for (var k = 0; k < site.Labels; k++)
                    {
                        var share = all.Where(c => c.Labels[site.Site.Name][e] == k).Sum(c => Math.Exp(c.LogDensity - total));
                        Assert.True(Math.Abs(share - probability[e * site.Labels + k]) < 1e-10, $"seed {seed}, {site.Site.Name}[{e}] = {k}: {probability[e * site.Labels + k]} against {share}");
                    }
                }
            }
        }
    }

    [Fact]
    public void ThePredictiveOfAPointIsTheMixture()
    {
        var (model, data, _) = Mixtures.Gaussian();
        double[] centre = [-3.7, 0.2, 5.1];
        var found = (SitePrediction.Real)At(model, centre).Predict(Backend, data, new() { Draws = 4, RowChunk = 7 }).Required["y"];
        var y = data.Values["y"].ToDoubles();
        var mean = Mixtures.Weights.Zip(centre, (w, c) => w * c).Sum();
        var variance = Mixtures.Weights.Zip(centre, (w, c) => w * (0.64 + (c - mean) * (c - mean))).Sum();
        for (var i = 0; i < y.Length; i++)
        {
            Assert.Equal(mean, found.Summary.Mean[i], 1e-9);
            Assert.Equal(variance, found.Summary.AleatoricVariance[i], 1e-9);
            Assert.Equal(0, found.Summary.EpistemicVariance[i], 1e-9);
        }
        var density = y.Average(v => BruteForce.LogSum(Enumerable.Range(0, 3).Select(k => Math.Log(Mixtures.Weights[k]) + Mixtures.LogNormal(v, centre[k], 0.8))));
        Assert.Equal(-density, At(model, centre).Predict(Backend, data, new() { Draws = 4, RowChunk = 7 }).Required.Nll!.Value, 1e-10);
    }

    [Fact]
    public void DrawsOfMembershipsHaveTheirProbabilities()
    {
        var (model, data, _) = Mixtures.Gaussian();
        // Rows whose membership is in doubt: between the centres.
        data = new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Mixtures.Rows], [.. Enumerable.Range(0, Mixtures.Rows).Select(i => -2.0 + 0.1 * i)]) }, Mixtures.Rows);
        var posterior = At(model, [-1.7, 0.2, 1.5]);
        var expected = posterior.Classify(Backend, data, new()).Required["z"];
        const int Draws = 4000;
        var checkedLabels = 0;
        var drawn = posterior.Sample(Backend, new() { Draws = Draws, Seed = 3 }, data)["z"];
        for (var i = 0; i < Mixtures.Rows; i += 10)
        {
            for (var k = 0; k < 3; k++)
            {
                // The sample variance of rarely drawn labels says nothing of their error.
                if (expected.Of(i)[k] is < 0.05 or > 0.95) continue;
                checkedLabels++;
                double[] hits = [.. Enumerable.Range(0, Draws).Select(s => drawn[s * Mixtures.Rows + i] == k ? 1.0 : 0)];
                Stat.MeanIs(expected.Of(i)[k], hits, resolve: 0.1, cases: 21, $"row {i}, label {k}");
            }
        }
        Assert.True(checkedLabels >= 6);
        // Without data there is nothing to draw them from.
        Assert.DoesNotContain("z", posterior.Sample(Backend, new() { Draws = 2 }).Latent.Select(l => l.Name));
    }

    [Fact]
    public void VariationalInferenceAndTheModeFindPlantedClusters()
    {
        var (model, data, labels) = Mixtures.Gaussian();
        var training = new TrainingOptions { Optimizer = new Adam { Rate = 0.05 }, Steps = 400 };
        foreach (var algorithm in (Algorithm[])[new Vi { Training = training, Samples = 4 }, new Map { Training = training with { Batch = 13, Steps = 600 } }])
        {
            var result = algorithm.Fit(new(model, data, new ProbNet.Backends.Cpu.CpuBackend(), 5)).Required;
            Assert.Contains(result.Sites, s => s.Site == "z" && s.Family == "summed out (k = 3)");
            var centres = result.Posterior.Sample(Backend, new() { Draws = 400, Seed = 1 })["centre"];
            for (var k = 0; k < 3; k++)
            {
                var mean = Enumerable.Range(0, 400).Average(s => centres[s * 3 + k]);
                var count = labels.Count(l => l == k);
                // Six standard errors of the cluster's mean, a little more than the posterior's own spread, and the pull of the prior.
                Assert.True(Math.Abs(mean - Mixtures.Centres[k]) < 6 * 0.8 / Math.Sqrt(count) + 0.05, $"{algorithm.Name}: centre {k} is {mean}");
            }
            var members = result.Posterior.Classify(Backend, data, new() { Draws = 20 }).Required["z"];
            Assert.True(labels.Where((l, i) => members.Label(i) == l).Count() >= Mixtures.Rows - 3, algorithm.Name);
        }
    }

    [Fact]
    public void TheAverageOverAPartitionIsTheFullBatch()
    {
        var (model, data, _) = Mixtures.Gaussian();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        var (full, part) = (Evaluation.Build(model, plan), Evaluation.Build(model, plan, batch: 7));
        var expected = Evaluation.Flat(Evaluation.At(full, [full.Value, .. Vjp.Gradients(full.Value, [.. full.Parameters])], parameters, data, seed: 5, step: 9));
        var average = new double[expected.Length];
        var batches = new Minibatches(model.Rows, 7, seed: 77);
        batches.Shuffle(1);
        IReadOnlyList<Tensor> outputs = [part.Value, .. Vjp.Gradients(part.Value, [.. part.Parameters])];
        for (var b = 0; b < batches.Count; b++)
        {
            batches.Take(b);
            var values = Evaluation.Flat(Evaluation.At(part, outputs, parameters, data, seed: 5, step: 9, batches.Index, batches.Weight));
            for (var i = 0; i < average.Length; i++) average[i] += values[i] / batches.Count;
        }
        for (var i = 0; i < average.Length; i++) Assert.Equal(expected[i], average[i], 1e-9 * (1 + Math.Abs(expected[i])));
    }

    [Fact]
    public void ADivergenceOfAbsorbedSitesIsTheirMarginalPriors()
    {
        // x has a discrete parent, so its prior is a mixture; y sees x and the parent.
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var z = b.Draw("z", BernoulliProbs.Of(b.Real(0.3)));
            var x = b.Draw("x", Normal.Of(Select(Equal(z, Constant(HostTensor.Scalar(1))), b.Real(2), b.Real(-1)), b.Real(0.6)));
            b.Draw("y", Normal.Of(x + Convert(z, b.Precision), b.Real(0.9)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([5], 3) }, 5);
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var elbo = Evaluation.Build(model, plan);
        const double x = 0.7;
        var values = Evaluation.At(elbo, [elbo.ExpectedLogLikelihood, elbo.Kl], new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, x) }, data);
        var prior = BruteForce.LogSum([Math.Log(0.7) + Mixtures.LogNormal(x, -1, 0.6), Math.Log(0.3) + Mixtures.LogNormal(x, 2, 0.6)]);
        var y = data.Values["y"].ToDoubles();
        var joint = BruteForce.LogSum([
            Math.Log(0.7) + Mixtures.LogNormal(x, -1, 0.6) + y.Sum(v => Mixtures.LogNormal(v, x, 0.9)),
            Math.Log(0.3) + Mixtures.LogNormal(x, 2, 0.6) + y.Sum(v => Mixtures.LogNormal(v, x + 1, 0.9))]);
        Assert.Equal(-prior, values[1][0], 1e-12);
        Assert.Equal(joint - prior, values[0][0], 1e-12);
        // One value for all rows: no minibatches, and predictions of new rows do not know it.
        var refused = Assert.IsType<FitOutcome.Refused>(new Map { Training = new() { Batch = 2 } }.Fit(new(model, data, Backend, 1)));
        Assert.Equal(InferenceCodes.MixedRows, refused.Diagnostics[0].Code);
        Assert.Equal(InferenceCodes.GlobalSummedOut, Assert.Single(GuidePlan.For(model, [new(new DeltaGuide())]).Diagnostics).Code);
    }

    [Fact]
    public void AModelOfDiscreteSitesAloneNeedsNoGuide()
    {
        // Rain or sprinkler, given wet grass: Bayes' rule by hand.
        var model = ModelBuilder.Bind(1, ["wet"], b =>
        {
            var rain = b.Draw("rain", BernoulliProbs.Of(b.Real(0.2)));
            var sprinkler = b.Draw("sprinkler", BernoulliProbs.Of(Gather(Constant(HostTensor.Of([2], [0.4, 0.01])), rain)));
            var wet = Gather(Constant(HostTensor.Of([4], [0.05, 0.8, 0.9, 0.99])), rain * 2 + sprinkler);
            b.Draw("wet", BernoulliProbs.Of(wet));
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["wet"] = HostTensor.Scalar(1L) }, 1);
        var fit = new Vi { Training = new() { Steps = 3 } }.Fit(new(model, data, Backend, 1)).Required;
        var members = fit.Posterior.Classify(Backend, data, new() { Draws = 3 }).Required;
        double[] joint = [0.8 * 0.6 * 0.05, 0.8 * 0.4 * 0.8, 0.2 * 0.99 * 0.9, 0.2 * 0.01 * 0.99];
        Assert.Equal((joint[2] + joint[3]) / joint.Sum(), members["rain"].Of(0)[1], 1e-12);
        Assert.Equal((joint[1] + joint[3]) / joint.Sum(), members["sprinkler"].Of(0)[1], 1e-12);
        Assert.Equal(Math.Log(joint.Sum()), fit.History[^1].Elbo, 1e-12);
    }

    [Fact]
    public void CountsUpToAConstantAreSummedOut()
    {
        // Out of 2 and 3; the labels above a row's own bound are impossible.
        var model = ModelBuilder.Bind(2, ["y"], b =>
        {
            var logit = b.Draw("logit", Normal.Of(b.Real(0.2), b.Real(1.5)));
            var k = b.Draw("k", Binomial.Of(Constant(HostTensor.Of([2], [2.0, 3])), logit), perRow: true);
            b.Draw("y", Normal.Of(Convert(k, DType.F64), b.Real(0.8)), perRow: true);
        });
        var plan = Evaluation.Plan(model, new DeltaGuide());
        const double share = 0.35;
        var posterior = Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, Math.Log(share / (1 - share))) }).Required;
        var found = posterior.Classify(Backend, new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([2], [0.7, 2.2]) }, 2), new()).Required["k"];
        double[] prior = [(1 - share) * (1 - share), 2 * share * (1 - share), share * share, 0];
        double[] joint = [.. prior.Select((w, k) => w * Math.Exp(Mixtures.LogNormal(0.7, k, 0.8)))];
        for (var k = 0; k < 4; k++) Assert.Equal(joint[k] / joint.Sum(), found.Of(0)[k], 1e-10);
        Assert.True(found.Of(1)[3] > 0.05);
    }

    [Fact]
    public void LabelsOfProbabilityZeroPassNoGradient()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var centre = b.Draw("centre", Normal.Of(b.Real(0), b.Real(1.4)).Iid([3]));
            // The middle label is impossible, whatever the latent value.
            var weights = Composite.Softmax(centre) * Constant(HostTensor.Of([3], [1.0, 0, 1]));
            var z = b.Draw("z", CategoricalProbs.Of(weights / BroadcastTo(ExpandDims(Sum(weights, -1), -1), [3])).Iid([b.Rows]), perRow: true);
            b.Draw("y", Normal.Of(Gather(centre, z), b.Real(0.8)), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 3) }, 7);
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var elbo = Evaluation.Build(model, plan);
        var point = new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Of([3], [0.3, -0.8, 1.1]) };
        Assert.All(Evaluation.Flat(Evaluation.At(elbo, [elbo.Value, .. Vjp.Gradients(elbo.Value, [.. elbo.Parameters])], point, data)), v => Assert.True(double.IsFinite(v)));
        Assert.All(At(model, [0.3, -0.8, 1.1]).Classify(Backend, data, new()).Required["z"].Probabilities.Where((_, i) => i % 3 == 1), p => Assert.Equal(0, p));
    }

    // The posterior that knows the site 'centre'.
    private static Posterior At(BoundModel model, double[] centre)
    {
        var plan = Evaluation.Plan(model, new DeltaGuide());
        return Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Of([centre.Length], centre) }).Required;
    }
}
