using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>
/// Guides written as programs. Most tests use a factor analysis with one factor, z_i ~ N(0, 1), y_ij ~ N(a_j z_i + c_j, s_j), whose exact posterior of a row is normal with precision
/// 1 + sum (a_j/s_j)^2 and a mean linear in the row, so that an amortised linear guide holds it.
/// </summary>
public class ProgramGuideTests
{
    private const int Rows = 13;
    private static readonly double[] Loading = [0.7, -1.3], Centre = [0.4, -0.2], Noise = [0.9, 0.5];
    private static readonly ReferenceBackend Backend = new();

    private const string Model = """
        module M
        model factor [n] = prob {
            let! z = normal 0.0 1.0 |> iid [n]
            let! y1 = normal (0.7 * z + 0.4) 0.9
            let! y2 = normal (-1.3 * z - 0.2) 0.5
            return y2
        }

        """;

    private const string Encoder = """
        guide encoder for factor (y1 : real[n]) (y2 : real[n]) = prob {
            let! z = normal (param "u" [] 0.1 * y1 + param "v" [] 0.2 * y2 + param "c" [] 0.0) (exp (param "s" [] (-1.0)))
            return z
        }
        """;

    private static readonly EqArray<GuideClause> Clauses = [new(new ProgramGuide { Program = "encoder" })];

    private static (BoundModel Model, DataSet Data) Bound(string guide = Encoder, string model = Model) =>
        Programs.Bind(model + guide, Rows, "n", new Dictionary<string, HostTensor> { ["y1"] = Samples.Tensor([Rows], 3), ["y2"] = Samples.Tensor([Rows], 5) });

    // Posterior of a row: precision p = 1 + sum (a/s)^2, mean sum a (y - c) / s^2 / p.
    private static (double[] Weights, double Offset, double Scale) Posterior()
    {
        var precision = 1 + Enumerable.Range(0, 2).Sum(j => Math.Pow(Loading[j] / Noise[j], 2));
        double[] weights = [.. Enumerable.Range(0, 2).Select(j => Loading[j] / (Noise[j] * Noise[j]) / precision)];
        return (weights, -Enumerable.Range(0, 2).Sum(j => weights[j] * Centre[j]), 1 / Math.Sqrt(precision));
    }

    // log N(y; c, a a' + diag s^2) by the two-dimensional normal density.
    private static double LogEvidence(double y1, double y2)
    {
        double Cov(int i, int j) => Loading[i] * Loading[j] + (i == j ? Noise[i] * Noise[i] : 0);
        var (d1, d2) = (y1 - Centre[0], y2 - Centre[1]);
        var determinant = Cov(0, 0) * Cov(1, 1) - Cov(0, 1) * Cov(0, 1);
        var square = (Cov(1, 1) * d1 * d1 - 2 * Cov(0, 1) * d1 * d2 + Cov(0, 0) * d2 * d2) / determinant;
        return -Math.Log(2 * Math.PI) - 0.5 * Math.Log(determinant) - 0.5 * square;
    }

    private static Dictionary<string, HostTensor> Exact()
    {
        var (weights, offset, scale) = Posterior();
        return new()
        {
            ["guide:encoder:u"] = HostTensor.Scalar(DType.F64, weights[0]), ["guide:encoder:v"] = HostTensor.Scalar(DType.F64, weights[1]),
            ["guide:encoder:c"] = HostTensor.Scalar(DType.F64, offset), ["guide:encoder:s"] = HostTensor.Scalar(DType.F64, Math.Log(scale)),
        };
    }

    private static double Evidence(DataSet data) => Enumerable.Range(0, data.Rows).Sum(i => LogEvidence(data.Values["y1"][i], data.Values["y2"][i]));

    [Fact]
    public void AtTheExactPosteriorTheBoundIsTheEvidence()
    {
        var (model, data) = Bound();
        var elbo = Evaluation.Build(model, GuidePlan.For(model, Clauses).Required, draws: 4000);
        var value = Evaluation.At(elbo, [elbo.Value, elbo.Kl], Exact(), data, seed: 7);
        // The divergence is in closed form, the likelihood's expectation is a mean of 4000 draws: each row's log-likelihood is quadratic in z, and the sum over rows has a
        // standard deviation of sqrt(sum_i Var_i) with Var_i = (slope_i s)^2 + (curvature s^2)^2 / 2, slope and curvature those at the posterior mean.
        var (weights, offset, scale) = Posterior();
        var curvature = Enumerable.Range(0, 2).Sum(j => Math.Pow(Loading[j] / Noise[j], 2));
        var variance = Enumerable.Range(0, Rows).Sum(i =>
        {
            var mean = weights[0] * data.Values["y1"][i] + weights[1] * data.Values["y2"][i] + offset;
            return Math.Pow(mean * scale, 2) + Math.Pow(curvature * scale * scale, 2) / 2; // at the posterior mean the slope of the likelihood is minus that of the prior
        });
        var bound = 4.9 * Math.Sqrt(variance / 4000); // two-sided normal tail of 1e-6
        Assert.True(bound < 0.25, $"{bound}");
        Assert.Equal(Evidence(data), value[0][0], bound);
        Assert.Contains(elbo.Sites, s => s is { Site: "z", Family: "guide encoder", Kl: "closed form" });
    }

    [Fact]
    public void AFitFindsTheExactPosteriorOnMinibatches()
    {
        var (model, data) = Bound();
        var method = new Vi { Guide = Clauses, Samples = 8, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 500, Batch = 5, Schedule = new CosineSchedule() } };
        var result = method.Fit(new(model, data, Backend, 11)).Required;
        var exact = Exact();
        // A tenth of a posterior standard deviation at |y| up to 1.5, as for the conjugate models.
        foreach (var (name, value) in result.Posterior.Parameters) Assert.Equal(exact[name][0], value[0], 0.04);
    }

    [Fact]
    public void MinibatchGradientsAverageToTheFullGradient()
    {
        var (model, data) = Bound();
        var plan = GuidePlan.For(model, Clauses).Required;
        var parameters = Evaluation.InitialValues(plan);
        var full = Evaluation.Build(model, plan);
        var all = Evaluation.Flat(Evaluation.At(full, Vjp.Gradients(full.Value, [.. full.Parameters]), parameters, data, seed: 3));
        var part = Evaluation.Build(model, plan, batch: 5);
        var gradients = Vjp.Gradients(part.Value, [.. part.Parameters]);
        var mean = new double[all.Length];
        // 13 rows in batches of 5: the last holds rows 10, 11, 12 and is filled with weight 0. Every row has weight 3.
        long[][] batches = [[7, 2, 11, 0, 5], [1, 12, 3, 9, 4], [6, 8, 10, 6, 6]];
        double[][] weights = [[3, 3, 3, 3, 3], [3, 3, 3, 3, 3], [3, 3, 3, 0, 0]];
        for (var b = 0; b < 3; b++)
        {
            var own = Evaluation.Flat(Evaluation.At(part, gradients, parameters, data, seed: 3, index: batches[b], weight: weights[b]));
            for (var i = 0; i < mean.Length; i++) mean[i] += own[i] / 3;
        }
        for (var i = 0; i < mean.Length; i++) Assert.Equal(all[i], mean[i], 1e-9 * (1 + Math.Abs(all[i])));
        Assert.Contains(all, g => Math.Abs(g) > 0.1);
    }

    [Fact]
    public void NewRowsHaveThePosteriorOfTheirOwnData()
    {
        var (model, _) = Bound();
        var posterior = Inference.Posteriors.Posterior.FromParameters(model, Clauses, Exact()).Required;
        var rows = new DataSet(new Dictionary<string, HostTensor> { ["y1"] = HostTensor.Of([3], [0.3, 2.0, -1.1]), ["y2"] = HostTensor.Of([3], [1.0, -3.0, 0.2]) }, 3);
        var predicted = posterior.Predict(Backend, rows, new() { Draws = 4000, Seed = 5, RowChunk = 2 }).Required;
        // Weighted by prior / posterior every draw has the same weight at the exact posterior: p(y|z) p(z) / p(z|y) = p(y), so the estimate has no error.
        for (var i = 0; i < 3; i++) Assert.Equal(LogEvidence(rows.Values["y1"][i], rows.Values["y2"][i]), predicted.LogDensity!.Value[i], 1e-9);
        var mean = Assert.IsType<SitePrediction.Real>(predicted.Sites[0]).Summary.Mean;
        var (weights, offset, scale) = Posterior();
        for (var i = 0; i < 3; i++)
        {
            var z = weights[0] * rows.Values["y1"][i] + weights[1] * rows.Values["y2"][i] + offset;
            Assert.Equal(0.7 * z + 0.4, mean[i], 4.9 * 0.7 * scale / Math.Sqrt(4000) * 1.1);
        }
        // Without the data that the guide needs a new row has the prior.
        var blind = posterior.Predict(Backend, new DataSet(new Dictionary<string, HostTensor>(), 3), new() { Draws = 4000, Seed = 5 }).Required;
        for (var i = 0; i < 3; i++) Assert.Equal(0.4, Assert.IsType<SitePrediction.Real>(blind.Sites[0]).Summary.Mean[i], 4.9 * 0.7 / Math.Sqrt(4000) * 1.1);
    }

    [Fact]
    public void DrawsOfTrainingRowsNeedTheirData()
    {
        var (model, data) = Bound();
        var posterior = Inference.Posteriors.Posterior.FromParameters(model, Clauses, Exact()).Required;
        var drawn = posterior.Sample(Backend, new() { Draws = 4000, Seed = 2 }, data)["z"];
        var (weights, offset, scale) = Posterior();
        for (var i = 0; i < Rows; i++)
        {
            var own = Enumerable.Range(0, 4000).Select(s => drawn[s * Rows + i]).ToArray();
            Stat.MeanIs(weights[0] * data.Values["y1"][i] + weights[1] * data.Values["y2"][i] + offset, own, 0.2, Rows, $"row {i}");
            Stat.MeanIs(scale * scale, [.. own.Select(z => Math.Pow(z - (weights[0] * data.Values["y1"][i] + weights[1] * data.Values["y2"][i] + offset), 2))], 0.2, Rows, $"variance of row {i}");
        }
        Assert.Empty(posterior.Sample(Backend, new() { Draws = 3, Seed = 2 }).Latent);
        Assert.Equal(InferenceCodes.DataMismatch, posterior.Predict(Backend, new DataSet(new Dictionary<string, HostTensor>(), Rows), new() { Rows = RowIdentity.Training }).Diagnostics[0].Code);
    }

    [Fact]
    public void AnAutoregressiveGuideTakesItsDivergenceByTheDraw()
    {
        // w depends on z in the guide, and z's prior on w: a closed form for z alone would be wrong.
        const string model = """
            module M
            model chain = prob {
                let! w = normal 0.5 1.4
                let! z = normal (0.8 * w) 0.6
                let! y = normal z 0.7
                return y
            }
            guide encoder for chain (y : real) = prob {
                let! z = normal (0.6 * y) 0.5
                let! w = normal (0.9 * z) 1.1
                return w
            }
            """;
        var (bound, data) = Programs.Bind(model, 1, "n", new Dictionary<string, HostTensor> { ["y"] = HostTensor.Scalar(DType.F64, 1.3) });
        var plan = GuidePlan.For(bound, Clauses).Required;
        Assert.Empty(plan.Parameters);
        var elbo = Evaluation.Build(bound, plan, draws: 20000);
        Assert.All(elbo.Sites, s => Assert.Equal("by the draw", s.Kl));
        // E_q[log q - log p] with z ~ N(m, .5), w | z ~ N(.9 z, 1.1): entropies and expected squares by hand.
        var m = 0.6 * 1.3;
        var (zz, ww) = (0.25, 0.81 * 0.25 + 1.21);
        var entropy = 0.5 * Math.Log(2 * Math.PI * Math.E * 0.25) + 0.5 * Math.Log(2 * Math.PI * Math.E * 1.21);
        var residual = zz + 0.64 * ww - 2 * 0.8 * 0.9 * zz; // Var(z - .8 w)
        var logW = -0.5 * Math.Log(2 * Math.PI * 1.96) - (ww + Math.Pow(0.9 * m - 0.5, 2)) / (2 * 1.96);
        var logZ = -0.5 * Math.Log(2 * Math.PI * 0.36) - (residual + Math.Pow(m - 0.8 * 0.9 * m, 2)) / (2 * 0.36);
        var kl = -entropy - logW - logZ;
        // One draw's KL varies by less than 4 nats of standard deviation here (z and w within a few scales).
        Assert.Equal(kl, Evaluation.At(elbo, [elbo.Kl], new Dictionary<string, HostTensor>(), data, seed: 3)[0][0], 4.9 * 4 / Math.Sqrt(20000));
    }

    [Fact]
    public void AProgramAndAFamilyShareAModel()
    {
        const string model = """
            module M
            model factor [n] = prob {
                let! slope = normal 0.0 1.0
                let! z = normal 0.0 1.0 |> iid [n]
                let! y1 = normal (slope * z) 0.9
                let! y2 = normal z 0.5
                return y2
            }

            """;
        var (bound, data) = Bound(model: model);
        var program = new ProgramGuide { Program = "encoder" };
        foreach (var clauses in (EqArray<GuideClause>[])[[new(program), new(new NormalGuide())], [new(program, "z"), new(new NormalGuide())], [new(new NormalGuide(), "s*"), new(program)]])
        {
            var plan = GuidePlan.For(bound, clauses).Required;
            Assert.Equal("guide encoder", plan.PartOf("z").Family.Described);
            Assert.Equal("normal", plan.PartOf("slope").Family.Name);
            Assert.Equal(6, plan.Parameters.Count);
            var elbo = Evaluation.Build(bound, plan, batch: 5);
            Assert.True(double.IsFinite(Evaluation.At(elbo, [elbo.Value], Evaluation.InitialValues(plan), data, index: [0, 4, 7, 12, 3], weight: [3, 3, 3, 3, 3])[0][0]));
        }
        Assert.Equal([InferenceCodes.UncoveredSite], Codes(bound, new GuideClause(program)));
        Assert.Equal([InferenceCodes.GuideRefuses], Codes(bound, new GuideClause(program, "*")));
        Assert.Equal([InferenceCodes.GuideRefuses], Codes(bound, new(new NormalGuide()), new(program)).Take(1));
    }

    [Fact]
    public void WhatDoesNotFitIsTold()
    {
        var (model, _) = Bound();
        Assert.Equal([InferenceCodes.UnknownName], Codes(model, new GuideClause(new ProgramGuide { Program = "encodr" })));
        // Unbind y1, which the guide takes.
        Assert.Contains(InferenceCodes.GuideData, Codes(model with { Observed = ["y2"] }, new GuideClause(Clauses[0].Family), new(new NormalGuide())));
        // Bind z, which the guide draws.
        Assert.Contains(GuidePlan.For(model with { Observed = ["z", "y2"] }, [Clauses[0], new(new NormalGuide())]).Diagnostics, d => d.Message == "the guide 'encoder' draws 'z', which is bound to data");
        // Rows that see each other.
        var mixed = "guide encoder for factor (y1 : real[n]) = prob {\n    let! z = normal (y1 - mean y1) 1.0\n    return z\n}\n";
        var found = GuidePlan.For(Bound(mixed).Model, Clauses).Diagnostics;
        Assert.Equal(InferenceCodes.MixedRows, found[0].Code);
        Assert.Contains("the guide 'encoder' draws 'z' from several data rows", found[0].Message);
        // A number of rows that is used as a number.
        var counted = "guide encoder for factor (y1 : real[n]) = prob {\n    let! z = normal (y1 * n) 1.0\n    return z\n}\n";
        Assert.Equal([InferenceCodes.MixedRows], Codes(Bound(counted).Model, Clauses[0]));
        // A start that depends on data, and a size that grows with the rows along another axis.
        var started = "guide encoder for factor (y1 : real[n]) = prob {\n    let! z = normal (param \"m\" [n] y1) 1.0\n    return z\n}\n";
        Assert.Equal([InferenceCodes.LearnedPoint], Codes(Bound(started).Model, Clauses[0]));
        var across = "guide encoder for factor = prob {\n    let! z = normal (sumAxis 0 (param \"m\" [3; n] zeros)) 1.0\n    return z\n}\n";
        Assert.Equal([InferenceCodes.LearnedPoint], Codes(Bound(across).Model, Clauses[0]));
    }

    [Fact]
    public void AValueForEachTrainingRowServesTrainingRowsAndMinibatches()
    {
        var guide = "guide encoder for factor = prob {\n    let! z = normal (param \"m\" [n] 0.3) (exp (param \"s\" [n] (-0.7)))\n    return z\n}\n";
        var (model, data) = Bound(guide);
        var plan = GuidePlan.For(model, Clauses).Required;
        var family = Evaluation.Plan(model, new NormalGuide());
        var rho = Math.Log(Math.Exp(Math.Exp(-0.7)) - 1);
        var programs = plan.Parameters.ToDictionary(p => p.Name, p => HostTensor.FromDoubles(DType.F64, p.Shape, Enumerable.Repeat(p.Name.EndsWith(":m") ? 0.3 : -0.7, Rows).ToArray()));
        var families = family.Parameters.ToDictionary(p => p.Name, p => HostTensor.FromDoubles(DType.F64, p.Shape, Enumerable.Repeat(p.Name.EndsWith(".loc") ? 0.3 : rho, Rows).ToArray()));
        var (one, other) = (Evaluation.Build(model, plan, batch: 5), Evaluation.Build(model, family, batch: 5));
        long[] index = [12, 4, 7, 0, 3];
        double[] weight = [3, 3, 3, 3, 3];
        Assert.Equal(Evaluation.At(other, [other.Kl], families, data, index: index, weight: weight)[0][0], Evaluation.At(one, [one.Kl], programs, data, index: index, weight: weight)[0][0], 1e-9);
        // New rows have no such value, so they have the prior.
        var posterior = Inference.Posteriors.Posterior.FromParameters(model, Clauses, programs).Required;
        var predicted = posterior.Predict(Backend, new DataSet(new Dictionary<string, HostTensor>(), 2), new() { Draws = 4000, Seed = 5 }).Required;
        Assert.Equal(0.4, Assert.IsType<SitePrediction.Real>(predicted.Sites[0]).Summary.Mean[1], 4.9 * 0.7 / Math.Sqrt(4000) * 1.1);
    }

    private static DiagnosticCode[] Codes(BoundModel model, params EqArray<GuideClause> clauses) => [.. GuidePlan.For(model, clauses).Diagnostics.Select(d => d.Code)];
}
