namespace ProbNet.Graph;

/// <summary>
/// The error function by Chebyshev series: erf(x)/x in x^2 on [0, 1], and (1 + 2x) e^(x^2) erfc(x) in t = (x - 3.75)/(x + 3.75) on [0, inf)
/// (the change of variable of Schonfelder, Math. Comp. 32, 1978). Coefficients computed here with 40 digits; truncation below 1e-17.
/// </summary>
internal static class ErrorFunction
{
    private static readonly double[] Small =
    [
        0.97547693938265409598, -0.14226120510371364238, 0.010035582187599795576,
        -0.00057687646997674847651, 0.000027419931252196061034, -1.1043175507344507604e-6,
        3.848875542034503695e-8, -1.180858253387546697e-9, 3.2334215826050909646e-11,
        -7.9910159470045487582e-13, 1.7990725113961455612e-14, -3.7186354878186926382e-16,
        7.1035990037142529712e-18, -1.2612455119155225832e-19,
    ];

    private static readonly double[] Scaled =
    [
        1.1775789345674017541, -0.0045900545806464773309, -0.084249133366517915584,
        0.059209939998191890498, -0.026658668435305752277, 0.0090749976707052650939,
        -0.0024131635404176081909, 0.00049077583652580863229, -0.000069169733025012063671,
        4.1390279860730101675e-6, 7.7403830661984906687e-7, -2.1886401049234395661e-7,
        1.0764999465670910385e-8, 4.5219598112182869053e-9, -7.754400208831351034e-10,
        -6.3180883408866837834e-11, 2.8687950109306705946e-11, 1.9455868545778028332e-13,
        -9.654696748433372413e-13, 3.2525481481493877967e-14, 3.3478119482874355921e-14,
        -1.8645628804131961335e-15, -1.2507950530629401582e-15, 7.4182352571965454911e-17,
        5.0681489053479730509e-17, -2.2370566541304102619e-18, -2.1873429392168256623e-18,
        2.6766332259947490314e-20, 9.7365618646764736663e-20,
    ];

    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a <= 1) return x * Chebyshev(Small, 2 * x * x - 1);
        if (double.IsNaN(x)) return x;
        return Math.CopySign(1 - Upper(a), x);
    }

    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) <= 0.5) return 1 - Erf(x);
        return x > 0 ? Upper(x) : 2 - Upper(-x);
    }

    /// <summary>e^(x^2) erfc(x): the series itself for x ≥ 0; below, 2 e^(x^2) less its value at -x.</summary>
    public static double Erfcx(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x >= 0) return double.IsPositiveInfinity(x) ? 0 : ScaledUpper(x);
        if (x < -27) return double.PositiveInfinity;
        var high = HighPart(x);
        return 2 * Math.Exp(high * high) * Math.Exp((x - high) * (x + high)) - ScaledUpper(-x);
    }

    /// <summary>
    /// Newton steps with Halley's correction on erf(x) = y near 0 and on erfc(x) = 1 - y in the tails, where 1 - |y| is exact; they start from
    /// the elementary approximation of S. Winitzki (2008), good to 2e-3, and each triples the digits.
    /// </summary>
    public static double Inverse(double y)
    {
        var a = Math.Abs(y);
        if (!(a < 1)) return a == 1 ? y / 0.0 : double.NaN;
        if (a < 1e-8) return y * (Math.Sqrt(Math.PI) / 2);
        const double c = 0.147;
        var log = SpecialFunctions.Log1p(-a * a);
        var half = 2 / (Math.PI * c) + log / 2;
        var x = Math.Sqrt(Math.Max(Math.Sqrt(half * half - log / c) - half, 0));
        for (var step = 0; step < 3; step++)
        {
            var residual = a < 0.5 ? Erf(x) - a : (1 - a) - Erfc(x);
            var newton = residual / (2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x));
            x -= newton / (1 + x * newton);
        }
        return Math.CopySign(x, y);
    }

    /// <summary>erfc for x above 1/2. The square is split so that its rounding does not reach the exponential.</summary>
    private static double Upper(double x)
    {
        if (x > 27) return 0;
        var high = HighPart(x);
        return Math.Exp(-high * high) * Math.Exp(-(x - high) * (x + high)) * ScaledUpper(x);
    }

    private static double ScaledUpper(double x) => Chebyshev(Scaled, (x - 3.75) / (x + 3.75)) / (1 + 2 * x);

    /// <summary>The leading 26 bits, whose square is exact.</summary>
    private static double HighPart(double x) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) & ~0x7FFFFFFL);

    /// <summary>Clenshaw's recurrence for sum of c[k] T_k(t).</summary>
    private static double Chebyshev(double[] c, double t)
    {
        double b1 = 0, b2 = 0;
        for (var k = c.Length - 1; k > 0; k--) (b1, b2) = (2 * t * b1 - b2 + c[k], b1);
        return t * b1 - b2 + c[0];
    }
}
