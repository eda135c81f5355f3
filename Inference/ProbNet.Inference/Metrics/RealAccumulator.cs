using ProbNet.Graph;

namespace ProbNet.Inference.Metrics;

/// <summary>
/// Gathers predictions of numbers draw by draw: running moments, and draws of the outcome for quantiles. At most <paramref name="capacity"/>
/// draws a row are held; past that every second one is dropped and only every second new one kept, and so on (an even thinning in the order of
/// arrival, which is exact while draws fit and leaves at least half the capacity after). Memory: 8 n capacity bytes at most. Draws are
/// added in turn, so the result does not depend on how they are cut into chunks.
/// </summary>
/// <param name="rows">n: rows, times the elements of an outcome that is no scalar.</param>
/// <param name="capacity">The most draws held for quantiles, even; 2048 puts an error of about 0.003 on the level of a 0.025 quantile (one standard deviation).</param>
public sealed class RealAccumulator(int rows, int capacity = 2048)
{
    private readonly double[] _mean = new double[rows], _squares = new double[rows], _variance = new double[rows];
    private readonly List<double[]> _held = [];
    private readonly int _capacity = capacity >= 2 && capacity % 2 == 0 ? capacity
        : throw new ArgumentException("the capacity is even and positive", nameof(capacity));
    private int _moments, _draws, _stride = 1;

    /// <summary>Adds the first two moments of the outcome under some draws of the parameters.</summary>
    /// <param name="mean">E[y_i | theta_s], [s, n].</param>
    /// <param name="variance">Var[y_i | theta_s], [s, n].</param>
    public void AddMoments(ReadOnlySpan<double> mean, ReadOnlySpan<double> variance)
    {
        Shapes.Require(variance.Length, mean.Length, nameof(variance));
        var draws = Shapes.Draws(mean.Length, rows, nameof(mean));
        for (var s = 0; s < draws; s++)
        {
            _moments++;
            for (var i = 0; i < rows; i++)
            {
                var x = mean[s * rows + i];
                var step = x - _mean[i];
                _mean[i] += step / _moments; // Welford (1962)
                _squares[i] += step * (x - _mean[i]);
                _variance[i] += variance[s * rows + i];
            }
        }
    }

    /// <summary>Adds predictive draws y_s ~ p(y | theta_s), [s, n].</summary>
    public void AddDraws(ReadOnlySpan<double> outcomes)
    {
        var draws = Shapes.Draws(outcomes.Length, rows, nameof(outcomes));
        for (var s = 0; s < draws; s++, _draws++)
        {
            if (_draws % _stride != 0) continue;
            if (_held.Count == _capacity)
            {
                for (var kept = 0; kept < _capacity / 2; kept++) _held[kept] = _held[2 * kept];
                _held.RemoveRange(_capacity / 2, _capacity / 2);
                _stride *= 2; // the capacity is even, so this draw is one of those kept
            }
            _held.Add(outcomes.Slice(s * rows, rows).ToArray());
        }
    }

    /// <summary>The prediction over what was added so far: at least one draw of moments and of outcomes.</summary>
    public RealSummary Summary()
    {
        if (_moments == 0 || _held.Count == 0) throw new InvalidOperationException("no draws were added");
        var quantiles = new double[rows * RealSummary.Levels.Count];
        for (var i = 0; i < rows; i++)
        {
            var sorted = Sorted(i);
            for (var q = 0; q < RealSummary.Levels.Count; q++) quantiles[i * RealSummary.Levels.Count + q] = RealScores.Quantile(sorted, RealSummary.Levels[q]);
        }
        return new(rows, [.. _mean], [.. _variance.Select(v => v / _moments)], [.. _squares.Select(v => v / _moments)], [.. quantiles]);
    }

    /// <summary>The continuous ranked probability score of each row against the held draws, [n].</summary>
    public double[] Crps(ReadOnlySpan<double> observed)
    {
        Shapes.Require(observed.Length, rows, nameof(observed));
        var result = new double[rows];
        for (var i = 0; i < rows; i++) result[i] = RealScores.Crps(Sorted(i), observed[i]);
        return result;
    }

    private double[] Sorted(int row)
    {
        var values = new double[_held.Count];
        for (var s = 0; s < values.Length; s++) values[s] = _held[s][row];
        Array.Sort(values);
        return values;
    }
}
