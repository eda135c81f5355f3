using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Families made from others against their definitions, written out in numbers.</summary>
public class CompositeTests
{
    [Fact]
    public void A_mixture_is_the_weighted_sum_of_its_components()
    {
        double[] w = [0.2, 0.5, 0.3], loc = [-1, 0.4, 3], scale = [0.5, 1.7, 0.9], x = [-2.2, 0.1, 2.5, 9];
        var at = Mixture.Of(Vector(w), Normal.Of(Vector(loc), Vector(scale))).Iid([4]);
        var results = Run.Values([at.LogDensity(Vector(x)), at.Family.Cdf(Vector(x), at.Arguments)!]);
        for (var i = 0; i < 4; i++)
        {
            var density = Enumerable.Range(0, 3).Sum(c => w[c] * Math.Exp(-0.5 * Math.Pow((x[i] - loc[c]) / scale[c], 2)) / (scale[c] * Math.Sqrt(2 * Math.PI)));
            Run.Close(results[0][i], Math.Log(density), 1e-13 * (1 + Math.Abs(Math.Log(density))), $"at {x[i]}");
        }
        Assert.Equal("mixture(normal)", at.Family.Name);
    }

    /// <summary>Components of one family in a list and as a batch are the same mixture, also where they are of different families by declaration.</summary>
    [Fact]
    public void Stacked_and_listed_mixtures_agree()
    {
        double[] w = [0.2, 0.8], loc = [-1, 0.4], scale = [0.5, 1.7], x = [-2.2, 0.1, 2.5];
        var stacked = Mixture.Of(Vector(w), Normal.Of(Vector(loc), Vector(scale))).Iid([3]);
        var listed = Instance.Of(new MixtureOf([Normal.Family, Normal.Family]), [Vector(w), .. loc.Zip(scale, (l, s) => new[] { Number(l), Number(s) }).SelectMany(p => p)]).Iid([3]);
        var results = Run.Values([stacked.LogDensity(Vector(x)), listed.LogDensity(Vector(x)), stacked.Mean()!, listed.Mean()!, stacked.Variance()!, listed.Variance()!]);
        for (var r = 0; r < 6; r += 2)
        {
            for (var i = 0; i < 3; i++) Run.Close(results[r][i], results[r + 1][i], 1e-14 * (1 + Math.Abs(results[r][i])), $"result {r}");
        }
    }

    [Fact]
    public void A_mixture_of_labels_has_the_mixed_probabilities()
    {
        const int draws = 20_000;
        double[] w = [0.375, 0.625], probs = [0.5, 0.25, 0.25, 0.125, 0, 0.875];
        var at = Mixture.Of(Vector(w), CategoricalProbs.Of(Run.Constants(DType.F64, [2, 3], probs)));
        double[] expected = [.. Enumerable.Range(0, 3).Select(c => w[0] * probs[c] + w[1] * probs[3 + c])];
        var logs = Run.LogDensity(at, [.. Enumerable.Range(0, 3).Select(c => HostTensor.Scalar((long)c))]);
        for (var c = 0; c < 3; c++) Run.Close(logs[c], Math.Log(expected[c]), 1e-14, $"label {c}");
        var counts = Run.Draws(at, draws).ToDoubles().CountBy(v => (int)v).ToDictionary();
        Stat.FrequenciesAre(expected, [.. Enumerable.Range(0, 3).Select(c => counts[c])], draws, 0.05, 10, "labels");
        Assert.True(double.IsNegativeInfinity(Run.LogDensity(at, [HostTensor.Scalar(3L)])[0]));
    }

    [Fact]
    public void Families_are_equal_by_what_they_are_made_of()
    {
        Assert.Equal(new Mixture(Normal.Family), new Mixture(Normal.Family));
        Assert.NotEqual<Distribution>(new Mixture(Normal.Family), new Mixture(Gamma.Family));
        Assert.NotEqual<Distribution>(new Mixture(Normal.Family), new MixtureOf([Normal.Family]));
        Assert.NotEqual<Distribution>(new OrderedIid(Normal.Family, 3), new OrderedIid(Normal.Family, 5));
        Assert.Equal(new ZeroInflated(Poisson.Family).GetHashCode(), new ZeroInflated(Poisson.Family).GetHashCode());
    }

    /// <summary>
    /// Far above the median, where the distribution function is 1: an exponential forgets where it was cut, and for a normal the reference is
    /// log(phi(9.7) / (erfc(9.5 / sqrt 2) / 2)) with the C library's erfc.
    /// </summary>
    [Fact]
    public void Truncation_far_out_keeps_its_precision()
    {
        Run.Close(Run.Number(Truncated.Of(Number(40), null, Exponential.Of(Number(1))).LogDensity(Number(41))), -1, 1e-12, "exponential");
        Run.Close(Run.Number(Truncated.Of(Number(9.5), null, Normal.Of(Number(0), Number(1))).LogDensity(Number(9.7))), 0.34208076576054935, 1e-10, "normal");
        Run.Close(Run.Number(Truncated.Of(null, Number(-9.5), Normal.Of(Number(0), Number(1))).LogDensity(Number(-9.7))), 0.34208076576054935, 1e-10, "mirrored");
    }

    /// <summary>Over the plane, without the order, the density integrates to 1: half of a sum over a grid of both halves.</summary>
    [Fact]
    public void Ordered_pairs_integrate_to_one()
    {
        const double step = 0.04;
        const int n = 401;
        double[] axis = [.. Enumerable.Range(0, n).Select(i => 0.7 + step * (i - n / 2))];
        var at = OrderedIid.Of(Normal.Of(Number(0.7), Number(1.3)).Iid([2])).Iid([n * n]);
        var points = axis.SelectMany(a => axis.Select(b => new[] { Math.Min(a, b), Math.Max(a, b) })).SelectMany(p => p).ToArray();
        var logs = Run.Value(at.LogDensity(Run.Constants(DType.F64, [n * n, 2], points))).ToDoubles();
        Run.Close(logs.Sum(Math.Exp) * step * step / 2, 1, 1e-8, "total mass");
    }

    /// <summary>P(x_(i) ≤ x) = sum over j ≥ i of C(n, j) F^j (1 - F)^(n - j), for every i and sizes that are no powers of 2.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Order_statistics_have_their_distributions(int n)
    {
        const int draws = 6_000;
        var at = OrderedIid.Of(Normal.Of(Number(-2), Number(0.6)).Iid([n]));
        var drawn = Run.Draws(at, draws).ToDoubles();
        var cdf = Run.Value(Normal.Family.Cdf(Vector(drawn), [Full(DType.F64, [drawn.Length], -2), Full(DType.F64, [drawn.Length], 0.6)])!).ToDoubles();
        for (var i = 1; i <= n; i++)
        {
            double Tail(double f) => Enumerable.Range(i, n - i + 1).Sum(j => Choose(n, j) * Math.Pow(f, j) * Math.Pow(1 - f, n - j));
            Stat.CdfIs([.. Enumerable.Range(0, draws).Select(d => Tail(cdf[d * n + i - 1]))], 0.09, 20, $"statistic {i} of {n}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    [InlineData(64)]
    public void The_network_sorts(int n)
    {
        var random = new Random(n);
        double[] values = [.. Enumerable.Range(0, 5 * n).Select(_ => Math.Round(20 * random.NextDouble()))];
        var sorted = Run.Value(SortingNetwork.Ascending(Run.Constants(DType.F64, [5, n], values))).ToDoubles();
        Assert.Equal(values.Chunk(n).SelectMany(r => r.Order()), sorted);
    }

    /// <summary>A walk and an autoregression are multivariate normals: covariances of draws, and densities by the covariance's factor.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.8)]
    public void Processes_are_multivariate_normals(double coefficient)
    {
        const int t = 5;
        double[] scale = [0.7, 1.3, 0.9, 1.1, 0.4], x = [0.3, -1, 2.2, 0.8, 0.1];
        var at = coefficient == 1 ? GaussianRandomWalk.Of(Number(0.6), Vector(scale)) : Autoregressive.Of(Number(coefficient), Vector(scale));
        // x = start + factor z.
        double[] factor = [.. Enumerable.Range(0, t * t).Select(e => e % t > e / t ? 0 : Math.Pow(coefficient, e / t - e % t) * scale[e % t])];
        var normal = MultivariateNormal.Of(Full(DType.F64, [t], coefficient == 1 ? 0.6 : 0), Run.Constants(DType.F64, [t, t], factor));
        var results = Run.Values([at.LogDensity(Vector(x)), normal.LogDensity(Vector(x)), at.Mean()!, normal.Mean()!, at.Variance()!, normal.Variance()!, at.Entropy()!, normal.Entropy()!]);
        for (var r = 0; r < results.Length; r += 2)
        {
            for (var i = 0; i < results[r].Data.Length; i++) Run.Close(results[r][i], results[r + 1][i], 1e-12 * (1 + Math.Abs(results[r][i])), $"result {r}");
        }
        // Draws are factor z with the z of the source itself.
        var source = Run.Source(9, 3);
        var drawn = Run.Values([at.Sample(source), source.Normal(DType.F64, [t])]);
        for (var d = 0; d < 3; d++)
        {
            for (var i = 0; i < t; i++)
            {
                var expected = (coefficient == 1 ? 0.6 : 0) + Enumerable.Range(0, t).Sum(j => factor[i * t + j] * drawn[1][d * t + j]);
                Run.Close(drawn[0][d * t + i], expected, 1e-13 * (1 + Math.Abs(expected)), $"draw {d}, step {i}");
            }
        }
    }

    private static double Choose(int n, int k) => Enumerable.Range(1, k).Aggregate(1.0, (c, i) => c * (n - k + i) / i);

    private static Tensor Number(double value) => Run.Constants(DType.F64, [], [value]);

    private static Tensor Vector(params double[] values) => Run.Constants(DType.F64, [values.Length], values);
}
