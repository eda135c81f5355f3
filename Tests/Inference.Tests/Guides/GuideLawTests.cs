using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Laws over all guide families of the registry.</summary>
public class GuideLawTests
{
    // Sites of every continuous support that the language has priors for, a matrix, and a plate over rows.
    private static readonly BoundModel Model = ModelBuilder.Bind(5, ["y"], b =>
    {
        var real = b.Draw("real", Normal.Of(b.Real(0.2), b.Real(1.4)).Iid([2, 3]));
        var positive = b.Draw("positive", Gamma.Of(b.Real(2), b.Real(1.3)).Iid([2]));
        var unit = b.Draw("unit", Beta.Of(b.Real(2), b.Real(1.3)));
        var own = b.Draw("own", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows]), perRow: true);
        b.Draw("y", Normal.Of(own + SumAll(real) + SumAll(positive) + unit, b.Real(1)), perRow: true);
    });

    private static (IReadOnlyList<Tensor> Values, Tensor LogDensity, GuidePlan Plan, Func<long, HostTensor[]> Evaluate) Drawn(GuideFamily family, RowView? rows = null, Tensor[]? inputs = null, HostTensor[]? given = null)
    {
        var plan = Evaluation.Plan(Model, family);
        var parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        var step = Input("step", DType.I64, []);
        var scope = new GuideScope(parameters, new RandomSource(Constant(HostTensor.Scalar(3)), step, Constant(HostTensor.Scalar(0))), rows ?? RowView.All(5));
        var part = plan.Parts[0].Draw(scope);
        var log = part.LogDensity.Aggregate(Constant(DType.F64, 0), (sum, t) => sum + SumAll(t.Value));
        Tensor[] values = [.. part.Sites.Select(s => s.Value)];
        var graph = new TensorGraph([.. plan.Parameters.Select(p => parameters[p.Name]), step, .. inputs ?? []], [.. values.Select((v, i) => ($"{i}", v)), ("log", log)]);
        var where = Evaluation.Somewhere(plan);
        return (values, log, plan, s => [.. Reference.Evaluate(graph, [.. plan.Parameters.Select(p => where[p.Name]), HostTensor.Scalar(s), .. given ?? []])]);
    }

    [Fact]
    public void DrawsLieInTheSupportAndHaveTheSitesShapes()
    {
        foreach (var family in GuideRegistry.Families.All)
        {
            var values = Drawn(family).Evaluate(1);
            Assert.Equal([[2, 3], [2], [], [5]], values[..4].Select(v => v.Shape));
            Assert.All(values[1].ToDoubles(), v => Assert.True(v > 0));
            Assert.InRange(values[2][0], 1e-12, 1 - 1e-12);
        }
    }

    [Fact]
    public void TheLogDensityIsThatOfTheDraw()
    {
        // A dense oracle in unconstrained space, with the Jacobian of exp and of the sigmoid.
        foreach (var family in GuideRegistry.Families.All.Where(f => f is not DeltaGuide))
        {
            var (_, _, plan, evaluate) = Drawn(family);
            var (mean, factor) = Dense(plan);
            var covariance = factor * factor.Transpose();
            for (var step = 0; step < 5; step++)
            {
                var values = evaluate(step);
                double[] u = [.. values[0].ToDoubles(), .. values[1].ToDoubles().Select(v => Math.Log(v)), Math.Log(values[2][0] / (1 - values[2][0])), .. values[3].ToDoubles()];
                var jacobian = values[1].ToDoubles().Sum(Math.Log) + Math.Log(values[2][0]) + Math.Log(1 - values[2][0]);
                var d = Vector<double>.Build.Dense(u) - mean;
                var expected = -0.5 * (u.Length * Math.Log(2 * Math.PI) + Math.Log(covariance.Determinant()) + d * covariance.Solve(d)) - jacobian;
                Assert.Equal(expected, values[4][0], 1e-8 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void DrawsHaveTheGuidesMomentsAndEverySiteItsOwnNoise()
    {
        foreach (var family in GuideRegistry.Families.All.Where(f => f is not DeltaGuide))
        {
            var (_, _, plan, evaluate) = Drawn(family);
            var (mean, factor) = Dense(plan);
            var covariance = factor * factor.Transpose();
            var draws = new List<double[]>();
            for (var s = 0; s < 4000; s++)
            {
                var v = evaluate(s);
                draws.Add([.. v[0].ToDoubles(), Math.Log(v[1][0]), Math.Log(v[1][1]), Math.Log(v[2][0] / (1 - v[2][0])), .. v[3].ToDoubles()]);
            }
            var n = mean.Count;
            for (var i = 0; i < n; i++)
            {
                Stat.MeanIs(mean[i], [.. draws.Select(u => u[i])], resolve: 0.9, cases: n * (n + 3), $"mean {i} of {family.Name}");
                for (var j = 0; j <= i; j++)
                    Stat.MeanIs(covariance[i, j], [.. draws.Select(u => (u[i] - mean[i]) * (u[j] - mean[j]))], resolve: 4, cases: n * (n + 3), $"covariance {i}, {j} of {family.Name}");
            }
        }
    }

    [Fact]
    public void APointGuideAlwaysDrawsTheSame()
    {
        var (_, _, plan, evaluate) = Drawn(new DeltaGuide());
        Assert.True(plan.IsPoint);
        Assert.Equal(evaluate(1), evaluate(2));
        Assert.Equal(0, evaluate(1)[4][0]);
    }

    [Fact]
    public void ARowsNoiseBelongsToTheRow()
    {
        // Rows 3, 0, 3 of 5 draw what they draw among all five.
        var all = Drawn(new NormalGuide()).Evaluate(7)[3];
        var index = Input("index", DType.I64, [3]);
        var some = Drawn(new NormalGuide(), new RowView(3, index), [index], [HostTensor.Of([3], [3L, 0, 3])]).Evaluate(7)[3];
        Assert.Equal([all[3], all[0], all[3]], some.ToDoubles());
    }

    // Mean and Cholesky factor of the unconstrained joint at the parameters of Evaluation.Somewhere.
    private static (Vector<double> Mean, Matrix<double> Factor) Dense(GuidePlan plan)
    {
        var where = Evaluation.Somewhere(plan);
        static double Softplus(double r) => Math.Log(1 + Math.Exp(r));
        if (plan.Parts[0].Family is MultivariateNormalGuide)
        {
            var (loc, rho, lower) = (where["guide.1.loc"].ToDoubles(), where["guide.1.rho"].ToDoubles(), where["guide.1.lower"].ToDoubles());
            var n = loc.Length;
            return (Vector<double>.Build.Dense(loc), Matrix<double>.Build.Dense(n, n, (i, j) => i == j ? Softplus(rho[i]) : i > j ? lower[i * n + j] : 0));
        }
        string[] sites = ["real", "positive", "unit", "own"];
        return (Vector<double>.Build.Dense([.. sites.SelectMany(s => where[s + ".loc"].ToDoubles())]),
            Matrix<double>.Build.DenseOfDiagonalArray([.. sites.SelectMany(s => where[s + ".rho"].ToDoubles()).Select(Softplus)]));
    }
}
