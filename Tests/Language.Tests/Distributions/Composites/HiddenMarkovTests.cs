using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Hidden Markov models against sums over all paths, an independent recursion, and their own draws.</summary>
public class HiddenMarkovTests
{
    // Written out up to 9 steps, loops beyond.
    public static TheoryData<int, int> Sizes => new() { { 1, 3 }, { 2, 2 }, { 3, 5 }, { 5, 1 }, { 9, 2 }, { 11, 2 }, { 10, 3 } };

    /// <summary>Two sequences at once, each with chains and emissions of its own that also differ between steps.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void Equals_the_sum_over_all_paths(int t, int k)
    {
        var random = new Random(31 * t + k);
        var cases = Enumerable.Range(0, 2).Select(_ => new Chain(random, t, k)).ToArray();
        var at = Batched(cases);
        Assert.Equal([2, t], at.Shape);
        var value = Run.Constants(DType.F64, [2, t], Numbers(random, 2 * t));
        var results = Run.Values([at.LogDensity(value), HiddenMarkov.StateMarginals(at, value), HiddenMarkov.MostLikelyStates(at, value)]);
        Assert.Equal([2, t, k], results[1].Shape);
        Assert.Equal([2, t], results[2].Shape);
        for (var c = 0; c < 2; c++)
        {
            var (log, marginals, best) = ChainReference.BruteForce(cases[c].Start, cases[c].Move, cases[c].Emissions(Run.Value(value).ToDoubles()[(c * t)..(c * t + t)]), t);
            Run.Close(results[0][c], log, 1e-12 * (1 + Math.Abs(log)), "log-density");
            for (var i = 0; i < t * k; i++) Run.Close(results[1][c * t * k + i], marginals[i], 1e-12, "marginal");
            for (var i = 0; i < t; i++) Assert.Equal(best[i], (long)results[2][c * t + i]);
            for (var i = 0; i < t; i++) Run.Close(Enumerable.Range(0, k).Sum(s => results[1][(c * t + i) * k + s]), 1, 1e-13, "sum of marginals");
        }
    }

    [Fact]
    public void A_long_chain_equals_the_scaled_recursion()
    {
        const int t = 200, k = 3;
        var random = new Random(5);
        var chain = new Chain(random, t, k);
        var y = Numbers(random, t);
        var (log, marginals) = ChainReference.Scaled(chain.Start, chain.Move, chain.Emissions(y), t);
        var at = chain.Instance;
        var value = Run.Constants(DType.F64, [t], y);
        var results = Run.Values([at.LogDensity(value), HiddenMarkov.StateMarginals(at, value)]);
        Run.Close(results[0][0], log, 1e-12 * Math.Abs(log), "log-density");
        for (var i = 0; i < t * k; i++) Run.Close(results[1][i], marginals[i], 1e-11, "marginal");
    }

    /// <summary>A chain that cannot go back, reach a state, or start in another: nothing is NaN, and what can happen is exact.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void Impossible_moves_give_finite_gradients(int t)
    {
        double[] start = [1, 0, 0], move = [0.75, 0.25, 0, 0, 0.5, 0.5, 0, 0, 1];
        var random = new Random(t);
        // The chain jumps by two levels at once, which no path can explain but through a very unlikely state.
        var y = Enumerable.Range(0, t).Select(i => i < t / 2 ? 0.1 : 400.3).ToArray();
        Tensor[] variables =
        [
            Run.Constants(DType.F64, [3], start), Run.Constants(DType.F64, [3, 3], move), Run.Constants(DType.F64, [3], [0, 200, 400]), Run.Constants(DType.F64, [3], [1.1, 0.9, 1.3]),
        ];
        var at = HiddenMarkov.Of(variables[0], variables[1], Steps(Normal.Of(variables[2], variables[3]), t));
        var value = Run.Constants(DType.F64, [t], y);
        var density = at.LogDensity(value);
        var results = Run.Values([density, .. Vjp.Gradients(density, variables), HiddenMarkov.StateMarginals(at, value)]);
        var emissions = y.SelectMany(x => new[] { LogNormal(x, 0, 1.1), LogNormal(x, 200, 0.9), LogNormal(x, 400, 1.3) }).ToArray();
        Run.Close(results[0][0], LogOfBestOrders(start, move, emissions, t), 1e-10 * Math.Abs(results[0][0]), "log-density");
        Assert.All(results, r => Assert.All(r.ToDoubles(), v => Assert.True(double.IsFinite(v), r.ToString())));
        Assert.Equal(0, results[1][1]);
        for (var i = 0; i < t; i++) Run.Close(Enumerable.Range(0, 3).Sum(s => results[^1][i * 3 + s]), 1, 1e-12, "sum of marginals");
    }

    /// <summary>With observations that show the state, the frequencies of whole paths are their probabilities.</summary>
    [Fact]
    public void Draws_are_paths_of_the_chain()
    {
        const int draws = 30_000, k = 3;
        double[] start = [0.25, 0.6875, 0.0625], move = [0.5, 0.375, 0.125, 0, 0.25, 0.75, 0.625, 0.125, 0.25];
        foreach (var t in new[] { 3, 14 })
        {
            var shown = CategoricalProbs.Of(Run.Constants(DType.F64, [k, k], [1, 0, 0, 0, 1, 0, 0, 0, 1]));
            var at = HiddenMarkov.Of(Run.Constants(DType.F64, [k], start), Run.Constants(DType.F64, [k, k], move), Steps(shown, t));
            var paths = Run.Draws(at, draws).ToDoubles().Chunk(t).ToArray();
            // The last three states, whose start has the probabilities of step t - 3.
            var at3 = start;
            for (var i = 0; i < t - 3; i++) at3 = [.. Enumerable.Range(0, k).Select(s => Enumerable.Range(0, k).Sum(r => at3[r] * move[r * k + s]))];
            var outcomes = Enumerable.Range(0, 27).Select(c => (A: c / 9, B: c / 3 % 3, C: c % 3)).ToArray();
            double[] probabilities = [.. outcomes.Select(o => at3[o.A] * move[o.A * k + o.B] * move[o.B * k + o.C])];
            int[] counts = [.. outcomes.Select(o => paths.Count(p => p[t - 3] == o.A && p[t - 2] == o.B && p[t - 1] == o.C))];
            Stat.FrequenciesAre(probabilities, counts, draws, 0.04, 60, $"paths of {t}");
            // The density of a fully seen path is the path's probability.
            var path = Enumerable.Range(0, t).Select(i => (long)paths[0][i]).ToArray();
            var expected = Math.Log(start[path[0]]) + Enumerable.Range(1, t - 1).Sum(i => Math.Log(move[path[i - 1] * k + path[i]]));
            Run.Close(Run.Number(at.LogDensity(Constant(HostTensor.Of([t], path)))), expected, 1e-12 * Math.Abs(expected), "density of a path");
        }
    }

    [Fact]
    public void Moments_are_those_of_draws()
    {
        const int t = 11, draws = 20_000;
        var at = new Chain(new Random(8), t, 2).Instance;
        var (mean, variance) = (Run.Value(at.Mean()!), Run.Value(at.Variance()!));
        var drawn = Run.Draws(at, draws).ToDoubles();
        for (var i = 0; i < t; i++)
        {
            double[] column = [.. Enumerable.Range(0, draws).Select(d => drawn[d * t + i])];
            Stat.MeanIs(mean[i], column, 0.2, 2 * t, $"mean of step {i}");
            Stat.MeanIs(variance[i], [.. column.Select(x => Math.Pow(x - mean[i], 2))], 0.8, 2 * t, $"variance of step {i}");
        }
    }

    /// <summary>The loop makes graphs of one size, whatever the length.</summary>
    [Fact]
    public void The_graph_does_not_grow_with_the_chain()
    {
        int Nodes(int t)
        {
            var at = new Chain(new Random(1), t, 2).Instance;
            var density = at.LogDensity(Run.Constants(DType.F64, [t], Numbers(new Random(2), t)));
            return Topology.Sort([density, .. Vjp.Gradients(density, at.Arguments)]).Length;
        }
        Assert.InRange(Nodes(400), 1, Nodes(100) + 20);
    }

    [Fact]
    public void Other_families_have_no_states() =>
        Assert.Throws<ArgumentException>(() => HiddenMarkov.StateMarginals(Normal.Of(Run.Constants(DType.F64, [], [0]), Run.Constants(DType.F64, [], [1])), Run.Constants(DType.F64, [], [0])));

    // log sum over non-decreasing paths, by the times of the two changes.
    private static double LogOfBestOrders(double[] start, double[] move, double[] emissions, int t)
    {
        var logs = new List<double>();
        for (var a = 1; a <= t; a++)
        {
            for (var b = a; b <= t; b++)
            {
                if (b == a && a < t) continue;
                var sum = Math.Log(start[0]);
                for (var i = 0; i < t; i++)
                {
                    var (s, before) = (i < a ? 0 : i < b ? 1 : 2, i - 1 < a ? 0 : i - 1 < b ? 1 : 2);
                    sum += emissions[i * 3 + s] + (i == 0 ? 0 : Math.Log(move[before * 3 + s]));
                }
                logs.Add(sum);
            }
        }
        var max = logs.Max();
        return max + Math.Log(logs.Sum(l => Math.Exp(l - max)));
    }

    private static double LogNormal(double x, double loc, double scale) => -0.5 * Math.Pow((x - loc) / scale, 2) - Math.Log(scale) - 0.5 * Math.Log(2 * Math.PI);

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 4 * random.NextDouble() - 2)];

    // Members [k] of the last batch axis, the same at each of t steps.
    private static Instance Steps(Instance members, int t) => members.Iid([t]);

    private static Instance Batched(Chain[] chains)
    {
        Tensor All(Func<Chain, Tensor> part) => Stack(chains.Select(part), 0);
        return HiddenMarkov.Of(All(c => c.Instance.Arguments[0]), All(c => c.Instance.Arguments[1]), Normal.Of(All(c => c.Instance.Arguments[2]), All(c => c.Instance.Arguments[3])));
    }

    /// <summary>A chain with normal observations whose locations differ between steps and states.</summary>
    private sealed class Chain
    {
        public Chain(Random random, int t, int k)
        {
            Start = Simplex(random, k);
            Move = [.. Enumerable.Range(0, k).SelectMany(_ => Simplex(random, k))];
            Loc = Numbers(random, t * k);
            Scale = [.. Numbers(random, t * k).Select(x => 0.5 + Math.Abs(x))];
            Instance = HiddenMarkov.Of(Run.Constants(DType.F64, [k], Start), Run.Constants(DType.F64, [k, k], Move), Normal.Of(Run.Constants(DType.F64, [t, k], Loc), Run.Constants(DType.F64, [t, k], Scale)));
        }

        public double[] Start { get; }

        public double[] Move { get; }

        public double[] Loc { get; }

        public double[] Scale { get; }

        public Instance Instance { get; }

        public double[] Emissions(double[] y) => [.. Loc.Select((loc, i) => LogNormal(y[i / Start.Length], loc, Scale[i]))];

        private static double[] Simplex(Random random, int k)
        {
            double[] parts = [.. Enumerable.Range(0, k).Select(_ => 0.1 + random.NextDouble())];
            return [.. parts.Select(p => p / parts.Sum())];
        }
    }
}
