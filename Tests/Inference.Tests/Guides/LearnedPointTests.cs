using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Learned point values of models: maximum likelihood where nothing is latent, type-II maximum likelihood beside latent sites.</summary>
public class LearnedPointTests
{
    private const int Rows = 17;
    private static readonly ReferenceBackend Backend = new();

    private const string Regression = """
        module M
        model line (x : real[n, 3]) = prob {
            let w = param "w" [3; 1] glorot
            let b = param "b" [] 0.7
            let s = param "logScale" [] zeros
            let! y = normal (reshape [n] (x @ w) + b) (exp s)
            return y
        }
        """;

    private static (BoundModel Model, DataSet Data) Bound(string text = Regression) =>
        Programs.Bind(text, Rows, "n", new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([Rows, 3], 5), ["y"] = Samples.Tensor([Rows], 7) });

    [Fact]
    public void MaximumLikelihoodOfALinearRegressionIsLeastSquares()
    {
        var (model, data) = Bound();
        var x = data.Values["x"].ToDoubles();
        var design = Matrix<double>.Build.Dense(Rows, 4, (i, j) => j == 3 ? 1 : x[i * 3 + j]);
        var y = Vector<double>.Build.Dense(data.Values["y"].ToDoubles());
        var solution = design.TransposeThisAndMultiply(design).Solve(design.TransposeThisAndMultiply(y));
        var scale = Math.Sqrt((y - design * solution).DotProduct(y - design * solution) / Rows);
        var likelihood = -Rows * (0.5 * Math.Log(2 * Math.PI) + Math.Log(scale) + 0.5);
        TrainingOptions training = new() { Optimizer = new Adam { Rate = 0.1 }, Epochs = 800, Schedule = new CosineSchedule() };
        foreach (var method in (Algorithm[])[new Map { Training = training }, new Vi { Training = training }, new Vi { Training = training, Estimator = new FlipoutEstimator() }])
        {
            var result = method.Fit(new(model, data, Backend, 3)).Required;
            var learned = result.Posterior.Parameters;
            Assert.Equal(["param:w", "param:b", "param:logScale"], result.Posterior.Guide.Parameters.Select(p => p.Name));
            // Nothing is drawn, so only the optimiser's last steps are left of the error; the objective is quadratic there.
            for (var j = 0; j < 3; j++) Assert.Equal(solution[j], learned["param:w"][j], 1e-4);
            Assert.Equal(solution[3], learned["param:b"][0], 1e-4);
            Assert.Equal(Math.Log(scale), learned["param:logScale"][0], 1e-4);
            Assert.Equal(likelihood, result.History[^1].Elbo, 1e-6);
            Assert.Equal(0, result.History[^1].Kl);
            Assert.True(result.Posterior.IsPoint);
            Assert.Empty(result.Posterior.Sample(Backend, new() { Draws = 3 }, data).Latent);
            var predicted = result.Posterior.Predict(Backend, data, new() { Draws = 7, Seed = 1, RowChunk = 5 }).Required;
            Assert.Equal(-likelihood / Rows, predicted.Nll!.Value, 1e-6);
        }
    }

    [Fact]
    public void MinibatchGradientsAverageToTheFullGradient()
    {
        var (model, data) = Bound();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.InitialValues(plan);
        var full = Evaluation.Build(model, plan);
        var all = Evaluation.Flat(Evaluation.At(full, Vjp.Gradients(full.Value, [.. full.Parameters]), parameters, data));
        var part = Evaluation.Build(model, plan, batch: 7);
        var gradients = Vjp.Gradients(part.Value, [.. part.Parameters]);
        var mean = new double[all.Length];
        for (var b = 0; b < 3; b++)
        {
            long[] index = [.. Enumerable.Range(0, 7).Select(i => b * 7 + i < Rows ? (long)(5 * (b * 7 + i) % Rows) : 0)];
            double[] weight = [.. Enumerable.Range(0, 7).Select(i => b * 7 + i < Rows ? 3.0 : 0)];
            var own = Evaluation.Flat(Evaluation.At(part, gradients, parameters, data, index: index, weight: weight));
            for (var i = 0; i < mean.Length; i++) mean[i] += own[i] / 3;
        }
        Assert.Equal(5, all.Length);
        for (var i = 0; i < mean.Length; i++) Assert.Equal(all[i], mean[i], 1e-9 * (1 + Math.Abs(all[i])));
    }

    [Fact]
    public void StartsAreThoseOfTheProgramAndFollowTheSeed()
    {
        var (model, _) = Bound();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var (one, again, other) = (Evaluation.InitialValues(plan, 5), Evaluation.InitialValues(plan, 5), Evaluation.InitialValues(plan, 6));
        Assert.Equal(0.7, one["param:b"][0]);
        Assert.Equal(0.0, one["param:logScale"][0]);
        Assert.Equal("[3, 1]", one["param:w"].Shape.ToString());
        Assert.True(one["param:w"].Equals(again["param:w"]));
        Assert.False(one["param:w"].Equals(other["param:w"]));
        // Three draws of N(0, 2 / (3 + 1)): beyond five standard deviations with probability below 2e-6.
        Assert.All(one["param:w"].ToDoubles(), w => Assert.InRange(Math.Abs(w), 1e-9, 5 * Math.Sqrt(0.5)));
    }

    [Fact]
    public void BesideLatentSitesItIsTypeTwoMaximumLikelihood()
    {
        // mu_i ~ N(m, tau) and y_i ~ N(mu_i, 0.4): y_i ~ N(m, sqrt(tau^2 + 0.16)), whose maximum likelihood is the mean and the standard deviation of y.
        const string model = """
            module M
            model groups [n] = prob {
                let! mu = normal (param "m" [] zeros) (exp (param "logTau" [] zeros)) |> iid [n]
                let! y = normal mu 0.4
                return y
            }
            """;
        var (bound, data) = Programs.Bind(model, Rows, "n", new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([Rows], 7) });
        var y = data.Values["y"].ToDoubles();
        var mean = y.Average();
        var variance = y.Average(v => (v - mean) * (v - mean));
        var method = new Vi { Samples = 8, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 1500, Schedule = new CosineSchedule() } };
        var result = method.Fit(new(bound, data, Backend, 3)).Required;
        Assert.Equal(mean, result.Posterior.Parameters["param:m"][0], 0.03);
        Assert.Equal(0.5 * Math.Log(variance - 0.16), result.Posterior.Parameters["param:logTau"][0], 0.05);
    }

    [Fact]
    public void NamesOfTheModelAndItsGuideMayAgree()
    {
        const string text = """
            module M
            model m [n] = prob {
                let! z = normal (param "w" [] 0.3) 1.0 |> iid [n]
                let! y = normal z 0.5
                return y
            }
            guide g for m (y : real[n]) = prob {
                let! z = normal (param "w" [] 0.4 * y) 0.6
                return z
            }
            """;
        var (model, _) = Programs.Bind(text, Rows, "n", new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([Rows], 7) });
        var plan = GuidePlan.For(model, [new(new ProgramGuide { Program = "g" })]).Required;
        var start = Evaluation.InitialValues(plan);
        Assert.Equal((0.4, 0.3), (start["guide:g:w"][0], start["param:w"][0]));
        Assert.Equal(["w of model m, []", "w of guide g, []"], PointPlan.Of(model, plan).Select(p => $"{p.Name} of {p.Owner}, {p.Shape}"));
    }

    [Fact]
    public void AValueForEachRowIsRefused()
    {
        var (model, _) = Bound("""
            module M
            model line (x : real[n, 3]) = prob {
                let! y = normal (param "m" [n] zeros) 1.0
                return y
            }
            """);
        var found = Assert.Single(GuidePlan.For(model, [new(new NormalGuide())]).Diagnostics);
        Assert.Equal(InferenceCodes.LearnedPoint, found.Code);
        Assert.Contains("'m'", found.Message);
    }

    [Fact]
    public void WithNothingToLearnThereIsNothingToInfer()
    {
        var (model, _) = Bound("""
            module M
            model line (x : real[n, 3]) = prob {
                let! y = normal x.[*, 0] 1.0
                return y
            }
            """);
        Assert.Equal(InferenceCodes.NothingLatent, Assert.Single(GuidePlan.For(model, [new(new NormalGuide())]).Diagnostics).Code);
    }
}
