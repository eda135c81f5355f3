using MathNet.Numerics.LinearAlgebra;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Regressions whose posterior a structured guide contains: there the bound is the log evidence, in every draw where the divergence is by the draw, and its gradient vanishes.</summary>
public class StructuredConjugateTests
{
    private const int Rows = 13;
    private const double Noise = 0.6, Spread = 0.8;

    [Fact]
    public void ALowRankGuideOfFullRankContainsThePosteriorOfRegression()
    {
        var data = Samples.Regression().Data;
        var exact = ConjugateRegression.Of(data);
        var family = new LowRankGuide { Rank = 9, Joint = true };
        var parameters = FullRank(exact.Mean, exact.Precision.Inverse());
        AssertExact(Samples.Regression(chained: true).Model, Samples.Regression().Model, family, parameters, data, exact.LogEvidence);
    }

    [Fact]
    public void AKroneckerGuideContainsThePosteriorOfARegressionWithSeveralOutputs()
    {
        var (data, mean, covariance, evidence) = SeveralOutputs();
        var factor = covariance.Cholesky().Factor;
        var parameters = new Dictionary<string, HostTensor>
        {
            ["w.loc"] = HostTensor.Of([3, 2], mean.Transpose().ToColumnMajorArray()),
            ["w.rows.rho"] = HostTensor.Of([3], [.. Enumerable.Range(0, 3).Select(i => Rho(factor[i, i]))]),
            // Above the diagonal stands what is not used.
            ["w.rows.lower"] = HostTensor.Of([3, 3], [.. Enumerable.Range(0, 9).Select(k => k / 3 > k % 3 ? factor[k / 3, k % 3] : 99)]),
            // The identity, whatever its size.
            ["w.columns.rho"] = HostTensor.Of([2], [0.37, 0.37]),
            ["w.columns.lower"] = HostTensor.Of([2, 2], [99.0, 99, 0, 99]),
        };
        AssertExact(Model(isMixture: true), Model(isMixture: false), new KroneckerGuide(), parameters, data, evidence);
    }

    [Fact]
    public void ALowRankFitFindsThePosteriorOfRegression()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var result = Fit(model, data, new LowRankGuide { Rank = 3, Joint = true });
        AssertNear(exact.Mean, exact.Precision.Inverse(), Gaussians.Of(Evaluation.Plan(model, new LowRankGuide { Rank = 3, Joint = true }), result));
    }

    [Fact]
    public void AKroneckerFitFindsThePosteriorOfARegressionWithSeveralOutputs()
    {
        var (data, mean, covariance, _) = SeveralOutputs();
        var result = Fit(Model(isMixture: false), data, new KroneckerGuide());
        var dense = covariance.KroneckerProduct(Matrix<double>.Build.DenseIdentity(2));
        AssertNear(Vector<double>.Build.Dense(mean.Transpose().ToColumnMajorArray()), dense, Gaussians.Of(Evaluation.Plan(Model(isMixture: false), new KroneckerGuide()), result));
    }

    // y = x w + noise with two outputs of a common design; the prior is normal, or a mixture of two equal normals, which is not known to be one.
    private static BoundModel Model(bool isMixture) => ModelBuilder.Bind(Rows, ["y"], b =>
    {
        var prior = isMixture ? NormalScaleMixture.Of(b.Real(0.4), b.Real(Spread), b.Real(Spread)) : Normal.Of(b.Real(0), b.Real(Spread));
        b.Draw("y", Normal.Of(MatMul(b.PerRow("x", [3]), b.Draw("w", prior.Iid([3, 2]))), b.Real(Noise)), perRow: true);
    });

    // Each column of w has covariance (X^T X / s^2 + 1 / t^2)^-1, and columns are independent; each column of y is N(0, s^2 I + t^2 X X^T).
    private static (DataSet Data, Matrix<double> Mean, Matrix<double> Covariance, double LogEvidence) SeveralOutputs()
    {
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([Rows, 3], 5), ["y"] = Samples.Tensor([Rows, 2], 9) }, Rows);
        var x = Matrix<double>.Build.DenseOfRowMajor(Rows, 3, data.Values["x"].ToDoubles());
        var y = Matrix<double>.Build.DenseOfRowMajor(Rows, 2, data.Values["y"].ToDoubles());
        var covariance = (x.TransposeThisAndMultiply(x) / (Noise * Noise) + Matrix<double>.Build.DenseIdentity(3) / (Spread * Spread)).Inverse();
        var outputs = new Gaussian(Vector<double>.Build.Dense(Rows), Noise * Noise * Matrix<double>.Build.DenseIdentity(Rows) + Spread * Spread * x * x.Transpose());
        return (data, covariance * x.TransposeThisAndMultiply(y) / (Noise * Noise), covariance, outputs.LogDensity(y.Column(0).ToArray()) + outputs.LogDensity(y.Column(1).ToArray()));
    }

    // Any covariance is its least eigenvalue on the diagonal, and a factor of one column for each other eigenvalue.
    private static Dictionary<string, HostTensor> FullRank(Vector<double> mean, Matrix<double> covariance)
    {
        var n = mean.Count;
        var eigen = covariance.Evd(Symmetricity.Symmetric);
        var values = eigen.EigenValues.Select(v => v.Real).ToArray();
        return new()
        {
            ["guide.1.loc"] = HostTensor.Of([n], mean.ToArray()),
            ["guide.1.rho"] = HostTensor.Of([n], [.. Enumerable.Repeat(Rho(Math.Sqrt(values[0])), n)]),
            ["guide.1.factor"] = HostTensor.Of([n, n - 1], [.. Enumerable.Range(0, n * (n - 1)).Select(k => eigen.EigenVectors[k / (n - 1), k % (n - 1) + 1] * Math.Sqrt(values[k % (n - 1) + 1] - values[0]))]),
        };
    }

    private static void AssertExact(BoundModel byDraw, BoundModel closed, GuideFamily family, Dictionary<string, HostTensor> parameters, DataSet data, double evidence)
    {
        var drawn = Evaluation.Build(byDraw, Evaluation.Plan(byDraw, family));
        Assert.All(drawn.Sites, s => Assert.Equal("by the draw", s.Kl));
        for (var step = 0; step < 5; step++) Assert.Equal(evidence, Evaluation.At(drawn, [drawn.Value], parameters, data, seed: 3, step: step)[0][0], 1e-9 * Math.Abs(evidence));

        var plan = Evaluation.Plan(closed, family);
        var elbo = Evaluation.Build(closed, plan);
        Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));
        const int draws = 3000;
        var at = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [elbo.Step] = Iota([draws], 0) };
        var many = Evaluation.At(elbo, [.. Vmap.Batch([elbo.Value, .. Vjp.Gradients(elbo.Value, [.. elbo.Parameters])], at, draws)], parameters, data, seed: 8);
        Stat.MeanIs(evidence, many[0].ToDoubles(), resolve: 0.5, cases: 2, $"bound of {family}");
        var count = plan.Parameters.Sum(p => p.Shape.Size);
        foreach (var (parameter, gradient) in plan.Parameters.Zip(many[1..]))
        {
            var each = gradient.ToDoubles().Chunk(parameter.Shape.Size).ToArray();
            for (var i = 0; i < parameter.Shape.Size; i++)
            {
                if (parameter.Name.EndsWith(".lower") && i / parameter.Shape[1] <= i % parameter.Shape[1]) Assert.All(each, g => Assert.Equal(0, g[i]));
                else Stat.MeanIs(0, [.. each.Select(g => g[i])], resolve: 3, cases: 2 * count, $"gradient {i} of {parameter.Name}");
            }
        }
    }

    private static IReadOnlyDictionary<string, HostTensor> Fit(BoundModel model, DataSet data, GuideFamily family) => new Vi
    {
        Guide = [new(family)],
        Samples = 8,
        Training = new() { Optimizer = new Adam { Rate = 0.05 }, Schedule = new CosineSchedule(), Steps = 2500 },
    }.Fit(new(model, data, new CpuBackend(), 1)).Required.Posterior.Parameters.ToDictionary(p => p.Key, p => p.Value);

    // To a tenth of a posterior standard deviation, far below any error of sign, scale or structure.
    private static void AssertNear(Vector<double> mean, Matrix<double> covariance, Gaussian fitted)
    {
        for (var i = 0; i < mean.Count; i++)
        {
            Assert.Equal(mean[i], fitted.Mean[i], 0.1 * Math.Sqrt(covariance[i, i]));
            for (var j = 0; j < mean.Count; j++) Assert.Equal(covariance[i, j], fitted.Covariance[i, j], 0.1 * Math.Sqrt(covariance[i, i] * covariance[j, j]));
        }
    }

    private static double Rho(double scale) => Math.Log(Math.Exp(scale) - 1);
}
