using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

public class SwagPosteriorTests
{
    private const int Components = 9;

    private static readonly BoundModel Model = ModelBuilder.Bind(3, ["y"], b =>
    {
        var real = b.Draw("real", Normal.Of(b.Real(0.2), b.Real(1.4)).Iid([2, 2]));
        var positive = b.Draw("positive", Gamma.Of(b.Real(2), b.Real(1.3)));
        var unit = b.Draw("unit", Beta.Of(b.Real(2), b.Real(1.3)));
        var own = b.Draw("own", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows]), perRow: true);
        b.Draw("y", Normal.Of(own + SumAll(real) + positive + unit, b.Real(1)), perRow: true);
    });

    private static readonly string[] Sites = ["real", "positive", "unit", "own"];

    private static SwagPosterior Family(int columns) => new() { Columns = columns, Scale = 0.7 };

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(13)]
    public void TheLogDensityIsThatOfTheDenseNormal(int columns)
    {
        var (plan, evaluate, scales) = Drawn(Family(columns));
        var (mean, covariance) = Dense(plan, columns);
        for (var draw = 0; draw < 5; draw++)
        {
            var values = evaluate(draw);
            var d = Unconstrained(values) - mean;
            var jacobian = Math.Log(values[1][0]) + Math.Log(values[2][0]) + Math.Log(1 - values[2][0]);
            var expected = -0.5 * (Components * Math.Log(2 * Math.PI) + Math.Log(covariance.Determinant()) + d * covariance.Solve(d)) - jacobian;
            Assert.Equal(expected, values[4][0], 1e-9 * (1 + Math.Abs(expected)));
        }
        // The marginal scales are exact.
        double[] marginal = [.. scales().SelectMany(s => s.ToDoubles())];
        for (var i = 0; i < Components; i++) Assert.Equal(Math.Sqrt(covariance[i, i]), marginal[i], 1e-12);
    }

    [Fact]
    public void DrawsHaveTheMomentsOfTheDenseNormalAcrossSites()
    {
        var (plan, evaluate, _) = Drawn(Family(3));
        var (mean, covariance) = Dense(plan, 3);
        var draws = Enumerable.Range(0, 6000).Select(s => Unconstrained(evaluate(s))).ToList();
        const int cases = Components + Components * (Components + 1) / 2;
        for (var i = 0; i < Components; i++)
        {
            Stat.MeanIs(mean[i], [.. draws.Select(u => u[i])], resolve: 0.5, cases, $"mean {i}");
            for (var j = 0; j <= i; j++) Stat.MeanIs(covariance[i, j], [.. draws.Select(u => (u[i] - mean[i]) * (u[j] - mean[j]))], resolve: 1, cases, $"covariance {i}, {j}");
        }
        // The low-rank part ties sites together: without it this would be 0.
        Assert.True(Math.Abs(covariance[0, 4]) > 0.1);
    }

    [Fact]
    public void AVarianceOfZeroLeavesNoDensity()
    {
        var plan = Evaluation.Plan(Model, Family(2));
        var where = Where(plan);
        var variance = where["real.variance"].ToDoubles();
        variance[1] = 0;
        where["real.variance"] = HostTensor.Of([2, 2], variance);
        var values = Drawn(Family(2), where).Evaluate(1);
        Assert.True(double.IsNaN(values[4][0]));
        Assert.All(values[0].ToDoubles(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void OneColumnIsRefused()
    {
        var refused = GuidePlan.For(Model, [new(new SwagPosterior { Columns = 1 })]);
        Assert.Contains("divisor", Assert.Single(refused.Diagnostics).Message);
        Assert.Null(refused.Value);
    }

    [Fact]
    public void ProgramsDoNotChooseIt() => Assert.Null(GuideRegistry.Bind(Family(2).ToValue()).Value);

    private static (GuidePlan Plan, Func<long, HostTensor[]> Evaluate, Func<HostTensor[]> Scales) Drawn(GuideFamily family, Dictionary<string, HostTensor>? given = null)
    {
        var plan = Evaluation.Plan(Model, family);
        var parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        var draw = Input("draw", DType.I64, []);
        var part = plan.Parts[0].Draw(new GuideScope(parameters, new RandomSource(Constant(HostTensor.Scalar(3)), Constant(HostTensor.Scalar(0)), draw), RowView.All(3)));
        var inputs = plan.Parameters.Map(p => parameters[p.Name]).Add(draw);
        var values = new TensorGraph(inputs, [.. part.Sites.Select((s, i) => ($"{i}", s.Value)), ("log", part.LogDensity.Single().Value)]);
        var scales = new TensorGraph(inputs, part.Sites.Select((s, i) => ($"{i}", s.Scale!)));
        var where = given ?? Where(plan);
        HostTensor[] At(long d) => [.. plan.Parameters.Select(p => where[p.Name]), HostTensor.Scalar(d)];
        return (plan, d => [.. Reference.Evaluate(values, At(d))], () => [.. Reference.Evaluate(scales, At(0))]);
    }

    private static Dictionary<string, HostTensor> Where(GuidePlan plan) => plan.Parameters.Select((p, i) => (p.Name, Value: HostTensor.FromDoubles(DType.F64, p.Shape,
        [.. Samples.Numbers(p.Shape.Size, 31 + i).Select(v => p.Name.EndsWith(".variance") ? 0.1 + v * v : v)]))).ToDictionary(p => p.Name, p => p.Value);

    private static Vector<double> Unconstrained(HostTensor[] values) => Vector<double>.Build.Dense(
        [.. values[0].ToDoubles(), Math.Log(values[1][0]), Math.Log(values[2][0] / (1 - values[2][0])), .. values[3].ToDoubles()]);

    // Scale times half the diagonal plus half of D D^T / (K - 1); the whole diagonal where nothing else is held.
    private static (Vector<double> Mean, Matrix<double> Covariance) Dense(GuidePlan plan, int columns)
    {
        var where = Where(plan);
        var mean = Vector<double>.Build.Dense([.. Sites.SelectMany(s => where[s + ".mean"].ToDoubles())]);
        var diagonal = Matrix<double>.Build.DenseOfDiagonalArray([.. Sites.SelectMany(s => where[s + ".variance"].ToDoubles())]);
        if (columns == 0) return (mean, 0.7 * diagonal);
        var d = Matrix<double>.Build.Dense(Components, columns);
        for (var k = 0; k < columns; k++)
        {
            double[] column = [.. Sites.SelectMany(s => { var all = where[s + ".deviations"].ToDoubles(); var size = all.Length / columns; return all[(k * size)..((k + 1) * size)]; })];
            d.SetColumn(k, column);
        }
        return (mean, 0.7 * (diagonal / 2 + d * d.Transpose() / (2 * (columns - 1))));
    }
}
