namespace ProbNet.Inference.Metrics;

/// <summary>Scores of predicted numbers.</summary>
public static class RealScores
{
    /// <summary>The root of the mean over rows of (mean - observed)^2, in the outcome's units.</summary>
    public static double Rmse(ReadOnlySpan<double> mean, ReadOnlySpan<double> observed)
    {
        Shapes.Require(mean.Length, observed.Length, nameof(mean));
        var sum = 0.0;
        for (var i = 0; i < mean.Length; i++) sum += (mean[i] - observed[i]) * (mean[i] - observed[i]);
        return Math.Sqrt(sum / mean.Length);
    }

    /// <summary>The fraction of rows with lower &lt;= observed &lt;= upper; for central 95 % intervals, 0.95 if they are calibrated.</summary>
    public static double Coverage(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> observed)
    {
        Shapes.Require(lower.Length, observed.Length, nameof(lower));
        Shapes.Require(upper.Length, observed.Length, nameof(upper));
        var inside = 0;
        for (var i = 0; i < observed.Length; i++) inside += lower[i] <= observed[i] && observed[i] <= upper[i] ? 1 : 0;
        return (double)inside / observed.Length;
    }

    /// <summary>
    /// The quantile at <paramref name="level"/> of sorted values: linear interpolation at position (S - 1) level, from 0.
    /// Source: Hyndman and Fan (1996), Sample quantiles in statistical packages, definition 7.
    /// </summary>
    public static double Quantile(ReadOnlySpan<double> sorted, double level)
    {
        if (sorted.IsEmpty) throw new ArgumentException("there are no values", nameof(sorted));
        var position = (sorted.Length - 1) * level;
        var below = (int)position;
        if (below >= sorted.Length - 1) return sorted[^1];
        var (a, b) = (sorted[below], sorted[below + 1]);
        // Equal neighbours need no interpolation, and for infinite ones it would give NaN.
        return a == b ? a : a + (position - below) * (b - a);
    }

    /// <summary>
    /// The continuous ranked probability score of one outcome against the empirical distribution of draws, E|X - y| - E|X - X'| / 2, in the
    /// outcome's units; lower is better. With sorted draws x_1 … x_S: (1/S) sum_s |x_s - y| - (1/S^2) sum_s (2 s - S - 1) x_s.
    /// Source: Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, eq. 21.
    /// </summary>
    public static double Crps(ReadOnlySpan<double> sorted, double observed)
    {
        if (sorted.IsEmpty) throw new ArgumentException("there are no values", nameof(sorted));
        double miss = 0, spread = 0, n = sorted.Length;
        for (var s = 0; s < sorted.Length; s++)
        {
            miss += Math.Abs(sorted[s] - observed);
            spread += (2 * s + 1 - n) * sorted[s];
        }
        return miss / n - spread / (n * n);
    }
}
