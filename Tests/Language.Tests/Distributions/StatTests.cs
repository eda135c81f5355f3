using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using Xunit.Sdk;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>The statistical assertions pass true claims, fail claims that are wrong by what they say they detect, and refuse samples too small.</summary>
public class StatTests
{
    private const int N = 20_000;

    private static double[] Draws => Run.Draws(Normal.Of(Run.Constants(DType.F64, [], [0.7]), Run.Constants(DType.F64, [], [1.3])), N).ToDoubles();

    private static double[] Cdf(double loc) => [.. Draws.Select(x => (1 + SpecialFunctions.Erf((x - loc) / 1.3 / Math.Sqrt(2))) / 2)];

    [Fact]
    public void Mean()
    {
        // 2 z s / sqrt(n) with z = 4.89 at 1e-6: 0.0900.
        Stat.MeanIs(0.7, Draws, 0.091, 1, "true");
        Assert.ThrowsAny<XunitException>(() => Stat.MeanIs(0.7 + 0.091, Draws, 0.091, 1, "off by what is detectable"));
        Assert.ThrowsAny<XunitException>(() => Stat.MeanIs(0.7, Draws, 0.089, 1, "too few draws"));
    }

    [Fact]
    public void Distribution_function()
    {
        // 2 sqrt(log(2e6) / (2 n)) = 0.0381; the functions of normals d deviations apart differ by 0.399 d at most.
        Stat.CdfIs(Cdf(0.7), 0.0382, 1, "true");
        Assert.ThrowsAny<XunitException>(() => Stat.CdfIs(Cdf(0.7 + 1.3 * 0.0382 / 0.398), 0.0382, 1, "off by what is detectable"));
        Assert.ThrowsAny<XunitException>(() => Stat.CdfIs(Cdf(0.7), 0.038, 1, "too few draws"));
    }

    [Fact]
    public void Frequencies()
    {
        var counts = new int[5];
        foreach (var x in Run.Draws(Poisson.Of(Run.Constants(DType.F64, [], [1.1])), N).ToDoubles().Where(x => x < 5)) counts[(int)x]++;
        double[] Probabilities(double rate) => [.. Enumerable.Range(0, 5).Select(k => Math.Exp(k * Math.Log(rate) - rate - SpecialFunctions.Lgamma(k + 1)))];
        Stat.FrequenciesAre(Probabilities(1.1), counts, N, 0.05, 1, "true");
        Assert.ThrowsAny<XunitException>(() => Stat.FrequenciesAre(Probabilities(1.25), counts, N, 0.05, 1, "p(0) off by 0.05"));
        Assert.ThrowsAny<XunitException>(() => Stat.FrequenciesAre(Probabilities(1.1), counts, N, 0.03, 1, "too few draws"));
        Assert.ThrowsAny<XunitException>(() => Stat.FrequenciesAre([0.5, 0.0, 0.5], [N / 2, 1, N / 2 - 1], N, 0.05, 1, "an impossible outcome"));
    }
}
