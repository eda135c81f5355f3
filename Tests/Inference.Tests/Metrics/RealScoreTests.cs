using MathNet.Numerics;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>Scores of predicted numbers against closed forms.</summary>
public sealed class RealScoreTests
{
    [Fact]
    public void RmseIsTheRootOfTheMeanSquare() => Assert.Equal(Math.Sqrt((9 + 16 + 0.25) / 3), RealScores.Rmse([1, 2, 3], [4, -2, 3.5]), 1e-15);

    [Fact]
    public void CoverageCountsClosedIntervals() => Assert.Equal(0.5, RealScores.Coverage([0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 1.0001, -3]));

    [Fact]
    public void QuantilesInterpolateBetweenOrderStatistics()
    {
        double[] sorted = [2, 3, 5, 11];
        Assert.Equal(2, RealScores.Quantile(sorted, 0));
        Assert.Equal(11, RealScores.Quantile(sorted, 1));
        Assert.Equal(4, RealScores.Quantile(sorted, 0.5), 1e-15);          // position 1.5
        Assert.Equal(5 + 0.925 * 6, RealScores.Quantile(sorted, 0.975), 1e-12); // position 2.925
        Assert.Equal(7, RealScores.Quantile([7], 0.3));
        Assert.Equal(double.PositiveInfinity, RealScores.Quantile([1, double.PositiveInfinity, double.PositiveInfinity], 0.75));
    }

    [Fact]
    public void CrpsMatchesItsDefinitionByAllPairs()
    {
        double[] draws = [.. Numbers.Normals(5, 23).Select(z => 3 + 2 * z).Order()];
        foreach (var y in (double[])[-4, 2.9, 3, draws[7], 30])
        {
            var direct = draws.Average(x => Math.Abs(x - y)) - draws.SelectMany(_ => draws, (a, b) => Math.Abs(a - b)).Average() / 2;
            Assert.Equal(direct, RealScores.Crps(draws, y), 1e-12);
        }
        Assert.Equal(2.5, RealScores.Crps([4], 6.5)); // one draw: absolute error
    }

    [Fact]
    public void CrpsOfNormalQuantilesApproachesTheClosedForm()
    {
        // Gneiting and Raftery (2007), eq. 22 has the normal's: s (z (2 F(z) - 1) + 2 f(z) - 1/sqrt(pi)). With S mid-point quantiles in place of
        // random draws the difference is of order 1/S, and needs no statistical bound.
        const int s = 20001;
        const double mean = 1.7, scale = 2.3;
        double[] draws = [.. Enumerable.Range(0, s).Select(i => mean + scale * Math.Sqrt(2) * SpecialFunctions.ErfInv(2 * (i + 0.5) / s - 1))];
        foreach (var y in (double[])[-3, 1, 1.7, 6])
        {
            var z = (y - mean) / scale;
            var expected = scale * (z * SpecialFunctions.Erf(z / Math.Sqrt(2)) + 2 * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) - 1 / Math.Sqrt(Math.PI));
            Assert.Equal(expected, RealScores.Crps(draws, y), 5e-4);
        }
    }

    [Fact]
    public void WrongCountsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => RealScores.Rmse([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => RealScores.Coverage([], [], []));
        Assert.Throws<ArgumentException>(() => RealScores.Crps([], 1));
    }
}
