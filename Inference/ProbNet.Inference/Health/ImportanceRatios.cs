namespace ProbNet.Inference.Health;

/// <summary>How well draws of q can stand for the posterior, by the tail of their importance ratios r = p(x, z) / q(z).</summary>
/// <remarks>
/// Sources: Vehtari, Simpson, Gelman, Yao, Gabry, Pareto smoothed importance sampling, JMLR 25 (2024); as a check of variational inference, Yao, Vehtari, Simpson, Gelman, Yes, but did it
/// work?: evaluating variational inference, ICML 2018, sec. 3.
/// </remarks>
public static class ImportanceRatios
{
    /// <summary>The number of draws at which <see cref="Threshold"/> reaches 0.7: 1 - 1 / log10(S) ≥ 0.7 from 10^(1 / 0.3) = 2,155.</summary>
    public const int EnoughDraws = 2200;

    /// <summary>The fewest draws whose tail is looked at; the threshold is 0.57 then.</summary>
    public const int FewestDraws = 200;

    // Ratios that differ by no more than this many nats differ by rounding.
    private const double Rounding = 1e-5;

    /// <summary>The k-hat above which draws do not stand for the posterior: min(1 - 1 / log10(S), 0.7). JMLR 25 (2024), sec. 3.2.4.</summary>
    /// <param name="draws">S.</param>
    public static double Threshold(int draws) => Math.Min(1 - 1 / Math.Log10(draws), 0.7);

    /// <summary>
    /// The shape k-hat of the generalised Pareto distribution of the largest M = min(S / 5, 3 sqrt(S)) ratios' excesses over the next one, drawn towards 1/2 with the weight of 10 ratios.
    /// 0 where all ratios are equal, as with an exact posterior; infinite where one is.
    /// </summary>
    /// <param name="logRatios">log r of S draws, in nats, at least <see cref="FewestDraws"/>; up to a constant.</param>
    public static double KHat(ReadOnlySpan<double> logRatios)
    {
        var draws = logRatios.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, FewestDraws, nameof(logRatios));
        foreach (var l in logRatios) if (double.IsNaN(l) || double.IsPositiveInfinity(l)) return double.PositiveInfinity;
        var sorted = logRatios.ToArray();
        Array.Sort(sorted);
        if (sorted[^1] - sorted[0] <= Rounding) return 0;
        var tail = (int)Math.Ceiling(Math.Min(0.2 * draws, 3 * Math.Sqrt(draws)));
        var threshold = Math.Exp(sorted[^(tail + 1)] - sorted[^1]);
        var excesses = new double[tail];
        for (var i = 0; i < tail; i++) excesses[i] = Math.Exp(sorted[draws - tail + i] - sorted[^1]) - threshold;
        var k = GeneralizedPareto.Shape(excesses);
        // JMLR 25 (2024), appendix G: a weakly informative prior for short tails.
        const double weight = 10;
        return (tail * k + weight * 0.5) / (tail + weight);
    }
}
