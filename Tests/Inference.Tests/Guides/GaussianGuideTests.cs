using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Normal guides against dense matrices made from their parameters.</summary>
public class GaussianGuideTests
{
    private static IEnumerable<GuideFamily> Families => FamilyFixture.All.Where(Gaussians.Is);

    // A matrix, a vector and a scalar with normal priors of different places and scales.
    private static BoundModel Priors(bool isMixture) => ModelBuilder.Bind(2, ["y"], b =>
    {
        Instance Prior(double scale) => isMixture ? NormalScaleMixture.Of(b.Real(0.4), b.Real(scale), b.Real(scale)) : Normal.Of(b.Real(0), b.Real(scale));
        var w = b.Draw("a.w", Prior(0.7).Iid([3, 2]));
        var bias = b.Draw("a.b", Prior(1.6).Iid([2]));
        var c = b.Draw("c", Prior(0.9));
        b.Draw("y", Normal.Of(SumAll(w) + SumAll(bias) + c, b.Real(1)).Iid([b.Rows]), perRow: true);
    });

    // Away from the start, with factors whose condition leaves the dense matrices their digits.
    private static Dictionary<string, HostTensor> At(GuidePlan plan) => Evaluation.Somewhere(plan)
        .ToDictionary(p => p.Key, p => p.Key.EndsWith(".lower") ? HostTensor.Of(p.Value.Shape, [.. p.Value.ToDoubles().Select(v => 0.2 * v)]) : p.Value);

    private static readonly DataSet Data = new(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([2], 1) }, 2);

    [Fact]
    public void DrawsHaveExactlyTheDenseLaw()
    {
        foreach (var family in Families)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var at = At(draw.Plan);
            // Through the sites' own maps the draw is affine in its noise; 0 counters, which no noise depends on once it is given.
            var actual = Gaussians.LawOf(draw.Unconstrained, [.. draw.Parameters.Select(p => (p.Value, at[p.Key])), (draw.Step, HostTensor.Scalar(0)), (draw.Draw, HostTensor.Scalar(0))]);
            var expected = Gaussians.Of(draw.Plan, at);
            Gaussians.AssertSame(expected, actual, $"{family}");
            // What is reported of each site.
            var scales = Evaluation.Flat(draw.At(draw.Sites.Select(s => s.Scale!), at));
            for (var i = 0; i < scales.Length; i++) Assert.Equal(Math.Sqrt(expected.Covariance[i, i]), scales[i], 1e-12);
            Assert.Equal(expected.Mean.ToArray(), Evaluation.Flat(draw.At(draw.Sites.Select(s => s.Location), at)));
        }
    }

    [Fact]
    public void DrawsHaveTheMomentsOfTheDenseLaw()
    {
        // With the noise that is drawn: normals that are independent within a draw and between draws.
        foreach (var family in Families)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var at = At(draw.Plan);
            var law = Gaussians.Of(draw.Plan, at);
            var draws = draw.Draws(draw.Unconstrained, at, 3000);
            var whitening = law.Covariance.Cholesky().Factor.Inverse();
            double[][] white = [.. draws.Select(d => (whitening * (Vector<double>.Build.Dense(d) - law.Mean)).ToArray())];
            var n = law.Size;
            for (var i = 0; i < n; i++)
            {
                Stat.MeanIs(0, [.. white.Select(w => w[i])], resolve: 0.3, cases: n * (n + 3) * 10, $"mean {i} of {family}");
                for (var j = 0; j <= i; j++) Stat.MeanIs(i == j ? 1 : 0, [.. white.Select(w => w[i] * w[j])], resolve: 0.5, cases: n * (n + 3) * 10, $"covariance {i}, {j} of {family}");
            }
        }
    }

    [Fact]
    public void TheLogDensityIsThatOfTheDraw()
    {
        foreach (var family in Families)
        {
            var draw = new FamilyDraw(FamilyFixture.PlanOf(family));
            var at = At(draw.Plan);
            var law = Gaussians.Of(draw.Plan, at);
            for (var step = 0; step < 5; step++)
            {
                var values = draw.At([draw.Unconstrained, draw.LogDetJacobian, draw.LogDensity], at, step);
                var expected = law.LogDensity(values[0].ToDoubles()) - values[1][0];
                Assert.True(Math.Abs(expected - values[2][0]) <= 1e-8 * (1 + Math.Abs(expected)), $"{family}: {values[2][0]}, expected {expected}");
            }
        }
    }

    [Fact]
    public void TheSmallMatrixKeepsItsPrecisionWhereTheFactorDominates()
    {
        // d = 1e-3 against a factor of size 1 whose two columns are nearly the same: I + A^T A has condition 1e6 and more. Single precision throughout must still be right to its rounding.
        const int size = 40;
        var p = Samples.Numbers(size, 5).SelectMany((v, i) => new[] { v, v + 1e-3 * (i % 7 - 3) }).ToArray();
        var (eps, eta) = (Samples.Numbers(size, 9), new[] { 0.7, -1.1 });
        double[] Values(DType type)
        {
            Tensor Of(Shape shape, double[] values) => Constant(HostTensor.FromDoubles(type, shape, values));
            var normal = new LowRankNormal(Of([size], new double[size]), Of([size], [.. Enumerable.Repeat(1e-3, size)]), Of([size, 2], p));
            return Evaluation.Flat(Reference.Evaluate(new TensorGraph([], [("log", normal.LogDensity(Of([size], eps), Of([2], eta))), ("entropy", normal.Entropy())]), []));
        }
        var factor = Matrix<double>.Build.Dense(size, 2, (i, k) => p[2 * i + k]);
        var law = new Gaussian(Vector<double>.Build.Dense(size), Matrix<double>.Build.DenseDiagonal(size, 1e-6) + factor * factor.Transpose());
        var draw = 1e-3 * Vector<double>.Build.Dense(eps) + factor * Vector<double>.Build.Dense(eta);
        foreach (var (type, tolerance) in new[] { (DType.F64, 1e-7), (DType.F32, 1e-3) })
        {
            var values = Values(type);
            Assert.Equal(law.LogDensity(draw.ToArray()), values[0], tolerance * 100);
            Assert.Equal(law.Entropy, values[1], tolerance * 100);
        }
    }

    [Fact]
    public void TheDivergenceFromIndependentNormalPriorsIsTheDenseOne()
    {
        foreach (var clauses in Structures)
        {
            var model = Priors(isMixture: false);
            var plan = GuidePlan.For(model, clauses).Required;
            var at = At(plan);
            var elbo = Evaluation.Build(model, plan);
            Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));
            var prior = plan.Parts.SelectMany(p => p.Sites).SelectMany(s => Enumerable.Repeat(s.Name switch { "a.w" => 0.7, "a.b" => 1.6, _ => 0.9 }, s.Shape.Size)).Select(s => s * s).ToArray();
            var law = Gaussians.Of(plan, at);
            var expected = law.DivergenceFrom(new(Vector<double>.Build.Dense(law.Size), Matrix<double>.Build.DenseOfDiagonalArray(prior)));
            Assert.Equal(expected, Evaluation.At(elbo, [elbo.Kl], at, Data)[0][0], 1e-9 * (1 + expected));

            // By the draw it has the same mean: a mixture of two equal normals is a normal that is not known to be one.
            var (mixed, drawn) = (Priors(isMixture: true), GuidePlan.For(Priors(isMixture: true), clauses).Required);
            var bound = Evaluation.Build(mixed, drawn);
            Assert.All(bound.Sites, s => Assert.Equal("by the draw", s.Kl));
            var many = Vmap.Batch([bound.Kl], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [bound.Step] = Iota([3000], 0) }, 3000)[0];
            Stat.MeanIs(expected, Evaluation.At(bound, [many], at, Data, seed: 4)[0].ToDoubles(), resolve: 0.25 * expected, cases: 10, $"KL by the draw, {string.Join(", ", clauses)}");
        }
    }

    private static EqArray<GuideClause>[] Structures =>
    [
        [new(new MultivariateNormalGuide())],
        [new(new LowRankGuide { Rank = 2 })],
        [new(new LowRankGuide { Rank = 2, Joint = true })],
        [new(new KroneckerGuide(), "*.w"), new(new LowRankGuide { Joint = true })],
        [new(new KroneckerGuide { ColumnFactor = "diagonal" }, "*.w"), new(new MultivariateNormalGuide(), "*.b"), new(new NormalGuide())],
    ];

    [Fact]
    public void WhereAPriorDependsOnAnotherSiteOfTheFactorTheDivergenceIsByTheDraw()
    {
        var (model, _) = Samples.Regression(chained: true);
        foreach (var family in (GuideFamily[])[new MultivariateNormalGuide(), new LowRankGuide { Joint = true }])
            Assert.All(Evaluation.Build(model, Evaluation.Plan(model, family)).Sites, s => Assert.Equal("by the draw", s.Kl));
        // Sites of factors of their own are averaged over.
        Assert.All(Evaluation.Build(model, Evaluation.Plan(model, new LowRankGuide())).Sites, s => Assert.Equal("closed form", s.Kl));
    }

    [Fact]
    public void SitesStartWithTheUsualScaleWhateverTheStructure()
    {
        // 60 x 7 weights: the mean square of the starting scales, a tenth of which the low-rank factor draws.
        var model = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(MatMul(b.PerRow("x", [60]), b.Draw("h.w", Normal.Of(b.Real(0), b.Real(1)).Iid([60, 7])))
            + b.Draw("h.b", Normal.Of(b.Real(0), b.Real(1)).Iid([7])), b.Real(1)), perRow: true));
        foreach (EqArray<GuideClause> clauses in (EqArray<GuideClause>[])[[new(new LowRankGuide { InitialScale = 0.2 })], [new(new LowRankGuide { InitialScale = 0.2, Joint = true })],
            [new(new KroneckerGuide { InitialScale = 0.2 }, "*.w"), new(new MultivariateNormalGuide { InitialScale = 0.2 })]])
        {
            var plan = GuidePlan.For(model, clauses).Required;
            var draw = new FamilyDraw(plan);
            var at = Evaluation.InitialValues(plan);
            foreach (var site in draw.Sites)
            {
                var usual = site.Site.Name == "h.w" ? 0.2 / Math.Sqrt(60) : 0.2;
                var square = draw.At([site.Scale!], at)[0].ToDoubles().Average(s => s * s);
                Assert.InRange(square / (usual * usual), 0.85, 1.15);
            }
            Assert.All(at.Where(p => p.Key.EndsWith(".factor")), p => Assert.All(p.Value.ToDoubles(), v => Assert.NotEqual(0, v)));
        }
    }
}
