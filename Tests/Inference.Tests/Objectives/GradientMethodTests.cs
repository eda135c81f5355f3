using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Tests.Support;
using static MathNet.Numerics.SpecialFunctions;

namespace ProbNet.Inference.Tests.Objectives;

/// <summary>Every way to estimate a gradient, against quadrature and enumeration.</summary>
public class GradientMethodTests
{
    // Nodes and weights of the standard normal law, by the trapezoidal rule, which is exponentially accurate here.
    private static readonly (double X, double W)[] Nodes = [.. Enumerable.Range(-48, 97).Select(i => (i / 6.0, Math.Exp(-i * i / 72.0) / Math.Sqrt(2 * Math.PI) / 6.0))];

    [Fact]
    public void EveryBoundAndMethodHasTheGradientOfTheExpectedBound()
    {
        // A coin under a logit-normal guide: the bound of two draws is an integral over two normals.
        var (model, data) = Samples.Coin();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var (loc, rho) = (-0.4, -0.2);
        double LogWeight(double e, double l, double r)
        {
            var s = Math.Log(1 + Math.Exp(r));
            var u = l + s * e;
            var p = 1 / (1 + Math.Exp(-u));
            var joint = 4 * Math.Log(p) + 7 * Math.Log(1 - p) + 1.5 * Math.Log(p) + 0.7 * Math.Log(1 - p) - (GammaLn(2.5) + GammaLn(1.7) - GammaLn(4.2));
            return joint + Math.Log(p * (1 - p)) + 0.5 * e * e + 0.5 * Math.Log(2 * Math.PI) + Math.Log(s);
        }
        var parameters = new Dictionary<string, HostTensor> { ["p.loc"] = HostTensor.Scalar(DType.F64, loc), ["p.rho"] = HostTensor.Scalar(DType.F64, rho) };
        Bound[] bounds = [new ElboBound(), new IwaeBound(), new RenyiBound { Alpha = 0.5 }, new RenyiBound { Alpha = 2 }];
        GradientMethod[] methods = [new PathwiseGradient(), new StickingTheLandingGradient(), new ScoreFunctionGradient(), new AutoGradient()];
        foreach (var bound in bounds)
        {
            double Expected(double[] at)
            {
                var weights = Nodes.Select(n => LogWeight(n.X, at[0], at[1])).ToArray();
                var total = 0.0;
                for (var i = 0; i < Nodes.Length; i++)
                {
                    for (var j = 0; j < Nodes.Length; j++)
                    {
                        var (a, b, rate) = (weights[i], weights[j], 1 - bound.Order);
                        var top = Math.Max(rate * a, rate * b);
                        total += Nodes[i].W * Nodes[j].W * (rate == 0 ? (a + b) / 2 : (top + Math.Log((Math.Exp(rate * a - top) + Math.Exp(rate * b - top)) / 2)) / rate);
                    }
                }
                return total;
            }
            double[] truth = [.. Enumerable.Range(0, 2).Select(i =>
            {
                const double h = 1e-4;
                double[] up = [loc, rho], down = [loc, rho];
                (up[i], down[i]) = (up[i] + h, down[i] - h);
                return (Expected(up) - Expected(down)) / (2 * h);
            })];
            foreach (var method in methods)
            {
                var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 2, objective: new(bound, method));
                var draws = StepDraws.Of(elbo, StepDraws.Gradient(elbo), parameters, data, 20_000);
                for (var i = 0; i < 2; i++)
                    Stat.MeanIs(truth[i], [.. draws.Select(g => g[i])], resolve: 0.6, cases: 2 * bounds.Length * methods.Length, $"{bound}, {method}, parameter {i}");
            }
        }
    }

    [Fact]
    public void StickingTheLandingHasNoVarianceAtThePosterior()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new MultivariateNormalGuide());
        var exact = ConjugateRegression.Of(data).FullCovarianceParameters("guide.1");
        foreach (var bound in (Bound[])[new ElboBound(), new IwaeBound(), new RenyiBound { Alpha = 0.4 }])
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(bound, new StickingTheLandingGradient()));
            Assert.All(StepDraws.Of(elbo, StepDraws.Gradient(elbo), exact, data, 5), g => Assert.All(g, v => Assert.Equal(0, v, 1e-9)));
            elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(bound, new PathwiseGradient()));
            Assert.All(StepDraws.Of(elbo, StepDraws.Gradient(elbo), exact, data, 5), g => Assert.Contains(g, v => Math.Abs(v) > 1e-2));
        }
    }

    // k is a count without a bound, which cannot be summed out; z is drawn given it.
    private const string Counts = """
        module M
        model counts [n] = prob {
            let! k = poisson 2.0
            let! z = normal (0.3 * k) 0.8
            let! y = normal (0.5 * k + z) 0.9 |> iid [n]
            return y
        }

        guide g for counts = prob {
            let! k = poisson (exp (param "a" [] 0.4))
            let! z = normal (param "b" [] 0.2 + param "c" [] 0.1 * k) (exp (param "s" [] (-0.3)))
            return z
        }
        """;

    private static readonly EqArray<GuideClause> Program = [new(new ProgramGuide { Program = "g" })];

    private static double LogNormal(double x, double m, double s) => -0.5 * Math.Log(2 * Math.PI) - Math.Log(s) - (x - m) * (x - m) / (2 * s * s);

    private static double LogPoisson(int k, double rate) => k * Math.Log(rate) - rate - GammaLn(k + 1);

    private static double[] Derivative(Func<double[], double> f, double[] at) => [.. at.Select((_, i) =>
    {
        double[] up = [.. at], down = [.. at];
        (up[i], down[i]) = (up[i] + 1e-5, down[i] - 1e-5);
        return (f(up) - f(down)) / 2e-5;
    })];

    [Fact]
    public void CountsDrawnByAGuideAreLearnedByTheScoreFunctionWithoutBias()
    {
        var (model, data) = Programs.Bind(Counts, 5, "n", new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([5], 9) });
        var plan = GuidePlan.For(model, Program).Required;
        var y = data.Values["y"].ToDoubles();
        double Weight(int k, double e, double[] p)
        {
            var (rate, mean, scale) = (Math.Exp(p[0]), p[1] + p[2] * k, Math.Exp(p[3]));
            var z = mean + scale * e;
            return LogPoisson(k, 2) + LogNormal(z, 0.3 * k, 0.8) + y.Sum(v => LogNormal(v, 0.5 * k + z, 0.9)) - LogPoisson(k, rate) - LogNormal(z, mean, scale);
        }
        double Elbo0(double[] p) => Enumerable.Range(0, 40).Sum(k => Math.Exp(LogPoisson(k, Math.Exp(p[0]))) * Nodes.Sum(n => n.W * Weight(k, n.X, p)));
        double[] at = [0.4, 0.2, 0.1, -0.3];
        var truth = Derivative(Elbo0, at);
        Assert.All(truth, g => Assert.True(Math.Abs(g) > 0.1));
        var parameters = Evaluation.InitialValues(plan);
        Assert.Equal(["guide:g:a", "guide:g:b", "guide:g:c", "guide:g:s"], plan.Parameters.Select(p => p.Name));
        foreach (var method in (GradientMethod[])[new AutoGradient(), new ScoreFunctionGradient()])
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 4, objective: new(new ElboBound(), method));
            var draws = StepDraws.Of(elbo, [.. StepDraws.Gradient(elbo), elbo.Value], parameters, data, 30_000);
            for (var i = 0; i < 4; i++) Stat.MeanIs(truth[i], [.. draws.Select(g => g[i])], resolve: 2.5, cases: 10, $"{method}, parameter {i}");
            Stat.MeanIs(Elbo0(at), [.. draws.Select(g => g[4])], resolve: 0.8, cases: 10, $"{method}, ELBO");
        }

        // The same four draws without a baseline: l_k grad log q(k), averaged.
        var random = new Random(5);
        int Count()
        {
            var (k, left) = (0, random.NextDouble());
            for (; left > 0 && k < 60; k++) left -= Math.Exp(LogPoisson(k, Math.Exp(0.4)));
            return k - 1;
        }
        double[] plain = [.. Enumerable.Range(0, 5000).Select(_ => Enumerable.Range(0, 4).Average(_ =>
        {
            var k = Count();
            var e = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return Weight(k, e, at) * (k - Math.Exp(0.4));
        }))];
        static double Variance(double[] x) => x.Average(v => v * v) - x.Average() * x.Average();
        var auto = Elbo.Build(model, plan, new SharedEstimator(), draws: 4, objective: new(new ElboBound(), new AutoGradient()));
        var own = StepDraws.Of(auto, StepDraws.Gradient(auto), parameters, data, 5000).Select(g => g[0]).ToArray();
        Assert.True(Variance(own) < 0.6 * Variance(plain), $"with a baseline {Variance(own)}, without {Variance(plain)}");
    }

    [Fact]
    public void ARowsCountSeesItsOwnRowAndBatchesAreUnbiased()
    {
        const string text = """
            module M
            model counts [n] = prob {
                let! k = poisson 1.5 |> iid [n]
                let! y = normal (0.8 * k) 0.9
                return y
            }

            guide g for counts (y : real[n]) = prob {
                let! k = poisson (exp (param "a" [] 0.2 + param "b" [] 0.3 * y))
                return k
            }
            """;
        var (model, data) = Programs.Bind(text, 5, "n", new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([5], 9) });
        var plan = GuidePlan.For(model, Program).Required;
        double Elbo0(double[] p) => data.Values["y"].ToDoubles().Sum(y => Enumerable.Range(0, 40).Sum(k =>
        {
            var log = LogPoisson(k, Math.Exp(p[0] + p[1] * y));
            return Math.Exp(log) * (LogPoisson(k, 1.5) + LogNormal(y, 0.8 * k, 0.9) - log);
        }));
        var truth = Derivative(Elbo0, [0.2, 0.3]);
        (long[], double[])[] batches = [([3, 0], [3, 3]), ([1, 4], [3, 3]), ([2, 2], [3, 0])];
        foreach (var batch in (int?[])[null, 2])
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), batch, draws: 3, objective: new(new ElboBound(), new AutoGradient()));
            var draws = StepDraws.Of(elbo, StepDraws.Gradient(elbo), Evaluation.InitialValues(plan), data, 30_000, batch: batch is null ? null : s => batches[s % 3]);
            for (var i = 0; i < 2; i++) Stat.MeanIs(truth[i], [.. draws.Select(g => g[i])], resolve: 1.2, cases: 4, $"batch {batch}, parameter {i}");
        }

        // Without asking for the score function such a guide is refused; with it, a fit comes near the best rate of each row, and predicts.
        var refused = Assert.IsType<FitOutcome.Refused>(new Vi { Guide = Program, Training = new() { Steps = 2 } }.Fit(new(model, data, new ReferenceBackend(), 1)));
        Assert.Equal(InferenceCodes.DiscreteLatent, refused.Diagnostics[0].Code);
        var vi = new Vi { Guide = Program, Gradient = new AutoGradient(), Samples = 8, Training = new() { Steps = 1500, Optimizer = new Adam { Rate = 0.05 }, Schedule = new CosineSchedule() } };
        var fit = vi.Fit(new(model, data, new CpuBackend(), 1) { Threads = 1 }).Required;
        var found = new[] { fit.Posterior.Parameters["guide:g:a"][0], fit.Posterior.Parameters["guide:g:b"][0] };
        Assert.All(Derivative(Elbo0, found), g => Assert.Equal(0, g, 0.35));
        Assert.Contains(fit.Sites, s => s.Site == "k" && s.Reason.Contains("score function"));
        var sampled = fit.Posterior.Sample(new ReferenceBackend(), new SampleOptions { Draws = 50, Seed = 2 }, data);
        Assert.All(sampled["k"].ToDoubles(), k => Assert.True(k >= 0 && k == Math.Floor(k)));
    }

    [Fact]
    public void LearnedValuesFollowTheBoundWhateverTheMethod()
    {
        // With y | b ~ N(z + b, s): doubly reparameterised gradients hold b in the draws' part, and move it by the bound itself.
        const string text = """
            module M
            model m [n] = prob {
                let! z = normal 0.0 1.3
                let! y = normal (z + param "b" [] 0.7) 0.9 |> iid [n]
                return y
            }
            """;
        var (model, data) = Programs.Bind(text, 5, "n", new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([5], 9) });
        var plan = Evaluation.Plan(model, new NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        double[][] Gradients(GradientMethod method)
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(new IwaeBound(), method));
            return StepDraws.Of(elbo, StepDraws.Gradient(elbo), parameters, data, 5);
        }
        var (plain, held) = (Gradients(new PathwiseGradient()), Gradients(new StickingTheLandingGradient()));
        Assert.Equal("param:b", plan.Parameters[^1].Name);
        for (var s = 0; s < 5; s++) Assert.Equal(plain[s][^1], held[s][^1], 1e-9);
        Assert.NotEqual(plain[0][0], held[0][0], 1e-3);
    }
}
