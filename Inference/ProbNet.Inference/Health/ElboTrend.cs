using ProbNet.Graph;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Inference.Health;

/// <summary>What the last quarter of a history says: the least-squares line through the objective of its records.</summary>
/// <param name="Records">The number of records.</param>
/// <param name="Change">The change of the line over the quarter, in nats.</param>
/// <param name="ChangeError">Its standard error.</param>
/// <param name="Noise">The standard deviation of a record around the line.</param>
/// <param name="Gain">What was gained from the first record of the history to the end of the line, in nats.</param>
public sealed record ElboTrend(int Records, double Change, double ChangeError, double Noise, double Gain)
{
    /// <summary>Fewer records in the quarter say nothing of a trend.</summary>
    public const int FewestRecords = 8;

    /// <summary>The trend; null for a history of fewer than 4 times <see cref="FewestRecords"/> records.</summary>
    public static ElboTrend? Of(EqArray<EpochRecord> history)
    {
        var n = history.Count / 4;
        if (n < FewestRecords) return null;
        var y = history.Skip(history.Count - n).Select(r => r.Elbo).ToArray();
        var (centre, mean) = ((n - 1) / 2.0, y.Average());
        double xx = 0, xy = 0;
        for (var i = 0; i < n; i++) (xx, xy) = (xx + (i - centre) * (i - centre), xy + (i - centre) * (y[i] - mean));
        var slope = xy / xx;
        var squares = 0.0;
        for (var i = 0; i < n; i++) squares += Square(y[i] - mean - slope * (i - centre));
        var noise = Math.Sqrt(squares / (n - 2));
        return new(n, slope * (n - 1), noise / Math.Sqrt(xx) * (n - 1), noise, mean + slope * centre - history[0].Elbo);
    }

    private static double Square(double x) => x * x;
}
