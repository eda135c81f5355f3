using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;
using LaplaceFitting = ProbNet.Inference.Algorithms.Laplace;

namespace ProbNet.Inference.Tests.Curvature;

/// <summary>Laplace's approximation against exact posteriors and dense linear algebra.</summary>
public class LaplaceTests
{
    private static readonly ReferenceBackend Backend = new();

    [Fact]
    public void ALinearRegressionHasItsExactPosteriorAndEvidence()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var result = Fit(model, data, new() { Structure = new FullStructure(), Predictive = new SamplingPredictive(), Training = Steps(600) });
        var parameters = result.Posterior.Parameters;
        var factor = Matrix<double>.Build.Dense(4, 4, (i, j) => i == j ? Math.Log(1 + Math.Exp(parameters["guide.1.rho"][i])) : i > j ? parameters["guide.1.lower"][i * 4 + j] : 0);
        // The log joint density is quadratic, so its curvature does not depend on how near the point is.
        Assert.True((factor * factor.Transpose() * exact.Precision - Matrix<double>.Build.DenseIdentity(4)).L2Norm() < 1e-9);
        var off = Vector<double>.Build.Dense(parameters["guide.1.loc"].ToDoubles()) - exact.Mean;
        Assert.True(off.L2Norm() < 1e-3, $"the point is {off.L2Norm()} away");
        // At the point the density is below its maximum by off^T H off / 2.
        var note = Assert.Single(result.Notes);
        Assert.Equal(exact.LogEvidence, double.Parse(note.Split(' ')[^2], System.Globalization.CultureInfo.InvariantCulture), 1e-3 + off * exact.Precision * off);
    }

    [Fact]
    public void TheEvidenceAtTheExactPointIsExact()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var law = RegressionLaw(model, data, exact.Mean.ToArray());
        Assert.Equal(exact.LogEvidence, law.LogEvidence(_ => 1)!.Value, 1e-9);
        // With another prior the point stays where it is: the density there is that of the joint law.
        var scaled = exact.Precision + 1.5 * Matrix<double>.Build.DenseOfDiagonalArray([1 / 1.69, 1 / 0.64, 1 / 0.64, 1 / 0.64]);
        var m = exact.Mean - Vector<double>.Build.Dense([0.3, 0, 0, 0]);
        var q = m[0] * m[0] / 1.69 + (m[1] * m[1] + m[2] * m[2] + m[3] * m[3]) / 0.64;
        Assert.Equal(exact.LogEvidence + 0.5 * Math.Log(exact.Precision.Determinant() / scaled.Determinant()) + 2 * Math.Log(2.5) - 0.75 * q, law.LogEvidence(_ => 2.5)!.Value, 1e-9);
    }

    [Fact]
    public void ThePriorPrecisionOfTheLargestExactEvidenceIsKept()
    {
        // At the prior scale whose exact evidence is largest, the evidence at its point is stationary too (the point is a maximum, so moving it changes nothing to first order): the multiplier is 1.
        var (best, highest) = (0.0, double.NegativeInfinity);
        for (var scale = 0.2; scale < 3; scale += 0.0005)
        {
            var evidence = Slope(scale).Evidence;
            if (evidence > highest) (best, highest) = (scale, evidence);
        }
        Assert.InRange(best, 0.3, 2.9);
        var (model, data, mean, _) = (SlopeModel(best), SlopeData, Slope(best).Mean, 0);
        var point = new CurvaturePoint(model, new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([2], mean) }, new Dictionary<string, HostTensor>(), data, Backend, 1);
        var law = Law(point, new FullStructure());
        foreach (var perSite in new[] { false, true })
        {
            var chosen = PrecisionSearch.Run(new() { PriorPrecision = new MarginalLikelihoodPrecision { PerSite = perSite } }, new(model, data, Backend, 0), law);
            Assert.Equal(1, chosen.Of("w"), 0.01);
            Assert.Empty(chosen.Warnings);
        }
        // Away from it the search moves towards it.
        var narrow = new CurvaturePoint(SlopeModel(best / 2), new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([2], Slope(best / 2).Mean) }, new Dictionary<string, HostTensor>(), data, Backend, 1);
        Assert.InRange(PrecisionSearch.Run(new() { PriorPrecision = new MarginalLikelihoodPrecision() }, new(model, data, Backend, 0), Law(narrow, new FullStructure())).Of("w"), 0.05, 0.9);
    }

    [Fact]
    public void AKroneckerLawIsTheDenseOne()
    {
        // (A ⊗ G) f + τ: covariance, determinant and density, against the dense inverse.
        var (a, g) = (Spd(3, 5), Spd(2, 7));
        var block = new FittedKronecker("w", SymmetricEigen.Of(a.ToRowMajorArray(), 3), SymmetricEigen.Of(g.ToRowMajorArray(), 2), 0.3, 1.7, 1.2);
        var precision = 0.3 * a.KroneckerProduct(g) + (1.7 + 1.2 * 0.4) * Matrix<double>.Build.DenseIdentity(6);
        Assert.Equal(Math.Log(precision.Determinant()), block.LogDeterminant(_ => 1.4)!.Value, 1e-10);

        var model = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(MatMul(b.PerRow("x", [3]), b.Draw("w", Normal.Of(b.Real(0), b.Real(0.8)).Iid([3, 2]))), b.Real(0.6)), perRow: true));
        var loc = Samples.Numbers(6, 9);
        var (family, parameters) = block.Law("guide.1", new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([3, 2], loc) }, _ => 1.4)!.Value;
        var plan = Evaluation.Plan(model, family);
        Tensor[] inputs = [.. plan.Parameters.Select(p => Input(p.Name, DType.F64, p.Shape))];
        var zero = Constant(HostTensor.Scalar(0));
        var draw = plan.Parts[0].Draw(new(plan.Parameters.Zip(inputs).ToDictionary(p => p.First.Name, p => p.Second), new RandomSource(Constant(HostTensor.Scalar(3)), zero, zero), RowView.All(5)));
        var values = Reference.Evaluate(new TensorGraph(inputs, [("value", draw.Sites[0].Value), ("scale", draw.Sites[0].Scale!), ("density", draw.LogDensity[0].Value)]), [.. plan.Parameters.Select(p => parameters[p.Name])]);
        var off = Vector<double>.Build.Dense([.. values[0].ToDoubles().Select((v, i) => v - loc[i])]);
        Assert.True(off.L2Norm() > 0.1);
        Assert.Equal(-0.5 * (off * precision * off) + 0.5 * Math.Log(precision.Determinant()) - 3 * Math.Log(2 * Math.PI), values[2][0], 1e-9);
        var covariance = precision.Inverse();
        for (var i = 0; i < 6; i++) Assert.Equal(Math.Sqrt(covariance[i, i]), values[1][i], 1e-10);
    }

    [Fact]
    public void LinearisedDrawsAreTheTangentOfTheNet()
    {
        var (model, data) = Samples.Net();
        var u = SmallNet.Places(13);
        EqArray<GuideClause> guide = [new(new LinearisedGuide { Guide = [new(new NormalGuide(), "h.w"), new(new DeltaGuide(), "h.b"), new(new MultivariateNormalGuide())] })];
        var plan = GuidePlan.For(model, guide).Required;
        var places = SmallNet.AsTensors(u);
        var parameters = Evaluation.Somewhere(plan);
        foreach (var site in new[] { "h.w", "h.b" }) parameters[site + ".loc"] = places[site];
        parameters["guide.1.3.loc"] = HostTensor.Of([12], u[20..]);
        Tensor[] inputs = [.. plan.Parameters.Select(p => Input(p.Name, DType.F64, p.Shape))];
        var graph = model.Elaborate(11);
        var x = Input("x", DType.F64, [11, 3]);
        var zero = Constant(HostTensor.Scalar(0));
        var scope = new PosteriorScope(model, graph, plan, plan.Parameters.Zip(inputs).ToDictionary(p => p.First.Name, p => p.Second), [(graph.Arguments[0].Value, x)],
            new RandomSource(Constant(HostTensor.Scalar(3)), zero, zero), RowView.All(11), RowIdentity.New);
        var outcome = graph.Sites.First(s => s.Name == "species");
        (string, Tensor)[] outputs = [("logits", scope.At(outcome.Distribution.Arguments[0])), .. SmallNet.Sites.Select(s => (s, scope.Latent[s]))];
        var values = Reference.Evaluate(new TensorGraph([.. inputs, x], outputs), [.. plan.Parameters.Select(p => parameters[p.Name]), data.Values["x"]]);
        var drawn = values.Skip(1).SelectMany(v => v.ToDoubles()).ToArray();
        var off = Vector<double>.Build.Dense([.. drawn.Select((v, i) => v - u[i])]);
        Assert.True(off.L2Norm() > 0.5);
        var curved = 0.0;
        for (var r = 0; r < 11; r++)
        {
            var (row, base0) = (SmallNet.Row(data, r), SmallNet.Logits(u, SmallNet.Row(data, r)));
            var tangent = SmallNet.Jacobian(u, row) * off;
            for (var k = 0; k < 2; k++)
            {
                Assert.Equal(base0[k] + tangent[k], values[0][2 * r + k], 1e-7);
                curved = Math.Max(curved, Math.Abs(SmallNet.Logits(drawn, row)[k] - base0[k] - tangent[k]));
            }
        }
        // The net itself is elsewhere.
        Assert.True(curved > 0.05);
    }

    [Fact]
    public void LinearisedPredictionsHaveTheMomentsOfTheTangent()
    {
        // y = w1 tanh(w2 x): mean f, epistemic variance J Σ J^T.
        var model = ModelBuilder.Bind(3, ["y"], b =>
        {
            var x = b.PerRow("x", []);
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1.3)).Iid([2]));
            b.Draw("y", Normal.Of(Index(w, 0, 0) * Tanh(Index(w, 0, 1) * x), b.Real(0.6)), perRow: true);
        });
        double[] xs = [-0.7, 0.4, 1.9];
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of([3], xs), ["y"] = HostTensor.Of([3], [-0.2, 0.5, 1.1]) }, 3);
        var (a, c) = (1.1, 0.8);
        var point = new CurvaturePoint(model, new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([2], [a, c]) }, new Dictionary<string, HostTensor>(), data, Backend, 1);
        var law = Law(point, new FullStructure());
        var posterior = law.Posterior(_ => 1, isLinearised: true)!;
        var jacobian = Matrix<double>.Build.Dense(3, 2, (i, j) => j == 0 ? Math.Tanh(c * xs[i]) : a * xs[i] / Math.Pow(Math.Cosh(c * xs[i]), 2));
        var covariance = (jacobian.Transpose() * jacobian / 0.36 + Matrix<double>.Build.DenseIdentity(2) / 1.69).Inverse();
        const int draws = 4000;
        var predicted = posterior.Predict(Backend, data, new PredictOptions { Draws = draws, Seed = 5 }).Required.Sites.OfType<SitePrediction.Real>().First().Summary;
        // 5 of the standard errors of a normal sample's mean and variance: a false alarm in 2e6 for each number.
        for (var i = 0; i < 3; i++)
        {
            var variance = jacobian.Row(i) * covariance * jacobian.Row(i);
            Assert.Equal(a * Math.Tanh(c * xs[i]), predicted.Mean[i], 5 * Math.Sqrt(variance / draws));
            Assert.Equal(variance, predicted.EpistemicVariance[i], 5 * variance * Math.Sqrt(2.0 / draws));
            Assert.Equal(0.36, predicted.AleatoricVariance[i], 1e-12);
        }
    }

    [Fact]
    public void ConstrainedSitesAreNormalInUnconstrainedSpace()
    {
        // A rate with a gamma prior and counts: log p(u) = (a + sum y) u - (b + n) e^u; mode e^u = (a + sum y) / (b + n), curvature a + sum y.
        var model = ModelBuilder.Bind(7, ["y"], b => b.Draw("y", Poisson.Of(b.Draw("rate", Gamma.Of(b.Real(2.5), b.Real(1.3)))).Iid([b.Rows]), perRow: true));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([7], [3L, 1, 4, 1, 5, 9, 2]) }, 7);
        var result = Fit(model, data, new() { Structure = new DiagonalStructure(), Hessian = new FisherHessian(), Predictive = new SamplingPredictive(), Training = Steps(400) });
        Assert.Equal(Math.Log(27.5 / 8.3), result.Posterior.Parameters["rate.loc"][0], 1e-3);
        Assert.Equal(1 / Math.Sqrt(27.5), Math.Log(1 + Math.Exp(result.Posterior.Parameters["rate.rho"][0])), 1e-3);
    }

    [Fact]
    public void EveryStructureFitsTheNetAndIsTheSameWhateverTheThreads()
    {
        var (model, data) = Samples.Net();
        foreach (var structure in LaplaceChoices.Structures.All)
        {
            foreach (var predictive in LaplaceChoices.Predictives.All)
            {
                var algorithm = new LaplaceFitting { Structure = structure, Predictive = predictive, PriorPrecision = new MarginalLikelihoodPrecision(), Training = Steps(20) };
                var fits = new[] { 1, 3 }.Select(threads => algorithm.Fit(new(model, data, Backend, 3) { Threads = threads }).Required).ToArray();
                foreach (var (name, value) in fits[0].Posterior.Parameters) Assert.Equal(value, fits[1].Posterior.Parameters[name]);
                var predictions = fits.Select(f => f.Posterior.Predict(Backend, data, new PredictOptions { Draws = 7, Seed = 5 }).Required).ToArray();
                Assert.Equal(predictions[0].Nll, predictions[1].Nll);
                Assert.True(double.IsFinite(predictions[0].Nll!.Value));
                Assert.Equal(4, fits[0].Sites.Count);
                Assert.True(fits[0].Notes.Count == 2, string.Join("; ", fits[0].Notes));
            }
        }
    }

    [Fact]
    public void WhatIsNotDefinedIsRefusedWithTheReason()
    {
        var (schools, _) = Samples.Schools();
        Refused(schools, new FullStructure(), "has a value for each data row");
        var mixture = ModelBuilder.Bind(5, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0), b.Real(1.2)));
            var z = b.Draw("z", BernoulliProbs.Of(b.Real(0.3)).Iid([b.Rows]), perRow: true);
            b.Draw("y", Normal.Of(mu * TensorMath.Convert(z, DType.F64), b.Real(0.6)), perRow: true);
        });
        Refused(mixture, new DiagonalStructure(), "summed out");
        var wide = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(Sum(MatMul(b.PerRow("x", [71]), b.Draw("w", Normal.Of(b.Real(0), b.Real(0.8)).Iid([71, 61]))), 1), b.Real(0.6)), perRow: true));
        Refused(wide, new FullStructure(), "4,331 components");
        var (mean, _) = Samples.Mean();
        Refused(mean, new LastLayerStructure(), "last linear map");
        var (net, data) = Samples.Net();
        var outcome = new LaplaceFitting { PriorPrecision = new ValidationPrecision() }.Fit(new(net, data, Backend, 0));
        Assert.Contains("validation rows", Assert.IsType<FitOutcome.Refused>(outcome).Diagnostics[0].Message);
    }

    [Fact]
    public void AFullCurvatureThatDoesNotFitIsRefusedBeforeTraining()
    {
        var model = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(Sum(MatMul(b.PerRow("x", [47]), b.Draw("w", Normal.Of(b.Real(0), b.Real(0.8)).Iid([47, 61]))), 1), b.Real(0.6)), perRow: true));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([5, 47], 3), ["y"] = Samples.Tensor([5], 4) }, 5);
        var epochs = 0;
        var outcome = new LaplaceFitting { Structure = new FullStructure() }.Fit(new(model, data, Backend, 0) { Memory = new(0, 0, 200L << 20, "the limit given"), Progress = _ => epochs++ });
        var refusal = Assert.IsType<FitOutcome.Refused>(outcome).Diagnostics[0];
        Assert.Equal(InferenceCodes.Memory, refusal.Code);
        Assert.Contains("structure = diagonal", refusal.Hint);
        Assert.Contains("curvature", refusal.Notes[0].Message);
        Assert.Equal(0, epochs);
    }

    private static void Refused(BoundModel model, LaplaceStructure structure, string why) =>
        Assert.Contains(new LaplaceFitting { Structure = structure }.Explain(model).Diagnostics, d => d.Message.Contains(why, StringComparison.Ordinal));

    private static TrainingOptions Steps(int count) => new() { Steps = count, Optimizer = new Adam { Rate = 0.05 }, Schedule = new CosineSchedule() };

    private static FitResult Fit(BoundModel model, DataSet data, LaplaceFitting algorithm) => algorithm.Fit(new(model, data, Backend, 3)).Required;

    private static LaplaceLaw RegressionLaw(BoundModel model, DataSet data, double[] mean) => Law(new(model,
        new Dictionary<string, HostTensor> { ["alpha"] = HostTensor.Scalar(DType.F64, mean[0]), ["beta"] = HostTensor.Of([3], mean[1..]) }, new Dictionary<string, HostTensor>(), data, Backend, 1), new FullStructure());

    private static LaplaceLaw Law(CurvaturePoint point, LaplaceStructure structure)
    {
        var hessian = new GaussNewtonHessian();
        var plan = CurvaturePlan.Of(point.Model, structure, hessian).Required;
        return LaplaceFit.Law(point, plan, hessian).Required;
    }

    private static DataSet SlopeData { get; } = new(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([13, 2], 5), ["y"] = HostTensor.Of([13], [.. Samples.Numbers(13, 7).Select((v, i) => 0.5 * v + 1.3 * Samples.Numbers(26, 5)[2 * i])]) }, 13);

    private static BoundModel SlopeModel(double scale) => ModelBuilder.Bind(13, ["y"], b =>
    {
        var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(scale)).Iid([2]));
        b.Draw("y", Normal.Of(Reshape(MatMul(b.PerRow("x", [2]), Reshape(w, [2, 1])), [b.Rows]), b.Real(0.6)), perRow: true);
    });

    private static (double Evidence, double[] Mean) Slope(double scale)
    {
        var x = Matrix<double>.Build.Dense(13, 2, (i, j) => SlopeData.Values["x"][2 * i + j]);
        var y = Vector<double>.Build.Dense(SlopeData.Values["y"].ToDoubles());
        var precision = x.TransposeThisAndMultiply(x) / 0.36 + Matrix<double>.Build.DenseIdentity(2) / (scale * scale);
        var covariance = x * x.Transpose() * (scale * scale) + 0.36 * Matrix<double>.Build.DenseIdentity(13);
        return (-0.5 * (13 * Math.Log(2 * Math.PI) + Math.Log(covariance.Determinant()) + y * covariance.Solve(y)), precision.Solve(x.TransposeThisAndMultiply(y) / 0.36).ToArray());
    }

    private static Matrix<double> Spd(int n, int seed)
    {
        var x = Matrix<double>.Build.Dense(n, n, Samples.Numbers(n * n, seed));
        return x * x.Transpose() + 0.3 * Matrix<double>.Build.DenseIdentity(n);
    }
}
