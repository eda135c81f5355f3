namespace ProbNet.Graph;

/// <summary>
/// Rejection samplers over <see cref="Philox"/>. Each element has counters of its own (block = its index, attempts through the key), so that
/// it depends on nothing but (seed, step, draw, stream, element, parameter) however many attempts its neighbours took.
/// </summary>
public static class RandomDraws
{
    /// <summary>
    /// A Gamma(shape, rate 1) draw; NaN unless the shape is positive and finite. Never below <paramref name="smallest"/>, so that its logarithm is finite.
    /// </summary>
    /// <remarks>
    /// Source: Marsaglia and Tsang, ACM TOMS 26 (2000). Attempt n ≥ 1: u from words 0 and 1 (52 bits), v = (w2 + 1/2) 2^-32, Box and Muller's
    /// cosine normal z of (u, v), acceptance uniform (w3 + 1/2) 2^-32. Below shape 1 the draw for shape + 1 is multiplied by U^(1/shape), in logarithms,
    /// with U from words 0 and 1 of attempt 0.
    /// </remarks>
    public static double Gamma(long seed, long step, long draw, uint stream, uint element, double shape, double smallest)
    {
        if (!(shape > 0) || double.IsPositiveInfinity(shape)) return double.NaN;
        var boosted = shape < 1 ? shape + 1 : shape;
        double d = boosted - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        for (uint attempt = 1; ; attempt++)
        {
            var w = Philox.At(seed, step, draw, stream, element, attempt);
            var z = Philox.BoxMuller(Philox.UniformF64(w.W0, w.W1), Uniform32(w.W2)).Cosine;
            var root = 1 + c * z;
            if (root <= 0) continue;
            var cube = root * root * root;
            if (Math.Log(Uniform32(w.W3)) >= 0.5 * z * z + d * (1 - cube + Math.Log(cube))) continue;
            if (shape >= 1) return Math.Max(d * cube, smallest);
            var boost = Philox.At(seed, step, draw, stream, element);
            return Math.Max(Math.Exp(Math.Log(d * cube) + Math.Log(Philox.UniformF64(boost.W0, boost.W1)) / shape), smallest);
        }
    }

    /// <summary>A Poisson draw; 0 for rate 0, NaN for a negative, infinite or NaN rate.</summary>
    /// <remarks>
    /// Below rate 10 by inversion of the distribution function at the uniform of words 0 and 1 of attempt 0. From 10 by the transformed rejection PTRS of
    /// W. Hoermann, Insurance: Mathematics and Economics 12 (1993): attempt n ≥ 0 takes U from words 0 and 1, V from words 2 and 3.
    /// </remarks>
    public static double Poisson(long seed, long step, long draw, uint stream, uint element, double rate)
    {
        if (rate == 0) return 0;
        if (!(rate > 0) || double.IsPositiveInfinity(rate)) return double.NaN;
        return rate < 10 ? Inversion(Philox.At(seed, step, draw, stream, element), rate) : Transformed(seed, step, draw, stream, element, rate);
    }

    /// <summary>
    /// A binomial draw: successes in <paramref name="trials"/> independent trials; NaN unless trials is a nonnegative integer and the probability lies in
    /// [0, 1].
    /// </summary>
    /// <remarks>
    /// With p at most 1/2 (else failures are drawn): below trials p = 10 by inversion of the distribution function at the uniform of words 0 and 1 of
    /// attempt 0; from 10 by the transformed rejection BTRS of W. Hoermann, Journal of Statistical Computation and Simulation 46 (1993): attempt n ≥ 0 takes
    /// U from words 0 and 1, V from words 2 and 3. The work does not grow with trials; up to about 10^12 trials the acceptance test is exact to 1e-2.
    /// </remarks>
    public static double Binomial(long seed, long step, long draw, uint stream, uint element, double trials, double probability)
    {
        if (!(trials >= 0) || double.IsPositiveInfinity(trials) || trials != Math.Floor(trials) || !(probability is >= 0 and <= 1)) return double.NaN;
        var p = Math.Min(probability, 1 - probability);
        var rare = trials == 0 || p == 0 ? 0
            : trials * p < 10 ? Inversion(Philox.At(seed, step, draw, stream, element), trials, p)
            : Transformed(seed, step, draw, stream, element, trials, p);
        return probability <= 0.5 ? rare : trials - rare;
    }

    private static double Inversion(Philox.Words words, double trials, double p)
    {
        var u = Philox.UniformF64(words.W0, words.W1);
        var odds = p / (1 - p);
        var probability = Math.Exp(trials * SpecialFunctions.Log1p(-p));
        var cumulative = probability;
        for (var k = 0.0; ; k++)
        {
            if (u <= cumulative || k == trials) return k;
            probability *= (trials - k) / (k + 1) * odds;
            if (cumulative + probability == cumulative && k > trials * p) return k;
            cumulative += probability;
        }
    }

    private static double Transformed(long seed, long step, long draw, uint stream, uint element, double trials, double p)
    {
        double deviation = Math.Sqrt(trials * p * (1 - p)), b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
        double alpha = (2.83 + 5.1 / b) * deviation, squeeze = 0.92 - 4.2 / b, logOdds = Math.Log(p / (1 - p)), mode = Math.Floor((trials + 1) * p);
        var atMode = SpecialFunctions.Lgamma(mode + 1) + SpecialFunctions.Lgamma(trials - mode + 1);
        for (uint attempt = 0; ; attempt++)
        {
            var w = Philox.At(seed, step, draw, stream, element, attempt);
            double u = Philox.UniformF64(w.W0, w.W1) - 0.5, v = Philox.UniformF64(w.W2, w.W3);
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + trials * p + 0.5);
            if (us >= 0.07 && v <= squeeze) return k;
            if (k < 0 || k > trials) continue;
            var ratio = atMode - SpecialFunctions.Lgamma(k + 1) - SpecialFunctions.Lgamma(trials - k + 1) + (k - mode) * logOdds;
            if (Math.Log(v * alpha / (a / (us * us) + b)) <= ratio) return k;
        }
    }

    private static double Inversion(Philox.Words words, double rate)
    {
        var u = Philox.UniformF64(words.W0, words.W1);
        var probability = Math.Exp(-rate);
        var cumulative = probability;
        // The sum may round to just below the largest u: past its last change nothing more can be added.
        for (var k = 0.0; ; k++)
        {
            if (u <= cumulative) return k;
            probability *= rate / (k + 1);
            if (cumulative + probability == cumulative && k > rate) return k;
            cumulative += probability;
        }
    }

    private static double Transformed(long seed, long step, long draw, uint stream, uint element, double rate)
    {
        double b = 0.931 + 2.53 * Math.Sqrt(rate), a = -0.059 + 0.02483 * b;
        double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2), logRate = Math.Log(rate);
        for (uint attempt = 0; ; attempt++)
        {
            var w = Philox.At(seed, step, draw, stream, element, attempt);
            double u = Philox.UniformF64(w.W0, w.W1) - 0.5, v = Philox.UniformF64(w.W2, w.W3);
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + rate + 0.43);
            if (us >= 0.07 && v <= squeeze) return k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v * inverseAlpha / (a / (us * us) + b)) <= k * logRate - rate - SpecialFunctions.Lgamma(k + 1)) return k;
        }
    }

    private static double Uniform32(uint word) => (word + 0.5) * (1.0 / 4294967296.0);
}
