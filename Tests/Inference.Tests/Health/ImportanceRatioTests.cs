using ProbNet.Inference.Health;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Health;

/// <summary>The shape of tails, and k-hat.</summary>
public class ImportanceRatioTests
{
    // x at the quantiles (i + 1/2) / n of the distribution with shape k and scale s.
    private static double[] Quantiles(int n, double k, double scale) => [.. Enumerable.Range(0, n).Select(i =>
    {
        var log = Math.Log(1 - (i + 0.5) / n);
        return scale * (k == 0 ? -log : (Math.Exp(-k * log) - 1) / k);
    })];

    [Fact]
    public void The_shape_of_a_sample_at_quantiles_is_found()
    {
        // A sample without noise has the shape up to what the two outermost of n quantiles leave open and the prior's pull, both of order 1 / n.
        foreach (var k in (double[])[-0.3, 0, 0.25, 0.5, 0.7, 1, 1.6])
        {
            foreach (var scale in (double[])[0.03, 7])
            {
                var (few, many) = (GeneralizedPareto.Shape(Quantiles(200, k, scale)), GeneralizedPareto.Shape(Quantiles(20_000, k, scale)));
                Assert.Equal(k, few, 0.1);
                Assert.Equal(k, many, 0.01);
            }
        }
        Assert.Equal(0, GeneralizedPareto.Shape([0, 0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => GeneralizedPareto.Shape([1, 2, 3, 4]));
    }

    [Fact]
    public void K_hat_finds_the_tail_of_ratios()
    {
        // Ratios u^-k have the Pareto tail of shape k exactly; the prior pulls M = 141 of them towards 1/2 with the weight of 10.
        const int draws = ImportanceRatios.EnoughDraws;
        var tail = Math.Ceiling(3 * Math.Sqrt(draws));
        foreach (var k in (double[])[0.1, 0.5, 0.9, 2])
        {
            double[] log = [.. Enumerable.Range(0, draws).Select(i => -k * Math.Log((i + 0.5) / draws) - 1234.5)];
            Assert.Equal((k * tail + 5) / (tail + 10), ImportanceRatios.KHat(log), 0.1);
        }
    }

    [Fact]
    public void Ratios_that_do_not_differ_are_those_of_an_exact_posterior()
    {
        Assert.Equal(0, ImportanceRatios.KHat([.. Enumerable.Range(0, 300).Select(i => -55.5 + 1e-9 * i)]));
        Assert.Equal(double.PositiveInfinity, ImportanceRatios.KHat([.. Enumerable.Range(0, 300).Select(i => i == 7 ? double.NaN : i)]));
        // Draws outside the posterior's support have ratio 0.
        Assert.True(double.IsFinite(ImportanceRatios.KHat([.. Enumerable.Range(0, 300).Select(i => i < 50 ? double.NegativeInfinity : i * 0.001)])));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImportanceRatios.KHat(new double[199]));
    }

    [Fact]
    public void The_threshold_is_that_of_the_paper()
    {
        Assert.Equal(0.5, ImportanceRatios.Threshold(100), 1e-12);
        Assert.Equal(0.7, ImportanceRatios.Threshold(ImportanceRatios.EnoughDraws), 1e-12);
        Assert.InRange(ImportanceRatios.Threshold(2100), 0.69, 0.6999);
    }
}
