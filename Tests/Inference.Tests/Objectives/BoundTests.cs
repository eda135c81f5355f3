using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Objectives;

/// <summary>Bounds from the log-weights of several draws.</summary>
public class BoundTests
{
    private static readonly double[] Orders = [0, 0.3, 1 - 1e-7, 1, 1 + 1e-7, 2.5];

    // The definition in plain arithmetic; near order 1 by its expansion, mean + rate * variance / 2.
    private static double Bound(double[] l, double order)
    {
        var rate = 1 - order;
        var mean = l.Average();
        if (Math.Abs(rate) < 1e-5) return mean + rate * l.Average(v => (v - mean) * (v - mean)) / 2;
        return Math.Log(l.Average(v => Math.Exp(rate * (v - mean)))) / rate + mean;
    }

    private static Bound Of(double order) => order == 1 ? new ElboBound() : order == 0 ? new IwaeBound() : new RenyiBound { Alpha = order };

    [Fact]
    public void BoundsSharesAndContributionsAreTheirDefinitions()
    {
        double[][] rows = [[-3.1, 2.2, 0.4, -0.9, 1.7], [400.5, 399.1, 401, 380, 402.25], [-1000, -990, -995, -1001, -993]];
        foreach (var order in Orders)
        {
            var bound = Of(order);
            foreach (var l in rows)
            {
                var x = TensorMath.Input("l", DType.F64, [5]);
                var value = bound.Of(x, 0);
                var graph = new TensorGraph([x], [("b", value), ("g", Vjp.Gradients(value, [x])[0]), ("v", bound.Shares(x)), ("c", bound.Contributions(x))]);
                var result = Reference.Evaluate(graph, [HostTensor.Of([5], l)]);
                Assert.Equal(Bound(l, order), result[0][0], 1e-8);
                var weights = l.Select(v => Math.Exp((1 - order) * (v - l.Average()))).ToArray();
                for (var k = 0; k < 5; k++)
                {
                    Assert.Equal(weights[k] / weights.Sum(), result[1][k], 1e-9);
                    Assert.Equal(weights[k] / weights.Sum(), result[2][k], 1e-9);
                    var others = l.Where((_, j) => j != k).Average();
                    Assert.Equal(Bound(l, order) - Bound([.. l.Select((v, j) => j == k ? others : v)], order), result[3][k], 1e-7);
                }
            }
        }
    }

    [Fact]
    public void AtTheExactPosteriorEveryBoundIsTheLogEvidence()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new MultivariateNormalGuide());
        var exact = ConjugateRegression.Of(data);
        foreach (var order in Orders)
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(Of(order), new StickingTheLandingGradient()));
            var values = StepDraws.Of(elbo, [elbo.Surrogate!(null)], exact.FullCovarianceParameters("guide.1"), data, 3);
            // Where draws count by v_k + …, the expression stands for a gradient alone.
            if (order == 1) Assert.All(values, v => Assert.Equal(exact.LogEvidence, v[0], 1e-10 * Math.Abs(exact.LogEvidence)));
            elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(Of(order), new ScoreFunctionGradient()));
            Assert.NotNull(elbo.Surrogate);
            if (order == 1) continue;
            elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: new(Of(order), new PathwiseGradient()));
            values = StepDraws.Of(elbo, [elbo.Surrogate!(null), elbo.Value], exact.FullCovarianceParameters("guide.1"), data, 3);
            Assert.All(values, v => Assert.Equal(exact.LogEvidence, v[0], 1e-9 * Math.Abs(exact.LogEvidence)));
            Assert.All(values, v => Assert.Equal(exact.LogEvidence, v[1], 1e-9 * Math.Abs(exact.LogEvidence)));
        }
    }

    [Fact]
    public void TheMeanImportanceWeightIsTheEvidence()
    {
        // E[exp(log mean_k w_k)] = p(y) for any K. The guide is wider than the posterior, so that weights are bounded.
        var (model, data) = Samples.Mean();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var y = data.Values["y"].ToDoubles();
        var precision = 1 / (1.6 * 1.6) + y.Length / 0.49;
        var mean = (0.4 / (1.6 * 1.6) + y.Sum() / 0.49) / precision;
        var parameters = new Dictionary<string, HostTensor>
        {
            ["mu.loc"] = HostTensor.Scalar(DType.F64, mean + 0.1),
            ["mu.rho"] = HostTensor.Scalar(DType.F64, Initial.InverseSoftplus(1.4 / Math.Sqrt(precision))),
        };
        // log p(y) = log p(y | m) p(m) / p(m | y) at any m.
        static double LogNormal(double x, double m, double s) => -0.5 * Math.Log(2 * Math.PI) - Math.Log(s) - (x - m) * (x - m) / (2 * s * s);
        var evidence = y.Sum(v => LogNormal(v, mean, 0.7)) + LogNormal(mean, 0.4, 1.6) - LogNormal(mean, mean, 1 / Math.Sqrt(precision));
        foreach (var draws in (int[])[1, 3])
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), draws: draws, objective: new(new IwaeBound(), new PathwiseGradient()));
            var ratios = StepDraws.Of(elbo, [elbo.Surrogate!(null), elbo.Value], parameters, data, 20_000);
            Stat.MeanIs(1, [.. ratios.Select(v => Math.Exp(v[0] - evidence))], resolve: 0.05, cases: 2, $"importance weight of {draws} draws");
            Assert.True(draws == 1 ? ratios.All(v => Math.Abs(v[0] - v[1]) < 1e-9) : ratios.All(v => v[0] >= v[1]), "one draw's bound is its ELBO, and more draws' is above its mean");
        }
    }

    [Fact]
    public void TemperatureAndWarmUpScaleTheDivergenceAtEveryDraw()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new NormalGuide());
        foreach (var method in (GradientMethod[])[new StickingTheLandingGradient(), new AutoGradient()])
        {
            var elbo = Elbo.Build(model, plan, new SharedEstimator(), batch: 5, draws: 2, objective: new(new ElboBound(), method));
            Assert.NotNull(elbo.Surrogate);
            // Two and a half epochs of three steps: the factor is (step + 1) / 7.5 until it is 1.
            var values = StepDraws.Of(elbo, [StepGraph.Loss(elbo, 0.3, 2.5), elbo.ExpectedLogLikelihood, elbo.Kl], Evaluation.Somewhere(plan), data, 9, batch: _ => ([3, 1, 4, 12, 5], [3, 3, 3, 3, 3]));
            for (var s = 0; s < 9; s++) Assert.Equal((0.3 * Math.Min(1, (s + 1) / 7.5) * values[s][2] - values[s][1]) / 13, values[s][0], 1e-10);
        }
    }

    private const string Factor = """
        module M
        model factor [n] = prob {
            let! z = normal 0.0 1.0 |> iid [n]
            let! y1 = normal (0.7 * z + 0.4) 0.9
            let! y2 = normal (-1.3 * z - 0.2) 0.5
            return y2
        }

        guide encoder for factor (y1 : real[n]) (y2 : real[n]) = prob {
            let! z = normal (param "u" [] 0.1 * y1 + param "v" [] (-0.5) * y2 + param "c" [] 0.0) (exp (param "s" [] (-0.5)))
            return z
        }
        """;

    private static (BoundModel Model, DataSet Data) Amortised() =>
        Programs.Bind(Factor, 13, "n", new Dictionary<string, HostTensor> { ["y1"] = Samples.Tensor([13], 3), ["y2"] = Samples.Tensor([13], 5) });

    [Fact]
    public void WhereAllValuesBelongToRowsTheBoundIsOneForEachRowAndBatchesAreSound()
    {
        var (model, data) = Amortised();
        var plan = GuidePlan.For(model, [new(new ProgramGuide { Program = "encoder" })]).Required;
        var parameters = Evaluation.InitialValues(plan);
        var objective = new ObjectiveChoice(new IwaeBound(), new PathwiseGradient());
        var full = Elbo.Build(model, plan, new SharedEstimator(), draws: 3, objective: objective);
        var expected = StepDraws.Of(full, [full.Surrogate!(null), .. StepDraws.Gradient(full)], parameters, data, 1)[0];
        var part = Elbo.Build(model, plan, new SharedEstimator(), batch: 5, draws: 3, objective: objective);
        (long[], double[])[] batches = [([7, 2, 11, 0, 5], [3, 3, 3, 3, 3]), ([1, 12, 3, 9, 4], [3, 3, 3, 3, 3]), ([6, 8, 10, 6, 6], [3, 3, 3, 0, 0])];
        var sums = new double[expected.Length];
        foreach (var batch in batches)
        {
            var own = StepDraws.Of(part, [part.Surrogate!(null), .. StepDraws.Gradient(part)], parameters, data, 1, batch: _ => batch)[0];
            for (var i = 0; i < sums.Length; i++) sums[i] += own[i] / 3;
        }
        for (var i = 0; i < sums.Length; i++) Assert.Equal(expected[i], sums[i], 1e-9 * (1 + Math.Abs(expected[i])));
        // Each row's bound with three draws is above its ELBO, and with many the sum comes near the evidence, of which the ELBO falls short.
        var elbo = StepDraws.Of(full, [full.Value], parameters, data, 400).Average(v => v[0]);
        var many = Elbo.Build(model, plan, new SharedEstimator(), draws: 200, objective: objective);
        var tight = StepDraws.Of(many, [many.Surrogate!(null)], parameters, data, 40).Average(v => v[0]);
        Assert.True(expected[0] > elbo + 0.5 && tight > expected[0] - 3, $"{elbo} {expected[0]} {tight}");
    }

    [Fact]
    public void WhatIsNotDefinedIsRefusedWithTheReason()
    {
        var (model, data) = Samples.Regression();
        void Refused(Vi vi, string why, BoundModel? other = null, DataSet? rows = null)
        {
            var outcome = Assert.IsType<FitOutcome.Refused>(vi.Fit(new(other ?? model, rows ?? data, new ReferenceBackend(), 1)));
            Assert.Contains(outcome.Diagnostics, d => d.Code.Severity == Severity.Error && d.Message.Contains(why, StringComparison.Ordinal) && d.Hint is not null);
        }
        var iwae = new Vi { Bound = new IwaeBound(), Samples = 3, Training = new() { Steps = 2 } };
        Refused(iwae with { Training = new() { Steps = 2, Batch = 5 } }, "'alpha' is one for all rows");
        Refused(iwae with { Temperature = 0.5 }, "temperature changes");
        Refused(iwae with { KlWarmup = 2 }, "klWarmup changes");
        Refused(iwae with { Estimator = new FlipoutEstimator() }, "weighs the draw that all rows see");
        Refused(iwae with { Guide = [new(new DeltaGuide(), "alpha"), new(new NormalGuide())] }, "the guide of 'alpha'");
        var score = new Vi { Gradient = new ScoreFunctionGradient(), Training = new() { Steps = 2 } };
        Refused(score, "samples = 1");
        Refused(score with { Samples = 4, Estimator = new LocalEstimator() }, "needs the density of the draw");
        Refused(new Vi { Gradient = new StickingTheLandingGradient(), Guide = [new(new PlanarGuide())], Training = new() { Steps = 2 } }, "log q of a value apart from its draw");
        // Rows apart, one value for each: batches are allowed.
        var (amortised, own) = Amortised();
        var fit = (iwae with { Guide = [new(new ProgramGuide { Program = "encoder" })], Training = new() { Steps = 7, Batch = 5 } }).Fit(new(amortised, own, new ReferenceBackend(), 1));
        Assert.IsType<FitOutcome.Fitted>(fit);
    }
}
