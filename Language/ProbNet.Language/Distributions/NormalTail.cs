using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The mass of a standard normal on an interval, mirrored about 0 where needed so that the interval lies no further up than down: then its masses keep
/// their relative precision however far out they are.
/// </summary>
/// <remarks>
/// With P the distribution function and e(x) = exp(x^2 / 2) P(x), which <see cref="Erfcx(Tensor)"/> gives without underflow, log P(x) = log e(x) - x^2 / 2. The
/// ratio of P at two ends has the exponent (a - b) (a + b) / 2, which does not cancel.
/// </remarks>
internal sealed record NormalTail(Tensor Mirrored, Tensor Upper, Tensor LogScaledUpper, Tensor LogRatio)
{
    /// <summary>The interval from <paramref name="low"/> to <paramref name="high"/>, whose length is given beside them, since it may be far smaller than they.</summary>
    public static NormalTail Of(Tensor low, Tensor high, Tensor length)
    {
        var mirrored = Less(Like(low, 0), low + high);
        var (lower, upper) = (Select(mirrored, -high, low), Select(mirrored, -low, high));
        var inTail = LessEqual(upper, Like(upper, 0));
        var above = Select(inTail, LogScaled(upper), LogUpperHalf(upper));
        // log P(lower) - log P(upper), which is below 0.
        var exponents = Select(inTail, length * (lower + upper) * 0.5, -Square(lower) * 0.5);
        return new(mirrored, upper, above, exponents + LogScaled(lower) - above);
    }

    /// <summary>The log of the mass times exp(Upper^2 / 2), without that factor where Upper is above 0.</summary>
    public Tensor LogScaledMass => LogScaledUpper + Log(-Expm1(LogRatio));

    /// <summary>The log of the mass.</summary>
    public Tensor LogMass => LogScaledMass - Square(Min(Upper, Like(Upper, 0))) * 0.5;

    /// <summary>The point below which the fraction <paramref name="u"/> of the mass lies, counted in the mirrored interval; differentiable in its ends.</summary>
    public Tensor Quantile(Tensor u)
    {
        // log P of the point: log(P(lower) + u (P(upper) - P(lower))).
        var logP = Log1p((1 - u) * Expm1(LogRatio)) + LogScaledUpper - Square(Min(Upper, Like(Upper, 0))) * 0.5;
        var x = StopGradient(Min(Inverse(StopGradient(logP)), Upper));
        // d x = d log P / (density / P).
        var rate = StopGradient(Rate(x));
        var point = x + (logP - StopGradient(logP)) / rate;
        return Select(Mirrored, -point, point);
    }

    /// <summary>log P(x), to full relative precision in both tails.</summary>
    public static Tensor LogCdf(Tensor x)
    {
        var below = Min(x, Like(x, 0));
        return Select(LessEqual(x, Like(x, 0)), LogScaled(x) - Square(below) * 0.5, LogUpperHalf(x));
    }

    // log e(x) for x <= 0; any finite number above.
    private static Tensor LogScaled(Tensor x) => Log(Erfcx(Max(-x, Like(x, 0)) * Math.Sqrt(0.5)) * 0.5);

    // log P(x) for x >= 0; any finite number below.
    private static Tensor LogUpperHalf(Tensor x)
    {
        var above = Max(x, Like(x, 0));
        return Log1p(Exp(Square(above) * -0.5) * Erfcx(above * Math.Sqrt(0.5)) * -0.5);
    }

    // density(x) / P(x).
    private static Tensor Rate(Tensor x)
    {
        var below = Min(x, Like(x, 0));
        var tail = Math.Sqrt(2 / Math.PI) / Erfcx(-below * Math.Sqrt(0.5));
        var above = Max(x, Like(x, 0));
        var middle = Exp(Square(above) * -0.5 - HalfLogTwoPi - LogUpperHalf(above));
        return Select(LessEqual(x, Like(x, 0)), tail, middle);
    }

    // The x with log P(x) = y: by the inverse error function near the middle; below, Newton's method, which for a concave function rises from -sqrt(-2 y)
    // without overshooting and squares its error at each step.
    private static Tensor Inverse(Tensor y)
    {
        var far = Less(y, Like(y, -1));
        var target = Select(far, y, Like(y, -1));
        var x = -Sqrt(target * -2);
        for (var step = 0; step < 6; step++) x = x - (LogCdf(x) - target) / Rate(x);
        // Beyond 8.2 deviations above the mean no mass is left in double precision.
        var middle = ErfInv(Exp(Select(far, Like(y, -0.5), y)) * 2 - 1) * Math.Sqrt(2);
        return Select(far, x, Min(middle, Like(y, 8.2)));
    }
}
