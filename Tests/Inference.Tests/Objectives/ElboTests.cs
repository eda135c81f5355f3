using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Objectives;

public class ElboTests
{
    [Fact]
    public void AtTheExactPosteriorEveryDrawOfTheBoundIsTheLogEvidence()
    {
        // With the divergence by the draw: with a closed form the log-likelihood's spread remains.
        var (model, data) = Samples.Regression(chained: true);
        var plan = Evaluation.Plan(model, new MultivariateNormalGuide());
        var exact = ConjugateRegression.Of(data);
        // The divergence by the draw too: in closed form it is right in the mean alone.
        var elbo = Elbo.Build(model, plan, new SharedEstimator(), objective: new(new ElboBound(), new StickingTheLandingGradient()));
        for (var step = 0; step < 5; step++)
        {
            var value = Evaluation.At(elbo, [elbo.Value], exact.FullCovarianceParameters("guide.1"), data, seed: 3, step: step)[0][0];
            Assert.Equal(exact.LogEvidence, value, 1e-10 * Math.Abs(exact.LogEvidence));
        }
        (model, data) = Samples.Regression();
        var closed = Evaluation.Build(model, Evaluation.Plan(model, new MultivariateNormalGuide()));
        double[] values = [.. Enumerable.Range(0, 2000).Select(s => Evaluation.At(closed, [closed.Value], exact.FullCovarianceParameters("guide.1"), data, seed: 3, step: s)[0][0])];
        Stat.MeanIs(exact.LogEvidence, values, resolve: 0.5, cases: 1, "bound at the posterior");
    }

    [Fact]
    public void OfOneMeanWithAnAnalyticDivergenceTheBoundIsItsClosedForm()
    {
        var (model, data) = Samples.Mean();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var elbo = Evaluation.Build(model, plan);
        var (loc, scale) = (-0.35, 0.45);
        var parameters = new Dictionary<string, HostTensor> { ["mu.loc"] = HostTensor.Scalar(DType.F64, loc), ["mu.rho"] = HostTensor.Scalar(DType.F64, Math.Log(Math.Exp(scale) - 1)) };
        var kl = Math.Log(1.6 / scale) + (scale * scale + (loc - 0.4) * (loc - 0.4)) / (2 * 1.6 * 1.6) - 0.5;
        var result = Evaluation.At(elbo, [elbo.Kl, elbo.ExpectedLogLikelihood, elbo.Value], parameters, data, seed: 11, step: 2);
        Assert.Equal(kl, result[0][0], 1e-12);
        Assert.Equal(result[1][0] - kl, result[2][0], 1e-12);

        // The expected log-likelihood of one draw is the log-likelihood at mu = loc + scale eps; over many steps its mean is the closed form.
        var y = data.Values["y"].ToDoubles();
        var expected = y.Sum(v => -0.5 * Math.Log(2 * Math.PI * 0.49) - ((v - loc) * (v - loc) + scale * scale) / (2 * 0.49));
        double[] draws = [.. Enumerable.Range(0, 4000).Select(s => Evaluation.At(elbo, [elbo.ExpectedLogLikelihood], parameters, data, seed: 11, step: s)[0][0])];
        Stat.MeanIs(expected, draws, resolve: 0.9, cases: 1, "expected log-likelihood");
    }

    [Fact]
    public void GradientsAgreeWithDifferencesForFixedNoise()
    {
        foreach (var (model, data) in new[] { Samples.Coin(), Samples.Regression(), Samples.Schools(), Samples.Net() })
        {
            foreach (EqArray<GuideFamily> families in (EqArray<GuideFamily>[])[[new NormalGuide()], [new DeltaGuide()], [new MultivariateNormalGuide()]])
            {
                foreach (var estimator in (Estimator[])[new SharedEstimator(), new LocalEstimator(), new FlipoutEstimator()])
                {
                    var plan = Evaluation.Plan(model, families);
                    var elbo = Evaluation.Build(model, plan, estimator, draws: 2);
                    var parameters = Evaluation.Somewhere(plan);
                    var gradients = Vjp.Gradients(elbo.Value, [.. elbo.Parameters]);
                    var exact = Evaluation.Flat(Evaluation.At(elbo, gradients, parameters, data, seed: 7, step: 3));
                    var names = plan.Parameters.Map(p => p.Name);
                    // One random direction checks all components at once; components one by one would take the square of the time.
                    var direction = Samples.Numbers(exact.Length, 41);
                    double Along(double h)
                    {
                        var (moved, at) = (new Dictionary<string, HostTensor>(), 0);
                        foreach (var name in names)
                        {
                            var values = parameters[name].ToDoubles();
                            for (var i = 0; i < values.Length; i++) values[i] += h * direction[at++];
                            moved[name] = HostTensor.Of(parameters[name].Shape, values);
                        }
                        return Evaluation.At(elbo, [elbo.Value], moved, data, seed: 7, step: 3)[0][0];
                    }
                    // Steps of 1e-5, so that none of the net's kinks lies between.
                    var difference = Differences.Gradient(x => Along(0.01 * (x[0] - 1)), [1.0])[0] / 0.01;
                    var dot = exact.Zip(direction, (a, b) => a * b).Sum();
                    Assert.True(Math.Abs(difference - dot) <= 1e-6 * (1 + Math.Abs(dot)), $"{families}, {estimator}: {dot} against {difference}");
                }
            }
        }
    }

    [Fact]
    public void TheAverageOverAPartitionIsTheFullBatch()
    {
        // 13 rows in batches of 5: the last one has 3 rows.
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        AssertPartition(model, data, plan, parameters, batch: 5, count: 3);
        // Per-row latent values are gathered by the same index: 8 rows in batches of 3.
        (model, data) = Samples.Schools();
        plan = Evaluation.Plan(model, new NormalGuide());
        AssertPartition(model, data, plan, Evaluation.Somewhere(plan), batch: 3, count: 3);
        // A joint guide over per-row values: its density is counted once.
        plan = Evaluation.Plan(model, new MultivariateNormalGuide());
        AssertPartition(model, data, plan, Evaluation.Somewhere(plan), batch: 3, count: 3);
    }

    private static void AssertPartition(BoundModel model, DataSet data, GuidePlan plan, Dictionary<string, HostTensor> parameters, int batch, int count)
    {
        var full = Evaluation.Build(model, plan);
        var part = Evaluation.Build(model, plan, batch: batch);
        Assert.Equal(count, part.Batch.Count);
        var expected = Evaluation.Flat(Evaluation.At(full, [full.Value, .. Vjp.Gradients(full.Value, [.. full.Parameters])], parameters, data, seed: 5, step: 9));
        var average = new double[expected.Length];
        var batches = new Minibatches(model.Rows, batch, seed: 77);
        batches.Shuffle(epoch: 4);
        var seen = new List<long>();
        IReadOnlyList<Tensor> outputs = [part.Value, .. Vjp.Gradients(part.Value, [.. part.Parameters])];
        for (var b = 0; b < batches.Count; b++)
        {
            batches.Take(b);
            seen.AddRange(batches.Index.Where((_, i) => batches.Weight[i] > 0));
            var values = Evaluation.Flat(Evaluation.At(part, outputs, parameters, data, seed: 5, step: 9, batches.Index, batches.Weight));
            for (var i = 0; i < average.Length; i++) average[i] += values[i] / batches.Count;
        }
        Assert.Equal(Enumerable.Range(0, model.Rows).Select(i => (long)i), seen.Order());
        for (var i = 0; i < average.Length; i++) Assert.Equal(expected[i], average[i], 1e-10 * Math.Max(1, Math.Abs(expected[i])));
    }

    [Fact]
    public void TemperatureAndWarmUpScaleTheKlExactly()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var elbo = Evaluation.Build(model, plan, batch: 5);
        var parameters = Evaluation.Somewhere(plan);
        long[] index = [3, 1, 4, 12, 5];
        double[] weight = [3, 3, 3, 3, 3];
        foreach (var (step, factor) in new[] { (0L, 1 / 7.5), (3L, 4 / 7.5), (7L, 1.0), (100L, 1.0) })
        {
            // Two and a half epochs of three steps: the factor is (step + 1) / 7.5 until it is 1.
            var loss = StepGraph.Loss(elbo, temperature: 0.3, klWarmup: 2.5);
            var values = Evaluation.At(elbo, [loss, elbo.ExpectedLogLikelihood, elbo.Kl], parameters, data, seed: 1, step, index, weight);
            Assert.Equal((0.3 * factor * values[2][0] - values[1][0]) / 13, values[0][0], 1e-12);
        }
    }

    [Fact]
    public void TheDivergenceBySiteAddsUpAndMatchesMonteCarlo()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        var elbo = Evaluation.Build(model, plan, new FlipoutEstimator(), batch: 5, draws: 3);
        var values = Evaluation.At(elbo, [elbo.Kl, .. elbo.KlBySite.Select(k => k.Value)], parameters, data, seed: 1, step: 2, [0, 1, 2, 3, 4], [3, 3, 3, 3, 3]);
        Assert.Equal(["h.w", "h.b", "out.w", "out.b"], elbo.KlBySite.Select(k => k.Name));
        Assert.Equal(values[0][0], values[1..].Sum(v => v[0]), 1e-12);
        Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));

        // The same divergences by the draw: the prior as a mixture of two equal normals has no closed form.
        var mixture = ModelBuilder.Bind(2, ["y"], b =>
        {
            var w = b.Draw("w", NormalScaleMixture.Of(b.Real(0.4), b.Real(0.7), b.Real(0.7)).Iid([5, 2]));
            b.Draw("y", Normal.Of(SumAll(w), b.Real(1)).Iid([b.Rows]), perRow: true);
        });
        var byDraw = Evaluation.Plan(mixture, new NormalGuide());
        var own = new Dictionary<string, HostTensor> { ["w.loc"] = parameters["out.w.loc"], ["w.rho"] = parameters["out.w.rho"] };
        var bound = Evaluation.Build(mixture, byDraw);
        Assert.Equal("by the draw", bound.Sites[0].Kl);
        var rows = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([2], 1) }, 2);
        double[] draws = [.. Enumerable.Range(0, 4000).Select(s => Evaluation.At(bound, [bound.Kl], own, rows, seed: 1, step: s)[0][0])];
        Stat.MeanIs(values[3][0], draws, resolve: 0.4, cases: 1, "KL by the draw");
    }

    [Fact]
    public void ADivergenceFromAPriorThatDependsOnAnotherSiteUsesItsDraw()
    {
        var model = ModelBuilder.Bind(3, ["y"], b =>
        {
            var scale = b.Draw("scale", LogNormal.Of(b.Real(0.2), b.Real(0.5)));
            var w = b.Draw("w", Normal.Of(b.Real(0.3), scale).Iid([2]));
            b.Draw("y", Normal.Of(SumAll(w), b.Real(1)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([3], 1) }, 3);
        var plan = Evaluation.Plan(model, new NormalGuide());
        var elbo = Evaluation.Build(model, plan);
        Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));
        // A point mass in effect: softplus(-40) is 4e-18, so that the draw is the location.
        var parameters = new Dictionary<string, HostTensor>
        {
            ["scale.loc"] = HostTensor.Scalar(DType.F64, -0.3), ["scale.rho"] = HostTensor.Scalar(DType.F64, -40),
            ["w.loc"] = HostTensor.Of([2], [0.5, -0.4]), ["w.rho"] = HostTensor.Of([2], [-0.5, 0.2]),
        };
        var (p, expected) = (Math.Exp(-0.3), 0.0);
        foreach (var (loc, rho) in new[] { (0.5, -0.5), (-0.4, 0.2) })
        {
            var q = Math.Log(1 + Math.Exp(rho));
            expected += Math.Log(p / q) + (q * q + (loc - 0.3) * (loc - 0.3)) / (2 * p * p) - 0.5;
        }
        var kl = elbo.KlBySite.Single(k => k.Name == "w").Value;
        Assert.Equal(expected, Evaluation.At(elbo, [kl], parameters, data)[0][0], 1e-12);
    }

    [Fact]
    public void APointGuideGivesTheLogJointDensityOfTheConstrainedValues()
    {
        var (model, data) = Samples.Schools();
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var elbo = Evaluation.Build(model, plan);
        double[] z = [0.3, -0.2, 0.1, 0.7, -1.1, 0.4, 0.9, -0.6];
        var (mu, tau) = (2.3, 3.7);
        var parameters = new Dictionary<string, HostTensor>
        {
            ["mu.loc"] = HostTensor.Scalar(DType.F64, mu), ["tau.loc"] = HostTensor.Scalar(DType.F64, Math.Log(tau)), ["z.loc"] = HostTensor.Of([8], z),
        };
        static double LogNormalDensity(double x, double m, double s) => -0.5 * Math.Log(2 * Math.PI) - Math.Log(s) - (x - m) * (x - m) / (2 * s * s);
        var prior = LogNormalDensity(mu, 0, 5) + Math.Log(2 / (Math.PI * 5 * (1 + tau * tau / 25))) + z.Sum(v => LogNormalDensity(v, 0, 1));
        var likelihood = Enumerable.Range(0, 8).Sum(i => LogNormalDensity(data.Values["y"][i], mu + tau * z[i], data.Values["sigma"][i]));
        var values = Evaluation.At(elbo, [elbo.Kl, elbo.ExpectedLogLikelihood], parameters, data);
        Assert.Equal(-prior, values[0][0], 1e-11);
        Assert.Equal(likelihood, values[1][0], 1e-11);
    }

    [Fact]
    public void SeveralDrawsAverageSingleOnes()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        var many = Evaluation.Build(model, plan, new SharedEstimator(), draws: 3);
        var value = Evaluation.At(many, [many.ExpectedLogLikelihood], parameters, data, seed: 4, step: 6)[0][0];
        var posterior = ProbNet.Inference.Posteriors.Posterior.FromParameters(model, plan, parameters).Required;
        Assert.False(posterior.IsPoint);
        // The draws are those of counters 0, 1 and 2: a single-draw objective whose draw counter is fixed at each gives the same numbers.
        var single = Evaluation.Build(model, plan, new SharedEstimator(), draws: 1);
        var first = Evaluation.At(single, [single.ExpectedLogLikelihood], parameters, data, seed: 4, step: 6)[0][0];
        var two = Evaluation.Build(model, plan, new SharedEstimator(), draws: 2);
        var pair = Evaluation.At(two, [two.ExpectedLogLikelihood], parameters, data, seed: 4, step: 6)[0][0];
        var second = 2 * pair - first;
        var third = 3 * value - first - second;
        Assert.True(first != second && second != third && first != third);
        double[] singles = [.. Enumerable.Range(0, 3000).Select(s => Evaluation.At(single, [single.ExpectedLogLikelihood], parameters, data, seed: 4, step: s)[0][0])];
        double[] averages = [.. Enumerable.Range(0, 3000).Select(s => Evaluation.At(many, [many.ExpectedLogLikelihood], parameters, data, seed: 4, step: s)[0][0])];
        Stat.MeanIs(singles.Average(), averages, resolve: 0.5, cases: 1, "mean of three draws");
        var (one, three) = (MathNet.Numerics.Statistics.Statistics.Variance(singles), MathNet.Numerics.Statistics.Statistics.Variance(averages));
        Assert.Equal(1.0 / 3, three / one, 0.1);
    }
}
