using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>The multipliers of normal priors' precisions that were chosen after the point was found.</summary>
/// <param name="Multipliers">Site → multiplier; 1 where a site is missing.</param>
/// <param name="Notes">What was chosen, in sentences.</param>
/// <param name="Warnings">What is doubtful about it.</param>
internal sealed record PrecisionSearch(IReadOnlyDictionary<string, double> Multipliers, EqArray<string> Notes, EqArray<Diagnostic> Warnings)
{
    // Multipliers from e^-14 to e^14, a million either way, in 29 steps; then golden sections within the best two.
    private const double Range = 14;
    private const int Coarse = 29, Fine = 40, Sweeps = 4;

    /// <summary>A site's multiplier.</summary>
    public double Of(string site) => Multipliers.GetValueOrDefault(site, 1);

    /// <summary>Chooses them as the algorithm asks.</summary>
    public static PrecisionSearch Run(Laplace algorithm, FitRequest request, LaplaceLaw law)
    {
        var sites = law.Scalable;
        if (algorithm.PriorPrecision is ModelPrecision) return new(new Dictionary<string, double>(), [], []);
        if (sites.IsEmpty)
            return new(new Dictionary<string, double>(), [], [new(InferenceCodes.LaplaceNote, "no site of the approximation has a normal prior, so there is no prior precision to choose", default)]);
        return algorithm.PriorPrecision switch
        {
            ValidationPrecision validation => ByValidation(algorithm, request, law, validation.Points),
            MarginalLikelihoodPrecision { PerSite: true } => PerSite(law),
            _ => Joint(law),
        };
    }

    private static PrecisionSearch Joint(LaplaceLaw law)
    {
        var best = Maximise(x => law.LogEvidence(_ => Math.Exp(x)));
        return Result(law.Scalable.ToDictionary(s => s, _ => Math.Exp(best)), "of the largest evidence", Math.Abs(best) > Range - 0.5);
    }

    // One site after the other, some times over: each step can only raise the evidence.
    private static PrecisionSearch PerSite(LaplaceLaw law)
    {
        var logs = law.Scalable.ToDictionary(s => s, _ => 0.0);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var site in law.Scalable) logs[site] = Maximise(x => law.LogEvidence(s => Math.Exp(s == site ? x : logs.GetValueOrDefault(s))));
        }
        return Result(logs.ToDictionary(p => p.Key, p => Math.Exp(p.Value)), "of the largest evidence, site by site", logs.Values.Any(x => Math.Abs(x) > Range - 0.5));
    }

    private static PrecisionSearch ByValidation(Laplace algorithm, FitRequest request, LaplaceLaw law, int points)
    {
        var (best, lowest) = (1.0, double.PositiveInfinity);
        var options = new PredictOptions { Draws = algorithm.Training.ValidationDraws, Seed = request.Seed, Threads = request.Threads };
        for (var i = 0; i < points; i++)
        {
            var multiplier = Math.Pow(10, -3 + 6.0 * i / (points - 1));
            if (law.Posterior(_ => multiplier, algorithm.IsLinearised)?.Predict(request.Backend, request.Validation!, options).Value?.Nll is not { } nll || !(nll < lowest)) continue;
            (best, lowest) = (multiplier, nll);
        }
        return Result(law.Scalable.ToDictionary(s => s, _ => best), "of the lowest validation nll", best is < 1.1e-3 or > 0.9e3);
    }

    private static PrecisionSearch Result(IReadOnlyDictionary<string, double> multipliers, string how, bool isAtEnd)
    {
        var all = multipliers.Values.Distinct().ToArray();
        EqArray<string> notes = all.Length == 1
            ? [string.Create(CultureInfo.InvariantCulture, $"prior precision multiplied by {all[0]:G4}, {how}")]
            : [.. multipliers.Select(m => string.Create(CultureInfo.InvariantCulture, $"prior precision of '{m.Key}' multiplied by {m.Value:G4}, {how}"))];
        return new(multipliers, notes, isAtEnd
            ? [new(InferenceCodes.LaplaceNote, "the chosen prior precision lies at an end of the range that was searched, so the data hardly speaks about it", default) { Hint = "priorPrecision = model keeps the model's own" }]
            : []);
    }

    private static double Maximise(Func<double, double?> f)
    {
        double Value(double x) => f(x) ?? double.NegativeInfinity;
        var (centre, highest) = (0.0, double.NegativeInfinity);
        for (var i = 0; i < Coarse; i++)
        {
            var x = -Range + 2 * Range * i / (Coarse - 1);
            var value = Value(x);
            if (value > highest) (centre, highest) = (x, value);
        }
        var step = 2 * Range / (Coarse - 1);
        var (low, high) = (Math.Max(-Range, centre - step), Math.Min(Range, centre + step));
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        var (atA, atB) = (Value(a), Value(b));
        for (var i = 0; i < Fine && high - low > 1e-6; i++)
        {
            if (atA >= atB)
            {
                (high, b, atB) = (b, a, atA);
                a = high - ratio * (high - low);
                atA = Value(a);
            }
            else
            {
                (low, a, atA) = (a, b, atB);
                b = low + ratio * (high - low);
                atB = Value(b);
            }
        }
        return (low + high) / 2;
    }
}
