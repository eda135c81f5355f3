using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>Programs with discrete latent sites, from text to memberships.</summary>
public class ProgramTests
{
    [Fact]
    public void AMixtureOfTextFindsItsClusters()
    {
        var model = Assert.Single(Check("""
            module Mixture

            model gmm [n] = prob {
                let! weights = dirichlet (ones [3])
                let! centre = normal 0.0 10.0 |> iid [3] |> ordered
                let! scale = halfNormal 2.0 |> iid [3]
                let! z = categoricalProbs weights |> iid [n]
                let! y = normal centre.[z] scale.[z]
                return y
            }
            """).Models);
        const int N = 211;
        var random = new Random(3);
        long[] labels = [.. Enumerable.Range(0, N).Select(_ => random.NextDouble() is var u && u < 0.5 ? 0L : u < 0.75 ? 1 : 2)];
        double[] centres = [-5, 1, 7], scales = [0.9, 0.6, 1.2];
        double[] y = [.. labels.Select(l => centres[l] + scales[l] * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
        var bound = new BoundModel(model.Name, n => model.Elaborate(new Dictionary<string, int> { ["n"] = n }, "n", DType.F64), ["y"], N);
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([N], y) }, N);
        var vi = new Vi { Samples = 2, Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 1500, Schedule = new CosineSchedule() } };
        var fit = vi.Fit(new(bound, data, new CpuBackend(), 5)).Required;
        var draws = fit.Posterior.Sample(new CpuBackend(), new() { Draws = 300, Seed = 1 })["centre"];
        for (var k = 0; k < 3; k++)
        {
            // Five standard errors of a cluster's mean, and as much for the width of the posterior.
            var error = 10 * scales[k] / Math.Sqrt(labels.Count(l => l == k));
            Assert.Equal(centres[k], Enumerable.Range(0, 300).Average(s => draws[s * 3 + k]), error);
        }
        var members = fit.Posterior.Classify(new CpuBackend(), data, new() { Draws = 50 }).Required["z"];
        Assert.True(labels.Where((l, i) => members.Label(i) == l).Count() > 0.97 * N);
    }

    private const string Loop = """
        module Regimes

        let step move level s a = prob {
            let! z = categorical move.[s]
            do! observe a (normal level.[z] 0.6)
            return z
        }

        model regimes (y : real[t], move : real[3, 3]) = prob {
            let! level = normal 0.0 2.0 |> iid [3]
            let! start = categorical (zeros [3])
            let! last = y |> fold (step move level) start
            return last
        }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void AStateDrawnInALoopIsSummedOutStepByStep(int steps)
    {
        var model = Assert.Single(Check(Loop).Models);
        var bound = new BoundModel(model.Name, _ => model.Elaborate(new Dictionary<string, int> { ["t"] = steps }, null, DType.F64), [], 1);
        var values = new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([steps], 3), ["move"] = Samples.Tensor([3, 3], 5), ["level"] = HostTensor.Of([3], [-0.8, 0.3, 1.4]) };
        var marginal = bound.SumOut(1).Required;
        Assert.Equal(2, marginal.Summed.Count);
        var all = BruteForce.Configurations(marginal.Joint, bound.IsObserved, values);
        var total = BruteForce.LogSum(all.Select(c => c.LogDensity));
        Tensor[] holes = [.. marginal.Graph.Arguments.Select(a => a.Value), .. marginal.Graph.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Value)];
        var terms = marginal.Graph.Sites.Where(s => !s.IsAbsorbed).Select(s => SumAll(s.Distribution.LogDensity(s.Value))).Concat(marginal.Graph.Factors.Select(f => SumAll(f.LogDensity)));
        Assert.Equal(total, Reference.Evaluate(new TensorGraph(holes, [("total", terms.Aggregate((a, b) => a + b))]), [.. holes.Select(h => values[h.InputName()])])[0][0], 1e-10);
    }

    [Fact]
    public void LongChainsFitAndAreClassified()
    {
        const int Steps = 60;
        var model = Assert.Single(Check(Loop).Models);
        var random = new Random(17);
        double[] levels = [-3, 0, 3];
        var (state, labels) = (0, new int[Steps]);
        for (var t = 0; t < Steps; t++)
        {
            if (random.NextDouble() < 0.2) state = random.Next(3);
            labels[t] = state;
        }
        double[] y = [.. labels.Select(l => levels[l] + 0.6 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
        var bound = BoundProgram.Ready(model, new Dictionary<string, int> { ["t"] = Steps }, null, [], DType.F64);
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Steps], y), ["move"] = HostTensor.Of([3, 3], [2.0, 0, 0, 0, 2, 0, 0, 0, 2]) }, 1);
        var fit = new Map { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 400 } }.Fit(new(bound, data, new CpuBackend(), 2)).Required;
        var found = fit.Posterior.Sample(new CpuBackend(), new() { Draws = 2 }, data);
        double[] level = [.. Enumerable.Range(0, 3).Select(k => found["level"][k])];
        // Labels have no order of their own: each planted level is found under some label.
        Assert.All(levels, planted => Assert.True(level.Min(l => Math.Abs(l - planted)) < 0.6, string.Join(", ", level)));
        var members = fit.Posterior.Classify(new CpuBackend(), data, new()).Required;
        var z = members.Sites.Single(s => s.Elements.Rank == 1);
        Assert.True(Enumerable.Range(0, Steps).Count(t => Math.Abs(level[z.Label(t)] - levels[labels[t]]) < 0.6) >= Steps - 3);
        Assert.Equal([2, Steps], found[z.Site].Shape);
    }

    private static CheckedProgram Check(string text)
    {
        var program = Checker.Check(new SourceText("model.prob", text));
        Assert.True(program.IsValid, string.Join("\n", program.Diagnostics.Map(d => $"{d.Span.Location}: {d.Message}")));
        return program;
    }
}
