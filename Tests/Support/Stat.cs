using MathNet.Numerics;
using Xunit;

namespace ProbNet.Tests.Support;

/// <summary>
/// Statistical assertions with stated error rates. Each fails with probability at most <see cref="FalseAlarm"/> divided among <c>cases</c>
/// repetitions when the claim is true, and says how small a discrepancy it detects: one of that size or larger passes with at most the same
/// probability. A caller names the discrepancy it needs to see (<c>resolve</c>); a sample too small for that is a failure of the test
/// itself.
/// </summary>
public static class Stat
{
    /// <summary>The probability that a family of <c>cases</c> assertions fails although every claim is true.</summary>
    public const double FalseAlarm = 1e-6;

    /// <summary>
    /// The draws' expectation is <paramref name="expected"/>. By the central limit theorem: |mean - expected| ≤ z s / sqrt(n), so the draws
    /// need a finite variance and n large against their skewness.
    /// </summary>
    public static void MeanIs(double expected, IReadOnlyList<double> draws, double resolve, int cases, string what)
    {
        var mean = draws.Average();
        var deviation = Math.Sqrt(draws.Sum(x => (x - mean) * (x - mean)) / (draws.Count - 1));
        var z = Math.Sqrt(2) * SpecialFunctions.ErfcInv(FalseAlarm / cases);
        // Rounding in the draws themselves, for those that hardly vary.
        var bound = z * deviation / Math.Sqrt(draws.Count) + 1e-13 * Math.Abs(expected);
        Resolves(2 * bound, resolve, draws.Count, what);
        Assert.True(Math.Abs(mean - expected) <= bound,
            $"{what}: the mean of {draws.Count} draws is {mean:G9}, expected {expected:G9}; {Rates(bound, cases)}");
    }

    /// <summary>
    /// The draws' distribution function is the one whose value at draw i is <paramref name="cdf"/>[i]. By the Dvoretzky–Kiefer–Wolfowitz
    /// inequality with Massart's constant: P(sup |F_n - F| &gt; e) ≤ 2 exp(-2 n e^2). Continuous distributions.
    /// </summary>
    public static void CdfIs(IReadOnlyList<double> cdf, double resolve, int cases, string what)
    {
        var sorted = cdf.Order().ToArray();
        var n = sorted.Length;
        var bound = Math.Sqrt(Math.Log(2 * cases / FalseAlarm) / (2 * n));
        var distance = 0.0;
        for (var i = 0; i < n; i++) distance = Math.Max(distance, Math.Max((i + 1.0) / n - sorted[i], sorted[i] - (double)i / n));
        Resolves(2 * bound, resolve, n, what);
        Assert.True(distance <= bound,
            $"{what}: the empirical distribution of {n} draws is {distance:G3} away; {Rates(bound, cases)}");
    }

    /// <summary>
    /// The outcomes have these probabilities (which may sum to less than 1; the rest is one more outcome). By Chernoff's bound for each
    /// outcome: P(n KL(f || p) &gt; t) ≤ 2 exp(-t), f the observed frequency and KL that of two Bernoulli laws.
    /// </summary>
    public static void FrequenciesAre(
        IReadOnlyList<double> probabilities, IReadOnlyList<int> counts, int total, double resolve, int cases, string what)
    {
        var rest = (Math.Max(0, 1 - probabilities.Sum()), total - counts.Sum());
        var threshold = Math.Log(2.0 * (probabilities.Count + 1) * cases / FalseAlarm);
        foreach (var (p, count) in probabilities.Zip(counts).Append(rest))
        {
            // KL ≥ (f - p)^2 / (2 max p(1-p)) near p, so twice this deviation is seen.
            Resolves(2 * Math.Sqrt(2 * p * (1 - p) * threshold / total) + 2 * threshold / total, resolve, total, what);
            var f = (double)count / total;
            Assert.True(total * Divergence(f, p) <= threshold,
                $"{what}: an outcome of probability {p:G6} came {count} times in {total}; a true claim fails with probability {FalseAlarm}/{cases}");
        }
    }

    private static double Divergence(double f, double p)
    {
        // A probability known only up to rounding is not refuted by what rounding explains.
        if (Math.Abs(f - p) < 1e-12) return 0;
        return Term(f, p) + Term(1 - f, 1 - p);
    }

    private static double Term(double f, double p) => f == 0 ? 0 : f * Math.Log(f / p);

    private static string Rates(double bound, int cases) =>
        $"the bound {bound:G3} fails a true claim with probability {FalseAlarm}/{cases} and detects {2 * bound:G3}";

    private static void Resolves(double detectable, double resolve, int n, string what) =>
        Assert.True(detectable <= resolve, $"{what}: {n} draws detect discrepancies from {detectable:G3}, the test needs {resolve:G3}");
}
