using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>
/// Conjugate models, whose answers are known. Optima are tested twice: the gradient's expectation is 0 at the known optimum, with a derived bound; and a
/// fit with a step size that falls to 0 ends there, to a tenth of a posterior standard deviation, which is far below any error of sign, scale or weight.
/// </summary>
public class ConjugateTests
{
    private static readonly ReferenceBackend Backend = new();

    [Fact]
    public void TheGradientVanishesAtTheMeanFieldOptimumOfRegression()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new NormalGuide());
        AssertStationary(model, data, plan, ConjugateRegression.Of(data).MeanFieldParameters(), resolve: 6);
    }

    [Fact]
    public void TheGradientVanishesAtTheFullCovarianceOptimumOfRegression()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new MultivariateNormalGuide());
        AssertStationary(model, data, plan, ConjugateRegression.Of(data).FullCovarianceParameters("guide.1"), resolve: 6);
    }

    [Fact]
    public void AMeanFieldFitFindsTheOptimumOfRegression()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var result = Fit(model, data, new NormalGuide(), rate: 0.05, steps: 1500, samples: 8);
        var optimum = exact.MeanFieldParameters();
        foreach (var (name, value) in result.Posterior.Parameters)
        {
            // softplus' is below 1, so an error in rho is at most that in the scale over 0.1.
            for (var i = 0; i < value.Data.Length; i++) Assert.Equal(optimum[name][i], value[i], name.EndsWith(".rho") ? 0.08 : 0.02);
        }
        Assert.Equal(1500, result.Steps);
        Assert.Equal(StopReason.Completed, result.Stop);
    }

    [Fact]
    public void AFullCovarianceFitFindsThePosteriorAndTheEvidence()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var result = Fit(model, data, new MultivariateNormalGuide(), rate: 0.05, steps: 2000, samples: 8);
        var covariance = exact.Precision.Inverse();
        var loc = result.Posterior.Parameters["guide.1.loc"];
        var rho = result.Posterior.Parameters["guide.1.rho"];
        var lower = result.Posterior.Parameters["guide.1.lower"];
        var factor = Matrix<double>.Build.Dense(4, 4, (i, j) => i == j ? Math.Log(1 + Math.Exp(rho[i])) : i > j ? lower[i * 4 + j] : 0);
        var fitted = factor * factor.Transpose();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(exact.Mean[i], loc[i], 0.1 * Math.Sqrt(covariance[i, i]));
            for (var j = 0; j < 4; j++) Assert.Equal(covariance[i, j], fitted[i, j], 0.1 * Math.Sqrt(covariance[i, i] * covariance[j, j]));
        }
        // Near the posterior the bound with its divergence by the draw hardly varies, and lies below the evidence by the KL between the two, which is tiny.
        var chained = Samples.Regression(chained: true).Model;
        var bound = Evaluation.Build(chained, Evaluation.Plan(chained, new MultivariateNormalGuide()));
        var parameters = result.Posterior.Parameters.ToDictionary(p => p.Key, p => p.Value);
        Assert.Equal(exact.LogEvidence, Enumerable.Range(0, 200).Average(s => Evaluation.At(bound, [bound.Value], parameters, data, seed: 3, step: s)[0][0]), 0.03);
    }

    [Fact]
    public void ANormalMeanIsExact()
    {
        var (model, data) = Samples.Mean();
        var precision = 1 / (1.6 * 1.6) + 7 / 0.49;
        var mean = (0.4 / (1.6 * 1.6) + data.Values["y"].ToDoubles().Sum() / 0.49) / precision;
        var result = Fit(model, data, new NormalGuide(), rate: 0.05, steps: 1200, samples: 4);
        Assert.Equal(mean, result.Posterior.Parameters["mu.loc"][0], 0.1 / Math.Sqrt(precision));
        Assert.Equal(1 / Math.Sqrt(precision), Math.Log(1 + Math.Exp(result.Posterior.Parameters["mu.rho"][0])), 0.1 / Math.Sqrt(precision));

        var map = (FitResult)new Map { Training = new() { Optimizer = new Sgd { Rate = 0.3, Momentum = 0.5 }, Steps = 400 } }.Fit(new(model, data, Backend, 1)).Required;
        Assert.Equal(mean, map.Posterior.Parameters["mu.loc"][0], 1e-12);
    }

    [Fact]
    public void ACoinsBiasIsTheQuadratureOptimum()
    {
        // q: logit p ~ N(loc, scale^2). With A = 2.5 + 4 and B = 1.7 + 7, the bound is E[A log s(u) + B log s(-u)] + log scale + constants.
        var (model, data) = Samples.Coin();
        var (loc, scale) = Optimum(6.5, 8.7);
        var optimum = new Dictionary<string, HostTensor>
        {
            ["p.loc"] = HostTensor.Scalar(DType.F64, loc), ["p.rho"] = HostTensor.Scalar(DType.F64, Math.Log(Math.Exp(scale) - 1)),
        };
        AssertStationary(model, data, Evaluation.Plan(model, new NormalGuide()), optimum, resolve: 0.8);
        var result = Fit(model, data, new NormalGuide(), rate: 0.03, steps: 1500, samples: 8);
        Assert.Equal(loc, result.Posterior.Parameters["p.loc"][0], 0.1 * scale);
        Assert.Equal(scale, Math.Log(1 + Math.Exp(result.Posterior.Parameters["p.rho"][0])), 0.1 * scale);

        // The exact posterior is Beta(6.5, 8.7); a logit-normal is near it. MAP is over p itself: (A - 1) / (A + B - 2).
        var draws = result.Posterior.Sample(Backend, new() { Draws = 4000, Seed = 3 })["p"].ToDoubles();
        Assert.Equal(6.5 / 15.2, draws.Average(), 0.01);
        var map = new Map { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 2000 } }.Fit(new(model, data, Backend, 1)).Required;
        Assert.Equal(5.5 / 13.2, 1 / (1 + Math.Exp(-map.Posterior.Parameters["p.loc"][0])), 1e-9);
    }

    /// <summary>A fit with Adam and a step size that falls to 0.</summary>
    private static FitResult Fit(BoundModel model, DataSet data, GuideFamily family, double rate, int steps, int samples) => new Vi
    {
        Guide = [new(family)],
        Samples = samples,
        Training = new() { Optimizer = new Adam { Rate = rate }, Schedule = new CosineSchedule(), Steps = steps },
    }.Fit(new(model, data, Backend, 1)).Required;

    // The components' means over independent draws are 0: each within the bound of a family of tests.
    private static void AssertStationary(BoundModel model, DataSet data, GuidePlan plan, Dictionary<string, HostTensor> optimum, double resolve)
    {
        var elbo = Evaluation.Build(model, plan, draws: 4);
        var gradients = Vjp.Gradients(elbo.Value, [.. elbo.Parameters]);
        double[][] draws = [.. Enumerable.Range(0, 600).Select(s => Evaluation.Flat(Evaluation.At(elbo, gradients, optimum, data, seed: 8, step: s)))];
        var count = draws[0].Length;
        var used = Enumerable.Range(0, count).Where(i => draws.Any(d => d[i] != 0)).ToArray();
        Assert.True(used.Length >= plan.Parameters.Sum(p => p.Name.EndsWith(".lower") ? p.Shape[0] * (p.Shape[0] - 1) / 2 : p.Shape.Size));
        foreach (var i in used) Stat.MeanIs(0, [.. draws.Select(d => d[i])], resolve, used.Length, $"gradient component {i}");
    }

    // Newton's method on the quadrature of the bound's derivatives: E[A s(-u) - B s(u)] = 0 and 1 / scale^2 = E[(A + B) s(u) s(-u)].
    private static (double Loc, double Scale) Optimum(double a, double b)
    {
        var (loc, scale) = (Math.Log(a / b), Math.Sqrt(1 / a + 1 / b));
        for (var i = 0; i < 200; i++)
        {
            var (first, second) = (0.0, 0.0);
            const int points = 4001;
            for (var k = 0; k < points; k++)
            {
                var e = -10 + 20.0 * k / (points - 1);
                var w = Math.Exp(-e * e / 2) / Math.Sqrt(2 * Math.PI) * 20 / (points - 1);
                var s = 1 / (1 + Math.Exp(-(loc + scale * e)));
                first += w * (a * (1 - s) - b * s);
                second += w * (a + b) * s * (1 - s);
            }
            (loc, scale) = (loc + first / second, 1 / Math.Sqrt(second));
        }
        return (loc, scale);
    }
}
