using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;
using ChiSquared = MathNet.Numerics.Distributions.ChiSquared;

namespace ProbNet.Inference.Tests.Posteriors;

/// <summary>
/// Prediction draws the product of data rows and independent normal weights row by row where nothing but quantities of single rows is asked for. Two equal rows tell which: with
/// weights that they share all their moments are the same numbers.
/// </summary>
public class DrawnProductTests
{
    private const int Rows = 6, Inputs = 3;

    private static readonly CpuBackend Backend = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ARegressionsPredictionIsTheClosedForm(bool weightsFirst)
    {
        var model = Regression((b, x, w) => weightsFirst ? Reshape(MatMul(Transpose(w, [1, 0]), Transpose(x, [1, 0])), [b.Rows]) : Column(b, MatMul(x, w)));
        var (posterior, data) = Somewhere(model);
        const int draws = 20000;
        var site = (SitePrediction.Real)posterior.Predict(Backend, data, new() { Draws = draws, Seed = 3 }).Required["y"];
        var (loc, scale) = Weights(posterior);
        var tail = Stat.FalseAlarm / (2 * 2 * 2 * Rows);
        for (var n = 0; n < Rows; n++)
        {
            var x = Row(data, n);
            var mean = x.Zip(loc, (a, b) => a * b).Sum();
            var variance = x.Zip(scale, (a, b) => a * a * b * b).Sum();
            // The mean of draws is normal, their variance chi-square with one degree less; the prediction divides by the number of draws.
            var bound = -MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, tail) * Math.Sqrt(variance / draws);
            Assert.InRange(site.Summary.Mean[n], mean - bound, mean + bound);
            Assert.InRange(site.Summary.EpistemicVariance[n], variance / draws * ChiSquared.InvCDF(draws - 1, tail), variance / draws * ChiSquared.InvCDF(draws - 1, 1 - tail));
            Assert.Equal(0.25, site.Summary.AleatoricVariance[n], 1e-12);
        }
        Assert.NotEqual(site.Summary.Mean[0], site.Summary.Mean[1]);
    }

    [Fact]
    public void ANetsProbabilitiesAreThoseOfDrawnWeights()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        // Broader than by default: the weights' spread decides the result.
        var values = Evaluation.Somewhere(plan).ToDictionary(p => p.Key, p => p.Key.EndsWith("rho") ? HostTensor.FromDoubles(DType.F64, p.Value.Shape, [.. p.Value.ToDoubles().Select(v => v + 1)]) : p.Value);
        var posterior = Posterior.FromParameters(model, plan, values).Required;
        const int draws = 60000, cases = 2 * 11;
        var site = (SitePrediction.Class)posterior.Predict(Backend, data, new() { Draws = draws, Seed = 3 }).Required["species"];
        var weights = posterior.Sample(Backend, new() { Draws = draws, Seed = 4 });
        double[] hw = weights["h.w"].ToDoubles(), hb = weights["h.b"].ToDoubles(), ow = weights["out.w"].ToDoubles(), ob = weights["out.b"].ToDoubles();
        var x = data.Values["x"];
        // Hoeffding: a difference of means of s numbers each within a range r is above t with probability at most 2 exp(-s t^2 / r^2).
        var bound = Math.Sqrt(Math.Log(2 * cases / Stat.FalseAlarm) / draws);
        for (var n = 0; n < 11; n++)
        {
            var (probability, aleatoric) = (0.0, 0.0);
            for (var s = 0; s < draws; s++)
            {
                double[] logits = [ob[2 * s], ob[2 * s + 1]];
                for (var u = 0; u < 5; u++)
                {
                    var h = hb[s * 5 + u];
                    for (var j = 0; j < 3; j++) h += x[n * 3 + j] * hw[(s * 3 + j) * 5 + u];
                    for (var k = 0; k < 2; k++) logits[k] += Math.Max(h, 0) * ow[(s * 5 + u) * 2 + k];
                }
                var p = 1 / (1 + Math.Exp(logits[0] - logits[1]));
                probability += p / draws;
                aleatoric += ClassEntropy(p) / draws;
            }
            Assert.InRange(site.Summary.Probabilities[2 * n + 1], probability - bound, probability + bound);
            Assert.InRange(site.Summary.Entropy[n] - site.Summary.MutualInformation[n], aleatoric - bound * Math.Log(2), aleatoric + bound * Math.Log(2));
        }
    }

    [Fact]
    public void RowsShareWeightsWhereTheyMust()
    {
        // Used twice; in a term that is not linear; added to what depends on the draw; with an event over all rows beside it.
        AssertShared(Regression((b, x, w) => Column(b, MatMul(x, w)) + Column(b, MatMul(Square(x), w))));
        AssertShared(Regression((b, x, w) => Column(b, MatMul(x, Exp(w)))));
        AssertShared(Regression((b, x, w) => Column(b, MatMul(x * BroadcastTo(Transpose(w, [1, 0]), x.Shape), w))));
        AssertShared(Regression((b, x, w) => Column(b, MatMul(x, w)), b =>
            b.Draw("all", MultivariateNormal.Of(Full(DType.F64, [b.Rows], 0), Identity(b.Rows)), perRow: true)));
        // A total over rows in an observed value.
        AssertShared(Regression((b, x, w) => Column(b, MatMul(x, w)), b => b.Draw("sum", Normal.Of(b.Real(0), b.Real(1)))));
        // Inputs that depend on the draw.
        AssertShared(Regression((b, x, w) => Column(b, MatMul(Relu(x * b.Draw("gain", Normal.Of(b.Real(1), b.Real(0.3)))), w))));
    }

    [Fact]
    public void DrawsOfTheLatentValuesAreFunctionsOfTheRows()
    {
        var model = Regression((b, x, w) => Column(b, MatMul(x, w)), b => { }, report: true);
        var (posterior, data) = Somewhere(model);
        var draws = posterior.Sample(Backend, new() { Draws = 5, Seed = 2 }, data)["mean"];
        for (var s = 0; s < 5; s++) Assert.Equal(draws[s * Rows], draws[s * Rows + 1]);
    }

    [Fact]
    public void ARowsNumbersDoNotDependOnTheOtherRowsNorOnTheNumberOfDraws()
    {
        var (posterior, data) = Somewhere(Regression((b, x, w) => Column(b, MatMul(x, w))));
        SitePrediction.Real Predict(PredictOptions options) => (SitePrediction.Real)posterior.Predict(Backend, data, options).Required["y"];
        var one = Predict(new() { Draws = 23, Seed = 3 });
        foreach (var (rows, draws, threads) in new[] { (2, 2, 1), (5, 7, 2), (6, 23, 1) })
            Assert.Equal(one.Summary, Predict(new() { Draws = 23, Seed = 3, RowChunk = rows, DrawChunk = draws, Threads = threads }).Summary);
        Assert.NotEqual(one.Summary.Mean, Predict(new() { Draws = 23, Seed = 4 }).Summary.Mean);
        // Fewer rows in the data: those that are left stay as they were, quantiles of drawn outcomes too.
        var x = data.Values["x"];
        var few = new DataSet(new Dictionary<string, HostTensor> { ["x"] = HostTensor.FromDoubles(x.DType, [3, .. x.Shape[1..]], x.ToDoubles()[..(3 * x.Shape[1..].Size)]) }, 3);
        var left = (SitePrediction.Real)posterior.Predict(Backend, few, new() { Draws = 23, Seed = 3 }).Required["y"];
        Assert.Equal([.. one.Summary.Mean.Take(3)], left.Summary.Mean);
        Assert.Equal([.. one.Summary.EpistemicVariance.Take(3)], left.Summary.EpistemicVariance);
    }

    [Fact]
    public void SquaresOfLargeAndSmallInputsAreNotSeen()
    {
        // x @ w with x of 1e25 is an ordinary single; its square is not. A change of units changes nothing but the units.
        var (posterior, data) = Somewhere(Regression((b, x, w) => Column(b, MatMul(x, w))));
        var x = data.Values["x"];
        SitePrediction.Real Predict(double unit) => (SitePrediction.Real)posterior.Predict(Backend,
            new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.FromDoubles(x.DType, x.Shape, [.. x.ToDoubles().Select(v => v * unit)]) }, data.Rows), new() { Draws = 23, Seed = 3 }).Required["y"];
        var one = Predict(1).Summary.Mean;
        foreach (var unit in new[] { Math.ScaleB(1, 80), Math.ScaleB(1, -90) })
        {
            var other = Predict(unit).Summary.Mean;
            for (var row = 0; row < data.Rows; row++) Assert.Equal(one[row], other[row] / unit, 1e-5 * (Math.Abs(one[row]) + 1e-3));
        }
    }

    private static void AssertShared(BoundModel model)
    {
        var (posterior, data) = Somewhere(model);
        var site = (SitePrediction.Real)posterior.Predict(Backend, data, new() { Draws = 11, Seed = 3 }).Required["y"];
        Assert.True(site.Summary.EpistemicVariance[0] > 1e-3, "the weights have a spread");
        Assert.Equal(site.Summary.Mean[0], site.Summary.Mean[1]);
        Assert.Equal(site.Summary.EpistemicVariance[0], site.Summary.EpistemicVariance[1]);
        Assert.NotEqual(site.Summary.Mean[0], site.Summary.Mean[2]);
    }

    private static BoundModel Regression(Func<ModelBuilder, Tensor, Tensor, Tensor> mean, Action<ModelBuilder>? more = null, bool report = false) =>
        ModelBuilder.Bind(Rows, more is null ? ["y"] : ["y", "all", "sum"], b =>
        {
            var x = b.PerRow("x", [Inputs]);
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1.2)).Iid([Inputs, 1]));
            var centre = mean(b, x, w);
            b.Draw("y", Normal.Of(centre, b.Real(0.5)), perRow: true);
            more?.Invoke(b);
            if (report) b.Report("mean", centre, perRow: true);
        });

    private static Tensor Identity(int n) => Constant(HostTensor.Of([n, n], [.. Enumerable.Range(0, n * n).Select(i => i % (n + 1) == 0 ? 1.0 : 0.0)]));

    private static Tensor Column(ModelBuilder b, Tensor x) => Reshape(x, [b.Rows]);

    // Rows 0 and 1 are equal.
    private static (Posterior Posterior, DataSet Data) Somewhere(BoundModel model)
    {
        var plan = Evaluation.Plan(model, new NormalGuide());
        var x = Samples.Tensor([Rows, Inputs], 7).ToDoubles();
        x.AsSpan(0, Inputs).CopyTo(x.AsSpan(Inputs));
        return (Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required, new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of([Rows, Inputs], x) }, Rows));
    }

    private static (double[] Loc, double[] Scale) Weights(Posterior posterior) =>
        (posterior.Parameters["w.loc"].ToDoubles(), [.. posterior.Parameters["w.rho"].ToDoubles().Select(r => Math.Log(1 + Math.Exp(r)))]);

    private static double[] Row(DataSet data, int n) => data.Values["x"].ToDoubles()[(n * Inputs)..((n + 1) * Inputs)];

    private static double ClassEntropy(double p) => -(p > 0 ? p * Math.Log(p) : 0) - (p < 1 ? (1 - p) * Math.Log(1 - p) : 0);
}
