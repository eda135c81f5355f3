namespace ProbNet.Inference.Metrics;

/// <summary>
/// The log posterior predictive density of each row, log (1/S) sum_s p(y_i | theta_s), from log-likelihoods that come draw by draw: a running
/// log-mean-exp, one number and one sum a row. It is the mean of densities, not of their logs (which Jensen's inequality puts below it).
/// Each draw is added in turn, so the result does not depend on how draws are cut into chunks.
/// Source: Gelman, Hwang and Vehtari (2014), Understanding predictive information criteria, eq. 5.
/// </summary>
/// <param name="rows">n.</param>
public sealed class PredictiveLogDensity(int rows)
{
    private readonly double[] _max = Filled(rows);
    private readonly double[] _sum = new double[rows];
    private int _draws;

    /// <summary>Adds some draws.</summary>
    /// <param name="logLikelihood">log p(y_i | theta_s) in nats, [s, n]; -infinity is an impossible row.</param>
    public void Add(ReadOnlySpan<double> logLikelihood)
    {
        var draws = Shapes.Draws(logLikelihood.Length, rows, nameof(logLikelihood));
        for (var s = 0; s < draws; s++)
        {
            for (var i = 0; i < rows; i++) (_max[i], _sum[i]) = Include(_max[i], _sum[i], logLikelihood[s * rows + i]);
        }
        _draws += draws;
    }

    /// <summary>The log predictive density of each row in nats, [n].</summary>
    public double[] PerRow()
    {
        if (_draws == 0) throw new InvalidOperationException("no draws were added");
        var result = new double[rows];
        for (var i = 0; i < rows; i++) result[i] = _max[i] + Math.Log(_sum[i] / _draws);
        return result;
    }

    /// <summary>The negative mean over rows of the log predictive density, in nats a row: the metric <c>nll</c>.</summary>
    public double NegMean() => -PerRow().Average();

    /// <summary>log (1/S) sum_s exp(x_s).</summary>
    public static double LogMeanExp(ReadOnlySpan<double> values)
    {
        var (max, sum) = (double.NegativeInfinity, 0.0);
        foreach (var x in values) (max, sum) = Include(max, sum, x);
        return max + Math.Log(sum / values.Length);
    }

    // sum holds the terms so far divided by exp(max). Equal values are counted apart: for infinities the difference is not a number.
    private static (double Max, double Sum) Include(double max, double sum, double x) =>
        x == max ? (max, sum + 1) : x > max ? (x, sum * Math.Exp(max - x) + 1) : (max, sum + Math.Exp(x - max));

    private static double[] Filled(int rows)
    {
        var result = new double[rows];
        Array.Fill(result, double.NegativeInfinity);
        return result;
    }
}
