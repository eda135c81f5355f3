using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Monte Carlo dropout against all masks of a tiny net.</summary>
public class DropoutTests
{
    private const double Rate = 0.3, Noise = 0.7;
    private const int Rows = 5;
    private static readonly HostTensor X = Samples.Tensor([Rows, 2], 3), Y = Samples.Tensor([Rows], 4), W1 = Samples.Tensor([2, 3], 5), W2 = Samples.Tensor([3], 6);
    private static readonly DataSet Data = new(new Dictionary<string, HostTensor> { ["x"] = X, ["y"] = Y }, Rows);

    // y ~ N(tanh(x w1) w2, noise^2), w2 a vector that is reshaped into the weights of one output.
    private static readonly BoundModel Net = ModelBuilder.Bind(Rows, ["y"], b =>
    {
        var w1 = b.Draw("w1", Normal.Of(b.Real(0.1), b.Real(1.2)).Iid([2, 3]));
        var w2 = b.Draw("w2", Normal.Of(b.Real(0), b.Real(0.8)).Iid([3]));
        var hidden = Tanh(MatMul(b.PerRow("x", [2]), w1));
        b.Draw("y", Normal.Of(Reshape(MatMul(hidden, Reshape(w2, [3, 1])), [b.Rows]), b.Real(Noise)), perRow: true);
    });

    private static readonly Dictionary<string, HostTensor> Parameters = new() { ["w1.loc"] = W1, ["w2.loc"] = W2 };

    private static readonly GuidePlan Plan = Evaluation.Plan(Net, new BernoulliDropoutGuide { Rate = Rate });

    [Fact]
    public void PredictionsAreAveragesOverAllMasks()
    {
        var posterior = Posterior.FromParameters(Net, Plan, Parameters).Required;
        const int draws = 40000;
        var predicted = ((SitePrediction.Real)posterior.Predict(new ReferenceBackend(), Data, new() { Draws = draws, Seed = 3 }).Required["y"]).Summary;
        var samples = posterior.Sample(new ReferenceBackend(), new() { Draws = draws, Seed = 4 }, Data);
        var (a, c) = (samples["w1"].ToDoubles(), samples["w2"].ToDoubles());
        for (var i = 0; i < Rows; i++)
        {
            var masks = Masked(W1.ToDoubles(), W2.ToDoubles()).Select(m => (m.Probability, Mean: Mean(m.W1, m.W2, i))).ToArray();
            var mean = masks.Sum(m => m.Probability * m.Mean);
            double Moment(int order) => masks.Sum(m => m.Probability * Math.Pow(m.Mean - mean, order));
            // Shared draws: one mask, one function.
            double[] means = [.. Enumerable.Range(0, draws).Select(s => Mean(a[(6 * s)..(6 * s + 6)], c[(3 * s)..(3 * s + 3)], i))];
            Stat.MeanIs(mean, means, resolve: 0.08, cases: 4 * Rows, $"mean of row {i}");
            Stat.MeanIs(Moment(2), [.. means.Select(m => (m - mean) * (m - mean))], resolve: 0.2, cases: 4 * Rows, $"variance of row {i}");
            // Predictions give the two moments alone; their standard errors are those of the masks' law, and 5.5 of them are exceeded with probability 4e-8.
            Assert.InRange(predicted.Mean[i], mean - 5.5 * Math.Sqrt(Moment(2) / draws), mean + 5.5 * Math.Sqrt(Moment(2) / draws));
            var error = Math.Sqrt((Moment(4) - Math.Pow(Moment(2), 2)) / draws);
            Assert.InRange(predicted.EpistemicVariance[i], Moment(2) - 5.5 * error, Moment(2) + 5.5 * error);
        }
    }

    [Fact]
    public void AMaskBelongsToADraw()
    {
        // In every draw whole rows of w1 and elements of w2 are 0 or M / keep.
        var draws = Posterior.FromParameters(Net, Plan, Parameters).Required.Sample(new ReferenceBackend(), new() { Draws = 200, Seed = 4 });
        var seen = new HashSet<string>();
        for (var s = 0; s < 200; s++)
        {
            double[] factors = [.. Enumerable.Range(0, 6).Select(i => draws["w1"][6 * s + i] / W1[i]), .. Enumerable.Range(0, 3).Select(i => draws["w2"][3 * s + i] / W2[i])];
            Assert.All(factors, f => Assert.True(f == 0 || Math.Abs(f - 1 / (1 - Rate)) < 1e-12));
            for (var k = 0; k < 2; k++) Assert.Single(factors[(3 * k)..(3 * k + 3)].Select(f => f == 0).Distinct());
            seen.Add(string.Concat(factors.Select(f => f == 0 ? '0' : '1')));
        }
        Assert.True(seen.Count > 20, $"{seen.Count} masks of 32");
    }

    [Fact]
    public void ExpectedLogLikelihoodsAndTheirGradientsAreThoseOfAllMasks()
    {
        double[] at = [.. W1.ToDoubles(), .. W2.ToDoubles()];
        var expected = Enumerated(at);
        double[] slopes = [.. Enumerable.Range(0, 9).Select(i => Slope(at, i))];
        foreach (var estimator in new Estimator[] { new SharedEstimator(), new LocalEstimator() })
        {
            var elbo = Evaluation.Build(Net, Plan, estimator);
            Assert.All(elbo.Sites, s => Assert.Equal(estimator.Name, s.Estimator));
            double[][] draws = Steps(elbo, [elbo.ExpectedLogLikelihood, .. Vjp.Gradients(elbo.ExpectedLogLikelihood, [.. elbo.Parameters])], Parameters, 12000);
            Stat.MeanIs(expected, [.. draws.Select(d => d[0])], resolve: 3, cases: 20, $"log-likelihood under {estimator}");
            for (var i = 0; i < 9; i++) Stat.MeanIs(slopes[i], [.. draws.Select(d => d[1 + i])], resolve: 3, cases: 20, $"gradient {i} under {estimator}");
        }
    }

    [Fact]
    public void RowsOfABatchHaveMasksOfTheirOwnUnderLocal()
    {
        // Two equal rows are predicted alike by a shared draw and not by local ones.
        var x = HostTensor.Of([Rows, 2], [.. Enumerable.Repeat(new[] { 0.8, -0.6 }, Rows).SelectMany(r => r)]);
        var same = new DataSet(new Dictionary<string, HostTensor>(Data.Values) { ["x"] = x }, Rows);
        bool Alike(Estimator estimator)
        {
            var elbo = Evaluation.Build(Net, Plan, estimator);
            var y = elbo.Data.Values.Single(v => v.Name == "y").Input;
            var residuals = Evaluation.At(elbo, Vjp.Gradients(elbo.ExpectedLogLikelihood, [y]), Parameters, same, step: 3)[0].ToDoubles();
            return residuals.Zip(Y.ToDoubles(), (r, v) => Math.Round(r * Noise * Noise + v, 9)).Distinct().Count() == 1;
        }
        Assert.True(Alike(new SharedEstimator()));
        Assert.False(Alike(new LocalEstimator()));
    }

    [Fact]
    public void TheDivergenceIsCrossEntropyLessTheEntropyOfTheMasks()
    {
        double Cross(double m, double mean, double scale) => Enumerable.Range(0, 2).Sum(z =>
            (z == 1 ? 1 - Rate : Rate) * (Math.Log(scale * Math.Sqrt(2 * Math.PI)) + Math.Pow((z * m / (1 - Rate) - mean) / scale, 2) / 2));
        var entropy = -(Rate * Math.Log(Rate) + (1 - Rate) * Math.Log(1 - Rate));
        var expected = W1.ToDoubles().Sum(m => Cross(m, 0.1, 1.2)) - 2 * entropy + W2.ToDoubles().Sum(m => Cross(m, 0, 0.8)) - 3 * entropy;
        var elbo = Evaluation.Build(Net, Plan);
        Assert.All(elbo.Sites, s => Assert.Equal("closed form", s.Kl));
        Assert.Equal(expected, Evaluation.At(elbo, [elbo.Kl], Parameters, Data)[0][0], 1e-12);
    }

    [Fact]
    public void OtherPriorsAreAveragedByTheDraw()
    {
        var model = ModelBuilder.Bind(Rows, ["y"], b =>
        {
            var w = b.Draw("w", Laplace.Of(b.Real(0.2), b.Real(0.9)).Iid([2, 3]));
            b.Draw("y", Normal.Of(Sum(MatMul(b.PerRow("x", [2]), w), -1), b.Real(1)), perRow: true);
        });
        var plan = Evaluation.Plan(model, new BernoulliDropoutGuide { Rate = Rate });
        var elbo = Evaluation.Build(model, plan);
        Assert.Equal("by the draw", elbo.Sites[0].Kl);
        var draws = Steps(elbo, [elbo.Kl], new() { ["w.loc"] = W1 }, 4000);
        var entropy = -(Rate * Math.Log(Rate) + (1 - Rate) * Math.Log(1 - Rate));
        var expected = W1.ToDoubles().Sum(m => Rate * (Math.Log(1.8) + 0.2 / 0.9) + (1 - Rate) * (Math.Log(1.8) + Math.Abs(m / (1 - Rate) - 0.2) / 0.9)) - 2 * entropy;
        Stat.MeanIs(expected, [.. draws.Select(d => d[0])], resolve: 1, cases: 1, "divergence by the draw");
    }

    /// <summary>Values of expressions of an objective in many steps.</summary>
    internal static double[][] Steps(Elbo elbo, IReadOnlyList<Tensor> outputs, Dictionary<string, HostTensor> parameters, int steps)
    {
        var data = Data;
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, outputs.Select((o, i) => ($"{i}", o))));
        using var executable = new ProbNet.Backends.Cpu.CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            var name = graph.Inputs[i].InputName();
            executable.Write(i, name is "seed" or "step" ? HostTensor.Scalar(17) : name.StartsWith("data:") ? data.Values[name[5..]] : parameters[name]);
        }
        var step = graph.InputIndex("step");
        return [.. Enumerable.Range(0, steps).Select(s =>
        {
            executable.Write<long>(step, [s]);
            executable.Run();
            return graph.Outputs.SelectMany((o, i) => executable.Read(i, new TensorType(o.Value.DType, o.Value.Shape)).ToDoubles()).ToArray();
        })];
    }

    private static double Slope(double[] at, int i)
    {
        const double h = 1e-5;
        double[] up = [.. at], down = [.. at];
        (up[i], down[i]) = (at[i] + h, at[i] - h);
        return (Enumerated(up) - Enumerated(down)) / (2 * h);
    }

    private static double Enumerated(double[] at)
    {
        var total = 0.0;
        foreach (var (probability, w1, w2) in Masked(at[..6], at[6..]))
        {
            for (var i = 0; i < Rows; i++)
                total += probability * (-0.5 * Math.Pow((Y[i] - Mean(w1, w2, i)) / Noise, 2) - Math.Log(Noise * Math.Sqrt(2 * Math.PI)));
        }
        return total;
    }

    // All 32 masks of the two inputs and the three hidden units.
    private static IEnumerable<(double Probability, double[] W1, double[] W2)> Masked(double[] w1, double[] w2)
    {
        for (var mask = 0; mask < 32; mask++)
        {
            double Factor(int unit) => (mask >> unit & 1) == 1 ? 1 / (1 - Rate) : 0;
            var kept = Enumerable.Range(0, 5).Count(u => (mask >> u & 1) == 1);
            yield return (Math.Pow(1 - Rate, kept) * Math.Pow(Rate, 5 - kept), [.. w1.Select((w, i) => w * Factor(i / 3))], [.. w2.Select((w, i) => w * Factor(2 + i))]);
        }
    }

    private static double Mean(double[] w1, double[] w2, int row) =>
        Enumerable.Range(0, 3).Sum(j => w2[j] * Math.Tanh(X[2 * row] * w1[j] + X[2 * row + 1] * w1[3 + j]));
}
