using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Optimizers;

/// <summary>Natural gradients of independent normals.</summary>
public class NaturalGradientTests
{
    private static double Softplus(double r) => Math.Log(1 + Math.Exp(r));

    private static (double[] Loc, double[] Rho) Step(NaturalGradient optimizer, double[] loc, double[] rho, double[] gradLoc, double[] gradRho, double weight, int number = 1, double[]? mean = null)
    {
        var size = loc.Length;
        Tensor Of(string name) => Input(name, DType.F64, [size]);
        Tensor[] inputs = [Of("loc"), Of("rho"), Of("gl"), Of("gr"), Of("m"), Of("v")];
        var (l, r) = optimizer.UpdatePair(new(inputs[0], inputs[2], [inputs[4], inputs[5]]), new(inputs[1], inputs[3], [inputs[4], inputs[5]]),
            new(Constant(DType.F64, optimizer.Rate), Constant(DType.F64, number)) { Weight = Constant(DType.F64, weight) });
        var result = Reference.Evaluate(new TensorGraph(inputs, [("l", l.Parameter), ("r", r.Parameter)]),
            [.. new[] { loc, rho, gradLoc, gradRho, mean ?? new double[size], new double[size] }.Select(x => HostTensor.Of([size], x))]);
        return (result[0].ToDoubles(), result[1].ToDoubles());
    }

    [Fact]
    public void OnAQuadraticTheStepWithRateOneLandsAtTheOptimum()
    {
        // -log joint = sum h (z - c)^2 / 2 up to a constant, per row of 7 and under a temperature of 0.6: the optimum is N(c, 0.6 / h).
        double[] h = [3.5, 0.02, 900], c = [0.3, -2, 5], loc = [1, 0.5, -0.1], rho = [-3, 1.5, 0.4];
        const double rows = 7, temperature = 0.6;
        var scale = rho.Select(Softplus).ToArray();
        double[] gradLoc = [.. loc.Select((l, i) => h[i] * (l - c[i]) / rows)];
        // d/ds of h s^2 / 2 - t log s, times ds / drho.
        double[] gradRho = [.. scale.Select((s, i) => (h[i] * s - temperature / s) / rows * (1 - Math.Exp(-s)))];
        var von = new Von { Rate = 1, Beta1 = 0, Beta2 = 0, Trust = 1e9 };
        var (newLoc, newRho) = Step(von, loc, rho, gradLoc, gradRho, rows / temperature);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(c[i], newLoc[i], 1e-9 * (1 + Math.Abs(c[i])));
            Assert.Equal(Math.Sqrt(temperature / h[i]), Softplus(newRho[i]), 1e-7 * Math.Sqrt(temperature / h[i]));
        }
    }

    [Fact]
    public void IvonIsThePapersRecursion()
    {
        // Shen et al., algorithm 1, with a prior N(0, 1 / (n d)) in the loss: there h estimates the Hessian without d, and g the gradient without d m.
        const double n = 40, d = 0.3, rate = 0.2, b1 = 0.7, b2 = 0.9;
        var (m, g, h) = (0.8, 0.0, 1.7);
        var ivon = new Ivon { Rate = rate, Beta1 = b1, Beta2 = b2, Trust = 1e9 };
        var (loc, rho, mean) = (m, Initial.InverseSoftplus(1 / Math.Sqrt(n * (h + d))), 0.0);
        (double Gradient, double Noise)[] steps = [(0.9, -0.4), (-2.3, 1.8), (1.4, 0.3), (0.2, -2.5)];
        for (var t = 1; t <= steps.Length; t++)
        {
            var (gradient, noise) = steps[t - 1];
            var s = 1 / Math.Sqrt(n * (h + d));
            // What the objective's gradients are at this draw: the loss's at the draw, the prior's in closed form, the entropy's.
            var gradLoc = gradient + d * m;
            var gradScale = gradient * noise + d * s - 1 / (n * s);
            (var l, var r) = Step(ivon, [loc], [rho], [gradLoc], [gradScale * (1 - Math.Exp(-s))], n, t, [mean]);
            mean = b1 * mean + (1 - b1) * gradLoc;
            (loc, rho) = (l[0], r[0]);

            var hessian = gradient * noise / s;
            g = b1 * g + (1 - b1) * (gradient + d * m);
            h = b2 * h + (1 - b2) * hessian + 0.5 * (1 - b2) * (1 - b2) * (h - hessian) * (h - hessian) / (h + d);
            m -= rate * (g / (1 - Math.Pow(b1, t))) / (h + d);
            Assert.Equal(m, loc, 1e-10);
            Assert.Equal(1 / Math.Sqrt(n * (h + d)), Softplus(rho), 1e-10);
        }
    }

    [Fact]
    public void PrecisionsStayPositiveAndStepsWithinTrust()
    {
        foreach (var optimizer in (NaturalGradient[])[new Ivon { Trust = 3 }, new Von { Trust = 3 }])
        {
            var (loc, rho) = Step(optimizer, [0, 0, 0], [-2, 0, 3], [1e6, -1e6, 0], [-1e9, 1e9, 1e9], 50);
            for (var i = 0; i < 3; i++)
            {
                var (before, after) = (Softplus(new double[] { -2, 0, 3 }[i]), Softplus(rho[i]));
                Assert.InRange(before * before / (after * after), 0.25 - 1e-9, 4 + 1e-9);
                Assert.InRange(Math.Abs(loc[i]), 0, 3 * after + 1e-9);
            }
        }
    }

    [Fact]
    public void FitsReachTheExactMeanFieldOptimum()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data).MeanFieldParameters();
        foreach (var optimizer in (Optimizer[])[new Ivon(), new Von()])
        {
            var vi = new Vi { Samples = 16, Gradient = new StickingTheLandingGradient(), Training = new() { Optimizer = optimizer, Steps = 600, Schedule = new CosineSchedule() } };
            var found = vi.Fit(new(model, data, new ReferenceBackend(), 3)).Required.Posterior.Parameters;
            foreach (var (name, value) in exact)
            {
                // Locations within a tenth of their scale, scales within a tenth.
                var scales = exact[name.Split('.')[0] + ".rho"].ToDoubles().Select(Softplus).ToArray();
                for (var i = 0; i < scales.Length; i++)
                {
                    if (name.EndsWith(".loc")) Assert.Equal(value[i], found[name][i], 0.1 * scales[i]);
                    else Assert.InRange(Softplus(found[name][i]) / scales[i], 0.9, 1.1);
                }
            }
        }
    }

    [Fact]
    public void ParametersWithoutAPairFollowAdamAndGuidesWithoutAnyAreRefused()
    {
        var (model, data) = Samples.Regression();
        var vi = new Vi { Guide = [new(new DeltaGuide(), "alpha"), new(new NormalGuide())], Training = new() { Optimizer = new Ivon { OtherRate = 0.03 }, Steps = 400 }, Samples = 4 };
        var found = vi.Fit(new(model, data, new ReferenceBackend(), 3)).Required.Posterior.Parameters;
        Assert.Equal(ConjugateRegression.Of(data).Mean[0], found["alpha.loc"][0], 0.1);
        foreach (GuideFamily family in (GuideFamily[])[new DeltaGuide(), new MultivariateNormalGuide()])
        {
            var refused = Assert.IsType<FitOutcome.Refused>((vi with { Guide = [new(family)] }).Fit(new(model, data, new ReferenceBackend(), 3)));
            Assert.Contains("of which the guide has none", refused.Diagnostics[0].Message);
        }
    }
}
