namespace ProbNet.Inference.Health;

/// <summary>The generalised Pareto distribution, p(x) = (1 + k x / s)^(-1/k - 1) / s for x &gt; 0: what the excesses of a tail over a high threshold follow.</summary>
public static class GeneralizedPareto
{
    /// <summary>
    /// The shape k of a sample: moments of order r exist for r &lt; 1 / k. The mean over a data-driven grid of the profile posterior of k / s.
    /// </summary>
    /// <remarks>
    /// Source: Zhang and Stephens, A new and efficient estimation method for the generalized Pareto distribution, Technometrics 51 (2009), sec. 3. The sign of k is that of the
    /// extreme-value literature, opposite to theirs.
    /// </remarks>
    /// <param name="sorted">The sample, ascending, not below 0; at least 5 numbers.</param>
    public static double Shape(ReadOnlySpan<double> sorted)
    {
        var n = sorted.Length;
        if (n < 5) throw new ArgumentException($"{n} numbers are too few", nameof(sorted));
        // A sample without spread has a tail of length 0.
        if (sorted[^1] <= 0) return 0;
        const double prior = 3;
        var points = 30 + (int)Math.Sqrt(n);
        var quartile = Math.Max(sorted[(int)(n / 4.0 + 0.5) - 1], sorted[^1] * 1e-300);
        var (theta, log) = (new double[points], new double[points]);
        for (var j = 0; j < points; j++)
        {
            theta[j] = 1 / sorted[^1] + (1 - Math.Sqrt(points / (j + 0.5))) / (prior * quartile);
            log[j] = n * ProfileLogLikelihood(theta[j], sorted);
        }
        var (largest, total, mean) = (double.NegativeInfinity, 0.0, 0.0);
        foreach (var l in log) if (l > largest) largest = l;
        for (var j = 0; j < points; j++)
        {
            var weight = double.IsNaN(log[j]) ? 0 : Math.Exp(log[j] - largest);
            (total, mean) = (total + weight, mean + weight * theta[j]);
        }
        return MeanLog(mean / total, sorted);
    }

    // Per number, with the scale at its maximum s = -k / theta for theta = -k / s.
    private static double ProfileLogLikelihood(double theta, ReadOnlySpan<double> x)
    {
        var k = MeanLog(theta, x);
        // The exponential limit: -theta / k tends to the inverse of the mean.
        return Math.Log(k == 0 ? 1 / Mean(x) : -theta / k) - k - 1;
    }

    private static double MeanLog(double theta, ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        foreach (var v in x) sum += LogOnePlus(-theta * v);
        return sum / x.Length;
    }

    private static double Mean(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        foreach (var v in x) sum += v;
        return sum / x.Length;
    }

    // Kahan's correction of log(1 + x), which the runtime's own function lacks.
    private static double LogOnePlus(double x)
    {
        var y = 1 + x;
        return y == 1 ? x : Math.Log(y) * (x / (y - 1));
    }
}
