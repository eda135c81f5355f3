using MathNet.Numerics;
using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;
using MathNormal = MathNet.Numerics.Distributions.Normal;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Guides of weights with noise for units, and scale mixtures: moments, laws, densities, divergences, gradients.</summary>
public class WeightNoiseTests
{
    private static readonly GuideFamily[] Families =
    [
        new BernoulliDropoutGuide { Rate = 0.3 }, new ConcreteDropoutGuide(), new ConcreteDropoutGuide { Temperature = 0.7 }, new GaussianDropoutGuide(), new GaussianDropoutGuide { Per = "input" },
        new GaussianDropoutGuide { Per = "site" }, new Rank1Guide(), new ScaleMixtureGuide(), new ScaleMixtureGuide { Components = 3 },
    ];

    // Two layers, the second with its weights transposed: inputs are rows of the first and columns of the second.
    private static readonly BoundModel Net = ModelBuilder.Bind(5, ["y"], b =>
    {
        var w = b.Draw("w", Normal.Of(b.Real(0.2), b.Real(1.3)).Iid([2, 3]));
        var v = b.Draw("v", Normal.Of(b.Real(0), b.Real(0.7)).Iid([2, 3]));
        b.Draw("y", Normal.Of(MatMul(Tanh(MatMul(b.PerRow("x", [2]), w)), TransposeLast(v)), b.Real(0.9)), perRow: true);
    });

    private static readonly DataSet Data = new(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([5, 2], 3), ["y"] = Samples.Tensor([5, 2], 4) }, 5);

    // Values of expressions of a draw: [draws, …] each.
    private static HostTensor[] Draws(GuidePlan plan, Dictionary<string, HostTensor> at, int draws, Func<PartDraw, Tensor[]> outputs, long seed = 3)
    {
        var parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        Tensor draw = Input("draw", DType.I64, []), zero = Constant(HostTensor.Scalar(0));
        var part = plan.Parts[0].Draw(new(parameters, new RandomSource(Constant(HostTensor.Scalar(seed)), zero, draw), RowView.All(5)));
        var all = Vmap.Batch(outputs(part), new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = Iota([draws], 0) }, draws);
        return [.. Reference.Evaluate(new TensorGraph([.. plan.Parameters.Select(p => parameters[p.Name])], all.Select((o, i) => ($"{i}", o))), [.. plan.Parameters.Select(p => at[p.Name])])];
    }

    [Fact]
    public void MeansAndScalesAreThoseOfTheDraws()
    {
        const int draws = 20000;
        foreach (var family in Families)
        {
            var plan = Evaluation.Plan(Net, family);
            var at = Evaluation.Somewhere(plan);
            var found = Draws(plan, at, draws, d => [.. d.Sites.SelectMany(s => new[] { s.Value, s.Location, s.Scale! })]);
            for (var site = 0; site < 2; site++)
            {
                var (value, loc, scale) = (found[3 * site], found[3 * site + 1], found[3 * site + 2]);
                for (var e = 0; e < 6; e++)
                {
                    double[] own = [.. Enumerable.Range(0, draws).Select(s => value[s * 6 + e])];
                    // A mean-field term may repeat its constants for every draw: the first will do.
                    Stat.MeanIs(loc[e], own, resolve: 0.3, cases: 24, $"mean {e} of {family}");
                    Stat.MeanIs(scale[e] * scale[e], [.. own.Select(v => (v - loc[e]) * (v - loc[e]))], resolve: 1, cases: 24, $"variance {e} of {family}");
                }
            }
        }
    }

    [Fact]
    public void EntropiesAndCrossEntropiesAreExpectationsOverDraws()
    {
        const int draws = 20000;
        foreach (var family in new GuideFamily[] { new BernoulliDropoutGuide { Rate = 0.3 }, new GaussianDropoutGuide { Per = "input" }, new Rank1Guide { PriorScale = 1.7 } })
        {
            var plan = Evaluation.Plan(Net, family);
            var prior = Net.Elaborate(5).Sites[0].Distribution;
            var found = Draws(plan, Evaluation.Somewhere(plan), draws, d => [d.LogDensity[0].Value, d.Entropies[0].Value, prior.LogDensity(d.Sites[0].Value), d.Sites[0].CrossEntropy!(prior)!]);
            Stat.MeanIs(-found[1][0], found[0].ToDoubles(), resolve: 0.5, cases: 6, $"entropy of {family}");
            if (family is Rank1Guide) continue;
            double[] cross = [.. Enumerable.Range(0, draws).Select(s => -Enumerable.Range(0, 6).Sum(e => found[2][s * 6 + e]))];
            Stat.MeanIs(Enumerable.Range(0, 6).Sum(e => found[3][e]), cross, resolve: 0.8, cases: 6, $"cross-entropy of {family}");
        }
    }

    [Fact]
    public void EstimatorsAgreeWithASharedDraw()
    {
        foreach (var family in Families)
        {
            var plan = Evaluation.Plan(Net, family);
            var at = Evaluation.Somewhere(plan);
            double[][] Gradients(Estimator estimator, out string applied)
            {
                var elbo = Evaluation.Build(Net, plan, estimator);
                applied = elbo.Sites[0].Estimator;
                return Steps(elbo, at, 2500);
            }
            var shared = Gradients(new SharedEstimator(), out _);
            var local = Gradients(new LocalEstimator(), out var applied);
            Assert.Equal("local", applied);
            for (var i = 0; i < shared[0].Length; i++)
                Stat.MeanIs(0, [.. shared.Zip(local, (a, b) => a[i] - b[i])], resolve: 4, cases: 9 * shared[0].Length, $"gradient {i} of {family}");
        }
    }

    private static double[][] Steps(ProbNet.Inference.Objectives.Elbo elbo, Dictionary<string, HostTensor> at, int steps)
    {
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters]).Select((o, i) => ($"{i}", o))));
        using var executable = new ProbNet.Backends.Cpu.CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            var name = graph.Inputs[i].InputName();
            executable.Write(i, name is "seed" or "step" ? HostTensor.Scalar(17) : name.StartsWith("data:") ? Data.Values[name[5..]] : at[name]);
        }
        var step = graph.InputIndex("step");
        return [.. Enumerable.Range(0, steps).Select(s =>
        {
            executable.Write<long>(step, [s]);
            executable.Run();
            return graph.Outputs.SelectMany((o, i) => executable.Read(i, new TensorType(o.Value.DType, o.Value.Shape)).ToDoubles()).ToArray();
        })];
    }

    [Fact]
    public void SitesStartAtGivenPlaces()
    {
        var place = new Dictionary<string, Tensor> { ["w"] = Constant(Samples.Tensor([2, 3], 8)), ["v"] = Constant(Samples.Tensor([2, 3], 9)) };
        foreach (var family in Families)
        {
            var plan = Evaluation.Plan(Net, family);
            var start = Evaluation.InitialValues(plan);
            foreach (var p in plan.Parameters)
                if (plan.Parts[0].StartAt(p, place) is { } at) start[p.Name] = Reference.Evaluate(new TensorGraph([], [("at", at)]), [])[0];
            var found = Draws(plan, start, 1, d => [d.Sites[0].Location, d.Sites[1].Location]);
            // A relaxed mask's mean is keep only nearly.
            var near = family is ConcreteDropoutGuide ? 0.1 : 1e-12;
            for (var e = 0; e < 6; e++) Assert.Equal(Samples.Tensor([2, 3], 8)[e], found[0][e], near);
            for (var e = 0; e < 6; e++) Assert.Equal(Samples.Tensor([2, 3], 9)[e], found[1][e], near);
        }
    }

    [Fact]
    public void NoiseForEachInputIsNoiseForEachWeightWhereThereIsOneOutput()
    {
        // One weight an input: q is N(m, alpha m^2) itself, density, divergence and all.
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0.2), b.Real(1.3)).Iid([2, 1]));
            b.Draw("y", Normal.Of(Reshape(MatMul(b.PerRow("x", [2]), w), [b.Rows]), b.Real(0.9)), perRow: true);
        });
        var (loc, log) = (HostTensor.Of([2, 1], [0.8, -1.7]), new[] { -0.5, -1.4 });
        var input = Evaluation.Plan(model, new GaussianDropoutGuide { Per = "input" });
        var at = new Dictionary<string, HostTensor> { ["w.loc"] = loc, ["w.logAlpha"] = HostTensor.Of([2], log) };
        var found = Draws(input, at, 7, d => [d.Sites[0].Value, d.LogDensity[0].Value]);
        for (var s = 0; s < 7; s++)
            Assert.Equal(Enumerable.Range(0, 2).Sum(k => MathNormal.PDFLn(loc[k], Math.Exp(log[k] / 2) * Math.Abs(loc[k]), found[0][2 * s + k])), found[1][s], 1e-12);
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Data.Values["x"], ["y"] = Samples.Tensor([5], 4) }, 5);
        double Kl(GuideFamily family, Dictionary<string, HostTensor> p)
        {
            var elbo = Evaluation.Build(model, Evaluation.Plan(model, family));
            Assert.Equal("closed form", elbo.Sites[0].Kl);
            return Evaluation.At(elbo, [elbo.Kl], p, data)[0][0];
        }
        var expected = Enumerable.Range(0, 2).Sum(k =>
        {
            var scale = Math.Exp(log[k] / 2) * Math.Abs(loc[k]);
            return Math.Log(1.3 / scale) + (scale * scale + Math.Pow(loc[k] - 0.2, 2)) / (2 * 1.69) - 0.5;
        });
        Assert.Equal(expected, Kl(new GaussianDropoutGuide { Per = "input" }, at), 1e-12);
        double[] rho = [.. Enumerable.Range(0, 2).Select(k => Math.Log(Math.Exp(Math.Exp(log[k] / 2) * Math.Abs(loc[k])) - 1))];
        Assert.Equal(expected, Kl(new GaussianDropoutGuide(), new() { ["w.loc"] = loc, ["w.rho"] = HostTensor.Of([2, 1], rho) }), 1e-12);
    }

    [Fact]
    public void RankOneFactorsPayTheirDivergenceAndTheWeightItsPrior()
    {
        var plan = Evaluation.Plan(Net, new Rank1Guide { PriorScale = 0.25 });
        var at = Evaluation.Somewhere(plan);
        var elbo = Evaluation.Build(Net, plan);
        Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));
        var expected = 0.0;
        foreach (var (site, mean, scale) in new[] { ("w", 0.2, 1.3), ("v", 0, 0.7) })
        {
            expected -= at[site + ".loc"].ToDoubles().Sum(m => MathNormal.PDFLn(mean, scale, m));
            foreach (var side in new[] { ".in", ".out" })
            {
                var (locs, rhos) = (at[site + side + ".loc"].ToDoubles(), at[site + side + ".rho"].ToDoubles());
                expected += locs.Zip(rhos, (m, r) => (m, s: Math.Log(1 + Math.Exp(r)))).Sum(f => Math.Log(0.25 / f.s) + (f.s * f.s + (f.m - 1) * (f.m - 1)) / (2 * 0.0625) - 0.5);
            }
        }
        Assert.Equal(expected, Evaluation.At(elbo, [elbo.Kl], at, Data)[0][0], 1e-10);
    }

    [Fact]
    public void RelaxedMasksHaveTheirLawAndTheRateItsGradient()
    {
        const double t = 0.4, logit = -0.6;
        var plan = Evaluation.Plan(Net, new ConcreteDropoutGuide { Temperature = t });
        var at = Evaluation.Somewhere(plan);
        at["w.rateLogit"] = HostTensor.Scalar(DType.F64, logit);
        const int draws = 10000;
        var keep = 1 / (1 + Math.Exp(logit));
        var value = Draws(plan, at, draws, d => [d.Sites[0].Value])[0];
        double[] masks = [.. Enumerable.Range(0, draws).Select(s => value[s * 6] / at["w.loc"][0] * keep)];
        // z = sigmoid((L - logit) / t), L standard logistic: F(z) = sigmoid(t logit(z) + logit).
        Stat.CdfIs([.. masks.Select(z => 1 / (1 + Math.Exp(-(t * Math.Log(z / (1 - z)) + logit))))], resolve: 0.06, cases: 1, "relaxed masks");

        // d/d rateLogit of E[W00^2] against quadrature.
        var parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        Tensor draw = Input("draw", DType.I64, []), zero = Constant(HostTensor.Scalar(0));
        var part = plan.Parts[0].Draw(new(parameters, new RandomSource(Constant(HostTensor.Scalar(5)), zero, draw), RowView.All(5)));
        var square = Square(SumAll(SliceAxis(SliceAxis(part.Sites[0].Value, 0, 0, 1), 1, 0, 1)));
        var slope = Vmap.Batch(Vjp.Gradients(square, [parameters["w.rateLogit"]]), new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = Iota([draws], 0) }, draws)[0];
        var slopes = Reference.Evaluate(new TensorGraph([.. plan.Parameters.Select(p => parameters[p.Name])], [("slope", slope)]), [.. plan.Parameters.Select(p => at[p.Name])])[0].ToDoubles();
        double Expected(double l) => Math.Pow(at["w.loc"][0] * (1 + Math.Exp(l)), 2) * Integrate.GaussLegendre(u => Math.Pow(1 / (1 + Math.Exp(-(Math.Log(u / (1 - u)) - l) / t)), 2), 0, 1, 256);
        Stat.MeanIs((Expected(logit + 1e-4) - Expected(logit - 1e-4)) / 2e-4, slopes, resolve: 0.5, cases: 1, "gradient of the rate");

        // The divergence is closed-form and the rate's part of it is that of a Bernoulli mask.
        var elbo = Evaluation.Build(Net, plan);
        double Kl(double l) => Evaluation.At(elbo, [elbo.KlBySite.First(k => k.Name == "w").Value], new Dictionary<string, HostTensor>(at) { ["w.rateLogit"] = HostTensor.Scalar(DType.F64, l) }, Data)[0][0];
        double Mask(double l)
        {
            var p = 1 / (1 + Math.Exp(-l));
            return at["w.loc"].ToDoubles().Sum(m => (Math.Pow(m - 0.2, 2) + m * m * p / (1 - p)) / (2 * 1.69) + Math.Log(1.3 * Math.Sqrt(2 * Math.PI))) + 2 * (p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
        }
        foreach (var l in new[] { -3.0, -0.6, 1.1 }) Assert.Equal(Mask(l), Kl(l), 1e-10);
    }

    [Fact]
    public void ScaleMixturesHaveTheirDensityTheirLawAndTheirGradients()
    {
        var model = ModelBuilder.Bind(1, [], b => b.Draw("z", Normal.Of(b.Real(0), b.Real(1)).Iid([2])));
        var plan = Evaluation.Plan(model, new ScaleMixtureGuide { Components = 3 });
        double[] loc = [0.3, -0.8], rho = [-2.0, -0.3, 0.9, -1.1, 0.2, 1.4], logits = [0.5, -0.2, -0.6, -1.0, 0.7, 0.1];
        var at = new Dictionary<string, HostTensor> { ["z.loc"] = HostTensor.Of([2], loc), ["z.rho"] = HostTensor.Of([2, 3], rho), ["z.logits"] = HostTensor.Of([2, 3], logits) };
        const int draws = 20000;
        var parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        Tensor draw = Input("draw", DType.I64, []), zero = Constant(HostTensor.Scalar(0));
        var part = plan.Parts[0].Draw(new(parameters, new RandomSource(Constant(HostTensor.Scalar(3)), zero, draw), RowView.All(1)));
        var value = part.Sites[0].Value;
        // A function with even and odd parts, and the density itself.
        var f = SumAll(Sin(value) + Square(value) * 0.3);
        Tensor[] wanted = [value, part.LogDensity[0].Value, .. Vjp.Gradients(f, [.. plan.Parameters.Select(p => parameters[p.Name])]), .. Vjp.Gradients(part.LogDensity[0].Value, [.. plan.Parameters.Select(p => parameters[p.Name])])];
        var all = Vmap.Batch(wanted, new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = Iota([draws], 0) }, draws);
        var graph = Pipeline.Optimize(new TensorGraph([.. plan.Parameters.Select(p => parameters[p.Name])], all.Select((o, i) => ($"{i}", o))));
        var found = Reference.Evaluate(graph, [.. plan.Parameters.Select(p => at[p.Name])]);

        for (var i = 0; i < 2; i++)
        {
            var (weights, scales) = Mixture(rho, logits, i);
            Stat.CdfIs([.. Enumerable.Range(0, draws).Select(s => Enumerable.Range(0, 3).Sum(k => weights[k] * MathNormal.CDF(loc[i], scales[k], found[0][2 * s + i])))], resolve: 0.05, cases: 2, $"law of component {i}");
        }
        for (var s = 0; s < 5; s++)
            Assert.Equal(Enumerable.Range(0, 2).Sum(i => Math.Log(Density(loc, rho, logits, i, found[0][2 * s + i]))), found[1][s], 1e-10);

        double[] flat = [.. loc, .. rho, .. logits];
        double Expectation(double[] p, Func<double, double, double> g) => Enumerable.Range(0, 2).Sum(i =>
            Integrate.GaussLegendre(z => Density(p[..2], p[2..8], p[8..], i, z) is var q ? q * g(z, q) : 0, -14, 14, 1024));
        double[] Slopes(Func<double, double, double> g) => [.. Enumerable.Range(0, flat.Length).Select(j =>
        {
            double[] up = [.. flat], down = [.. flat];
            (up[j], down[j]) = (flat[j] + 1e-4, flat[j] - 1e-4);
            return (Expectation(up, g) - Expectation(down, g)) / 2e-4;
        })];
        var (ofF, ofEntropy) = (Slopes((z, _) => Math.Sin(z) + 0.3 * z * z), Slopes((_, q) => q == 0 ? 0 : Math.Log(q)));
        for (var j = 0; j < flat.Length; j++)
        {
            var (tensor, element) = j < 2 ? (0, j) : j < 8 ? (1, j - 2) : (2, j - 8);
            var size = j < 2 ? 2 : 6;
            Stat.MeanIs(ofF[j], [.. Enumerable.Range(0, draws).Select(s => found[2 + tensor][s * size + element])], resolve: 0.25, cases: 28, $"gradient {j} of the function");
            // The density at a draw does not know where the centre is.
            if (j < 2) Assert.All(Enumerable.Range(0, draws), s => Assert.Equal(0, found[5][s * 2 + element]));
            else Stat.MeanIs(ofEntropy[j], [.. Enumerable.Range(0, draws).Select(s => found[5 + tensor][s * size + element])], resolve: 0.25, cases: 28, $"gradient {j} of the log-density");
        }
    }

    [Fact]
    public void ScaleMixturesCoverEverySupportAndRow()
    {
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var positive = b.Draw("positive", Gamma.Of(b.Real(2), b.Real(1.3)).Iid([2]));
            var own = b.Draw("own", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows]), perRow: true);
            b.Draw("y", Normal.Of(own + SumAll(positive), b.Real(1)), perRow: true);
        });
        var plan = Evaluation.Plan(model, new ScaleMixtureGuide());
        var at = Evaluation.Somewhere(plan);
        var found = Draws(plan, at, 3, d => [d.Sites[0].Value, d.LogDensity[0].Value, d.Sites[1].Value, d.LogDensity[1].Value]);
        for (var s = 0; s < 3; s++)
        {
            var expected = Enumerable.Range(0, 2).Sum(i => Math.Log(Density(at["positive.loc"].ToDoubles(), at["positive.rho"].ToDoubles(), at["positive.logits"].ToDoubles(), i, Math.Log(found[0][2 * s + i]), 2)) - Math.Log(found[0][2 * s + i]));
            Assert.Equal(expected, found[1][s], 1e-9);
            for (var i = 0; i < 5; i++)
                Assert.Equal(Math.Log(Density(at["own.loc"].ToDoubles(), at["own.rho"].ToDoubles(), at["own.logits"].ToDoubles(), i, found[2][5 * s + i], 2)), found[3][5 * s + i], 1e-9);
        }
    }

    private static (double[] Weights, double[] Scales) Mixture(double[] rho, double[] logits, int i, int k = 3)
    {
        var e = logits[(k * i)..(k * i + k)].Select(Math.Exp).ToArray();
        return ([.. e.Select(w => w / e.Sum())], [.. rho[(k * i)..(k * i + k)].Select(r => Math.Log(1 + Math.Exp(r)))]);
    }

    private static double Density(double[] loc, double[] rho, double[] logits, int i, double z, int k = 3)
    {
        var (weights, scales) = Mixture(rho, logits, i, k);
        return Enumerable.Range(0, k).Sum(c => weights[c] * MathNormal.PDF(loc[i], scales[c], z));
    }
}
