using ProbNet.Graph;
using ProbNet.Inference.Data;

namespace ProbNet.Inference.Metrics;

/// <summary>A predicted number with its uncertainty taken apart by the law of total variance: Var[y] = E[Var[y | theta]] + Var[E[y | theta]].</summary>
/// <param name="Rows">n.</param>
/// <param name="Mean">The predictive mean, the mean over draws of E[y | theta], [n].</param>
/// <param name="AleatoricVariance">The mean over draws of Var[y | theta], [n], units squared: noise that more data does not remove.</param>
/// <param name="EpistemicVariance">The variance over draws (S in the denominator) of E[y | theta], [n], units squared: what is not known of the parameters.</param>
/// <param name="Quantiles">Of the predictive draws at <see cref="Levels"/>, row-major [n, 5].</param>
public sealed record RealSummary(int Rows, EqArray<double> Mean, EqArray<double> AleatoricVariance, EqArray<double> EpistemicVariance, EqArray<double> Quantiles)
{
    /// <summary>The levels of <see cref="Quantiles"/>; the outer two bound the central 95 % interval.</summary>
    public static EqArray<double> Levels { get; } = [0.025, 0.25, 0.5, 0.75, 0.975];

    /// <summary>The predictive variance, [n].</summary>
    public EqArray<double> TotalVariance => AleatoricVariance.Zip(EpistemicVariance, (a, e) => a + e).ToEqArray();

    /// <summary>The quantile of every row at one of the <see cref="Levels"/>, [n].</summary>
    public double[] Quantile(int level) => [.. Enumerable.Range(0, Rows).Select(i => Quantiles[i * Levels.Count + level])];

    /// <summary>The same prediction in the units of the column that was transformed.</summary>
    public RealSummary Original(Affine scale) => new(Rows, Mean.Map(scale.Original), AleatoricVariance.Map(scale.OriginalVariance),
        EpistemicVariance.Map(scale.OriginalVariance), Quantiles.Map(scale.Original));

    /// <summary>The metrics that apply to numbers: rmse, coverage95 and nll, in the units of this summary.</summary>
    /// <param name="observed">The outcomes, [n].</param>
    /// <param name="nll">The negative mean log predictive density of the outcome in the same units (<see cref="Affine.OriginalLogDensity"/>).</param>
    public MetricTable Score(ReadOnlySpan<double> observed, double nll) => new()
    {
        Nll = nll,
        Rmse = RealScores.Rmse(Mean.AsSpan(), observed),
        Coverage95 = RealScores.Coverage(Quantile(0), Quantile(Levels.Count - 1), observed),
    };
}
