using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Health;

namespace ProbNet.Inference.Tests.Health;

/// <summary>Trends of histories.</summary>
public class ElboTrendTests
{
    internal static EqArray<EpochRecord> History(int records, Func<int, double> elbo) => Enumerable.Range(1, records).Select(e => new EpochRecord(e, e, elbo(e), elbo(e) - 2, 2)).ToEqArray();

    [Fact]
    public void A_straight_line_is_found_exactly()
    {
        var trend = ElboTrend.Of(History(100, e => 3 * e - 1000))!;
        Assert.Equal(25, trend.Records);
        Assert.Equal(3 * 24, trend.Change, 1e-9);
        Assert.Equal(0, trend.Noise, 1e-9);
        // From the first record to the last.
        Assert.Equal(3 * 99, trend.Gain, 1e-9);
        Assert.Null(ElboTrend.Of(History(31, e => e)));
    }

    [Fact]
    public void The_error_is_that_of_least_squares()
    {
        // Noise of ±1 in turns: the formulas of simple regression, worked out with sums over the records.
        var trend = ElboTrend.Of(History(80, e => 0.5 * e + (e % 2 == 0 ? 1 : -1)))!;
        double[] x = [.. Enumerable.Range(61, 20).Select(e => (double)e)], y = [.. x.Select(e => 0.5 * e + (e % 2 == 0 ? 1 : -1))];
        var xx = x.Sum(v => (v - x.Average()) * (v - x.Average()));
        var slope = x.Zip(y, (a, b) => (a - x.Average()) * b).Sum() / xx;
        var rest = x.Zip(y, (a, b) => b - y.Average() - slope * (a - x.Average())).Sum(r => r * r);
        Assert.Equal(slope * 19, trend.Change, 1e-9);
        Assert.Equal(Math.Sqrt(rest / 18), trend.Noise, 1e-9);
        Assert.Equal(Math.Sqrt(rest / 18 / xx) * 19, trend.ChangeError, 1e-9);
    }
}
