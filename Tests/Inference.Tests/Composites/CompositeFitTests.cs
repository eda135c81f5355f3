using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Composites;

/// <summary>Fits of models with mixtures and hidden chains find what the data was made with.</summary>
public class CompositeFitTests
{
    /// <summary>Three groups well apart: each location is known to about its standard error, 0.5 / sqrt(100).</summary>
    [Fact]
    public void AMixtureFindsPlantedComponents()
    {
        const int n = 401;
        double[] weights = [0.25, 0.5, 0.25], centres = [-4, 0.5, 5], scales = [0.5, 0.8, 0.4];
        var random = new Random(3);
        double[] y = [.. Enumerable.Range(0, n).Select(i =>
        {
            var c = Pick(random, weights);
            return centres[c] + scales[c] * Normal(random);
        })];
        var draws = Fit("""
            module Mixture

            model gmm [n] = prob {
                let! weights = dirichlet (ones [3])
                let! centre = normal 0.0 10.0 |> iid [3] |> ordered
                let! scale = halfNormal 2.0 |> iid [3]
                let! y = mixture weights (normal centre scale) |> iid [n]
                return y
            }
            """, "n", y, 4000);
        for (var c = 0; c < 3; c++)
        {
            Assert.Equal(centres[c], Mean(draws["centre"], 3, c), 0.3);
            Assert.Equal(scales[c], Mean(draws["scale"], 3, c), 0.25);
            Assert.Equal(weights[c], Mean(draws["weights"], 3, c), 0.1);
        }
    }

    /// <summary>Two persistent regimes three standard deviations apart.</summary>
    [Fact]
    public void AHiddenMarkovModelFindsPlantedRegimes()
    {
        const int t = 301;
        double[] move = [0.95, 0.05, 0.1, 0.9], level = [-1.5, 1.5];
        var random = new Random(4);
        var state = 0;
        double[] y = [.. Enumerable.Range(0, t).Select(_ =>
        {
            state = random.NextDouble() < move[state * 2] ? 0 : 1;
            return level[state] + 0.7 * Normal(random);
        })];
        var draws = Fit("""
            module Mixture

            model regimes [t] = prob {
                let! start = dirichlet (ones [2])
                let! move = dirichlet (ones [2]) |> iid [2]
                let! level = normal 0.0 5.0 |> iid [2] |> ordered
                let! noise = halfNormal 1.0
                let! y = hiddenMarkov start move (fun state -> normal level.[state] noise) |> steps [t]
                return y
            }
            """, "t", y, 500);
        for (var s = 0; s < 2; s++) Assert.Equal(level[s], Mean(draws["level"], 2, s), 0.25);
        Assert.Equal(0.7, Mean(draws["noise"], 1, 0), 0.12);
        // The number of moves out of a state is known to about its square root: 10 of 200.
        for (var e = 0; e < 4; e++) Assert.Equal(move[e], Mean(draws["move"], 4, e), 0.09);
    }

    /// <summary>A latent walk seen through noise follows the values it was made from, and its guide is as long as the series.</summary>
    [Fact]
    public void AWalkFollowsWhatWasSeenOfIt()
    {
        const int t = 61;
        var random = new Random(6);
        var level = 0.0;
        double[] walk = [.. Enumerable.Range(0, t).Select(_ => level += 0.6 * Normal(random))];
        double[] y = [.. walk.Select(x => x + 0.3 * Normal(random))];
        var draws = Fit("""
            module Walk

            model walk [t] = prob {
                let! step = halfNormal 1.0
                let! level = gaussianRandomWalk step |> steps [t]
                let! y = normal level 0.3
                return y
            }
            """, "t", y, 700);
        var error = Math.Sqrt(Enumerable.Range(0, t).Average(i => Math.Pow(Mean(draws["level"], t, i) - walk[i], 2)));
        Assert.InRange(error, 0, 0.35);
        Assert.InRange(Mean(draws["step"], 1, 0), 0.3, 0.9);
    }

    [Fact]
    public void CountsWithMoreZerosFindTheirShare()
    {
        const int n = 499;
        var random = new Random(9);
        long[] y = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() < 0.3 ? 0L : Poisson(random, 4))];
        var draws = Fit("""
            module Counts

            model visits [n] = prob {
                let! p = beta 1.0 1.0
                let! rate = gamma 2.0 0.5
                let! y = zeroInflated p (poisson rate) |> iid [n]
                return y
            }
            """, "n", HostTensor.Of([n], y), 500);
        Assert.Equal(0.3, Mean(draws["p"], 1, 0), 0.09);
        Assert.Equal(4, Mean(draws["rate"], 1, 0), 0.5);
    }

    private static Draws Fit(string text, string rows, double[] y, int steps) => Fit(text, rows, HostTensor.Of([y.Length], y), steps);

    private static Draws Fit(string text, string rows, HostTensor y, int steps)
    {
        var program = Checker.Check(new SourceText("model.prob", text));
        Assert.True(program.IsValid, DiagnosticRenderer.Render(program.Diagnostics));
        var checkedModel = Assert.Single(program.Models);
        var n = y.Shape[0];
        var model = new BoundModel(checkedModel.Name, count => checkedModel.Elaborate(new Dictionary<string, int> { [rows] = count }, rows, DType.F64), ["y"], n);
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = y }, n);
        var method = new Vi { Guide = [new(new NormalGuide())], Samples = 2, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = steps, Schedule = new CosineSchedule() } };
        var fit = method.Fit(new(model, data, new CpuBackend(), 3)).Required;
        Assert.Equal(StopReason.Completed, fit.Stop);
        return fit.Posterior.Sample(new CpuBackend(), new() { Draws = 500, Seed = 1 }, data);
    }

    private static double Mean(HostTensor draws, int size, int component) => Enumerable.Range(0, draws.Shape[0]).Average(d => draws[d * size + component]);

    private static int Pick(Random random, double[] weights)
    {
        var u = random.NextDouble();
        var c = 0;
        while (c < weights.Length - 1 && (u -= weights[c]) > 0) c++;
        return c;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static long Poisson(Random random, double rate)
    {
        var (count, product) = (0L, random.NextDouble());
        for (; product > Math.Exp(-rate); count++) product *= random.NextDouble();
        return count;
    }
}
