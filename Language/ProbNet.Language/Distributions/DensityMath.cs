using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Formulas that several families share, each written so that values and gradients stay finite wherever the true ones are.
/// </summary>
internal static class DensityMath
{
    /// <summary>log(2 pi) / 2.</summary>
    public const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>log(2 pi e) / 2, the entropy of a standard normal.</summary>
    public const double StandardNormalEntropy = HalfLogTwoPi + 0.5;

    /// <summary>Euler's constant.</summary>
    public const double EulerGamma = 0.57721566490153286061;

    /// <summary>x log y, with 0 log y = 0 for every y, in value and in gradient with respect to y.</summary>
    public static Tensor XLogY(Tensor x, Tensor y)
    {
        var zero = Equal(x, Like(x, 0));
        return Select(zero, Like(x, 0), x * Log(Select(zero, Like(y, 1), y)));
    }

    /// <summary>log(e^a + e^b), elementwise; no overflow, and -inf if both are.</summary>
    public static Tensor LogAddExp(Tensor a, Tensor b)
    {
        var max = StopGradient(Max(a, b));
        var shift = Select(IsFinite(max), max, Like(max, 0));
        return shift + Log(Exp(a - shift) + Exp(b - shift));
    }

    /// <summary>log(1 + (x / s)^2) for x ≥ 0, s &gt; 0, without forming the square of a large ratio.</summary>
    public static Tensor LogOnePlusSquaredRatio(Tensor x, Tensor s)
    {
        var far = Less(s, x);
        var near = Select(far, Like(x, 0), x) / s;
        var (top, bottom) = (Select(far, x, Like(x, 1)), Select(far, s, Like(s, 1)));
        return Select(far, (Log(top) - Log(bottom)) * 2 + Log1p(Square(bottom / top)), Log1p(Square(near)));
    }

    /// <summary>log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b), for a, b &gt; 0.</summary>
    /// <remarks>
    /// Where the larger argument L passes 10, log Gamma(L) - log Gamma(L + s) comes from Stirling's series (NIST DLMF 5.11.1), in which the
    /// leading terms cancel in closed form; subtracting the two would lose all digits for L ≫ s.
    /// </remarks>
    public static Tensor LogBeta(Tensor a, Tensor b)
    {
        var swap = Less(a, b);
        var (small, large) = (Select(swap, a, b), Select(swap, b, a));
        var far = LessEqual(Like(large, 10), large);
        var big = Select(far, large, Like(large, 10));
        var total = big + small;
        var corrections = StirlingCorrection(big) - StirlingCorrection(total);
        var stirling = corrections + small - small * Log(total) + (big - 0.5) * Log1p(-small / total);
        var near = Select(far, Like(large, 1), large);
        return Lgamma(small) + Select(far, stirling, Lgamma(near) - Lgamma(near + small));
    }

    /// <summary>
    /// k log m - m - log Gamma(k + 1) for k ≥ 0, m &gt; 0: the Poisson log-probability, also the kernel of the gamma densities. The
    /// logarithm of m is given beside it, since m itself may underflow.
    /// </summary>
    /// <remarks>
    /// For k ≥ 10 the large terms are combined by Stirling's series into k log(m / k) - (m - k) - log(2 pi k) / 2 - …, whose parts are
    /// small near the mode (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000). The naive sum loses log10(k) digits,
    /// which single precision cannot spare.
    /// </remarks>
    public static Tensor LogPoisson(Tensor k, Tensor m, Tensor logM) => LogPoisson(k, m, logM, m - k);

    /// <summary>The same with m - k given, where it is known better than as the difference of the two.</summary>
    public static Tensor LogPoisson(Tensor k, Tensor m, Tensor logM, Tensor difference)
    {
        var large = LessEqual(Like(k, 10), k);
        var big = Select(large, k, Like(k, 10));
        var excess = Select(large, difference, Like(k, 0));
        var close = Less(Abs(excess), big * 0.5);
        var logRatio = Select(close, Log1p(Select(close, excess, Like(k, 0)) / big), logM - Log(big));
        var stirling = big * logRatio - excess - Log(big) * 0.5 - StirlingCorrection(big) - HalfLogTwoPi;
        var small = Select(large, Like(k, 1), k);
        return Select(large, stirling, small * logM - m - Lgamma(small + 1));
    }

    /// <summary>
    /// log Gamma(n + 1) - log Gamma(k + 1) - log Gamma(r + 1) + k log p + r log q, n = k + r, p + q = 1: the logarithm of the binomial
    /// probability of k successes and r failures, also for real k, r ≥ 0. The logarithms need be right only where k or r is not 0.
    /// </summary>
    /// <remarks>
    /// The product of two Poisson probabilities with means n p and n q, divided by that of n with mean n: large terms cancel in closed form
    /// (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000, section 2). <paramref name="excess"/> is n p - k.
    /// </remarks>
    public static Tensor LogBinomial(Tensor k, Tensor r, (Tensor P, Tensor Q) probability, (Tensor P, Tensor Q) log, Tensor excess)
    {
        var zero = LessEqual(k + r, Like(k, 0));
        var n = Select(zero, Like(k, 1), k + r);
        var logN = Log(n);
        var successes = LogPoisson(k, n * probability.P, logN + log.P, excess);
        var failures = LogPoisson(r, n * probability.Q, logN + log.Q, -excess);
        // Zero, but NaN if the probability is.
        return Select(zero, probability.P * 0, successes + failures - LogPoisson(n, n, logN, Like(k, 0)));
    }

    /// <summary>
    /// log Gamma(n + 1) - sum_i log Gamma(x_i + 1) + sum_i x_i log p_i over the last axis, n the sum of x: the logarithm of the multinomial
    /// probability, by the decomposition of <see cref="LogBinomial"/>. The logarithms need be right only where x is not 0; n […].
    /// </summary>
    public static Tensor LogMultinomial(Tensor x, Tensor n, Tensor p, Tensor logP)
    {
        var zero = LessEqual(n, Like(n, 0));
        var total = Select(zero, Like(n, 1), n);
        var logTotal = Log(total);
        var parts = LogPoisson(x, ExpandDims(total, -1) * p, ExpandDims(logTotal, -1) + logP);
        // The means of the parts add up to the total only if the probabilities do to 1.
        var means = total * (Sum(p, -1) - 1);
        return Select(zero, means * 0, Sum(parts, -1) + means - LogPoisson(total, total, logTotal, Like(n, 0)));
    }

    /// <summary>
    /// The logarithm of a Gamma(shape, 1) draw, which for small shapes the draw itself could not hold: log g = log g' + log(u) / shape with
    /// g' ~ Gamma(shape + 1, 1) (Marsaglia and Tsang 2000, section 6). Differentiable in the shape.
    /// </summary>
    public static Tensor LogGammaDraw(RandomSource random, Tensor shape) =>
        Log(random.Named("gamma").Gamma(shape + 1)) + Log(random.Named("power").Uniform(shape.DType, OneDraw(random, shape))) / shape;

    /// <summary>The number of successes in trials of these log-odds, as a real; the rarer outcome is counted, so that none is too rare.</summary>
    public static Tensor DrawBinomial(RandomSource random, Tensor trials, Tensor logits)
    {
        var rarer = random.Binomial(trials, Sigmoid(-Abs(logits)));
        return Select(Less(logits, Like(logits, 0)), rarer, trials - rarer);
    }

    /// <summary>
    /// log Gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2 for x ≥ 10: the sum of B(2n) / (2n (2n-1) x^(2n-1)), B the Bernoulli numbers.
    /// </summary>
    internal static Tensor StirlingCorrection(Tensor x)
    {
        ReadOnlySpan<double> coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156];
        var r = 1 / x;
        var square = Square(r);
        var sum = Like(x, coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--) sum = sum * square + coefficients[i];
        return sum * r;
    }

    /// <summary>
    /// Draws that underflowed to 0 or overflowed, rounded to the nearest representable number above 0 and below infinity.
    /// </summary>
    public static Tensor RoundIntoPositive(Tensor x) => x.DType == DType.F32
        ? Min(Max(x, Like(x, SmallestNormal(x.DType))), Like(x, float.MaxValue))
        : Min(Max(x, Like(x, SmallestNormal(x.DType))), Like(x, double.MaxValue));

    /// <summary>Values that rounded to 0 or 1, moved to the nearest representable number inside (0, 1).</summary>
    public static Tensor RoundIntoUnitInterval(Tensor x) =>
        Min(Max(x, Like(x, SmallestNormal(x.DType))), Like(x, x.DType == DType.F32 ? MathF.BitDecrement(1) : Math.BitDecrement(1)));

    /// <summary>Position j of the result sums the elements i of the last axis for which <paramref name="counts"/>(i, j). They must be finite.</summary>
    public static Tensor CumulativeSum(Tensor x, Func<int, int, bool> counts)
    {
        var m = x.Shape[^1];
        var weights =
            from piece in Enumerable.Range(0, m)
            from position in Enumerable.Range(0, m)
            select counts(piece, position) ? 1.0 : 0.0;
        var flat = Reshape(x, [x.Shape[..^1].Size, m]);
        return Reshape(MatMul(flat, Constant(HostTensor.FromDoubles(x.DType, [m, m], [.. weights]))), x.Shape);
    }

    /// <summary>The elements of the last axis at fixed positions, in their order: […, m] → […, number of positions].</summary>
    public static Tensor TakeFromLast(Tensor x, IEnumerable<int> positions)
    {
        long[] indices = [.. positions];
        // Gathering works on axis 0, so the last axis is brought there and back.
        var rows = TransposeLast(Reshape(x, [x.Shape[..^1].Size, x.Shape[^1]]));
        var taken = Gather(rows, Constant(HostTensor.Of([indices.Length], indices)));
        return Reshape(TransposeLast(taken), x.Shape[..^1].Concat([indices.Length]));
    }

    /// <summary>The shape of one draw for an argument whose leading axes are those of the draws.</summary>
    public static Shape OneDraw(RandomSource random, Tensor argument) => argument.Shape[random.Draw.Rank..];

    // The smallest number with full precision; subnormals are avoided since some processors flush them to zero.
    private static double SmallestNormal(DType type) => type == DType.F32 ? 1.17549435e-38 : 2.2250738585072014e-308;
}
