using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Elementary functions of double-precision vectors, within a few units in the last place over the whole range, subnormals, infinities and
/// NaN included. Each reduces its argument and evaluates a minimax polynomial, fitted by Remez exchange to relative error below 2^-57.
/// </summary>
internal static class MathF64
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // ln 2 and what rounding left of it.
    private const double Ln2 = 0.69314718055994530942, Ln2Rest = 2.3190468138462996e-17, Log2E = 1.4426950408889634;

    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : struct, IVec<V, double>
    {
        // Beyond these bounds the result is 0 or infinity either way. NaN passes: the machine's min and max return their second operand.
        x = V.MinNative(V.Set(710.0), V.MaxNative(V.Set(-746.0), x));
        var n = V.Round(x * V.Set(Log2E));
        return V.Scale(Expm1Reduced(Reduce(x, n)) + V.Set(1.0), n);
    }

    [MethodImpl(Inline)]
    public static V Expm1<V>(V x) where V : struct, IVec<V, double>
    {
        x = V.MinNative(V.Set(710.0), V.MaxNative(V.Set(-60.0), x));
        var n = V.Round(x * V.Set(Log2E));
        // Half of the result, so that 2^n stays finite for the largest arguments.
        var scale = V.Pow2(n - V.Set(1.0));
        var half = V.Fma(Expm1Reduced(Reduce(x, n)), scale, scale - V.Set(0.5));
        return half + half;
    }

    /// <summary>The remainder x - n ln 2.</summary>
    [MethodImpl(Inline)]
    private static V Reduce<V>(V x, V n) where V : struct, IVec<V, double> => V.Fma(n, V.Set(-Ln2Rest), V.Fma(n, V.Set(-Ln2), x));

    /// <summary>e^r - 1 on |r| ≤ ln(2)/2.</summary>
    [MethodImpl(Inline)]
    private static V Expm1Reduced<V>(V r) where V : struct, IVec<V, double>
    {
        var p = V.Fma(V.Set(2.0924240477594665e-09), r, V.Set(2.5108694658691477e-08));
        p = V.Fma(p, r, V.Set(2.7557243551455866e-07));
        p = V.Fma(p, r, V.Set(2.7557245277671131e-06));
        p = V.Fma(p, r, V.Set(2.4801587359402691e-05));
        p = V.Fma(p, r, V.Set(0.00019841269884957643));
        p = V.Fma(p, r, V.Set(0.0013888888888867604));
        p = V.Fma(p, r, V.Set(0.0083333333333221495));
        p = V.Fma(p, r, V.Set(0.041666666666666699));
        p = V.Fma(p, r, V.Set(0.16666666666666677));
        p = V.Fma(p, r, V.Set(0.5));
        return V.Fma(p, r * r, r);
    }

    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : struct, IVec<V, double> =>
        V.All(V.LessEqual(V.Set(2.2250738585072014e-308), x) & V.Less(x, V.Set(double.PositiveInfinity))) ? LogNormal(x) : LogAny(x);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static V LogAny<V>(V x) where V : struct, IVec<V, double>
    {
        var tiny = V.Less(x, V.Set(2.2250738585072014e-308));
        var scaled = V.Select(tiny, x * V.Set(18014398509481984.0), x);
        var e = V.Split(scaled, out var m) - V.Select(tiny, V.Set(54.0), V.Set(0.0));
        var result = LogReduced(m - V.Set(1.0), e);
        result = V.Select(V.Less(x, V.Set(double.PositiveInfinity)), result, x);
        result = V.Select(V.Less(x, V.Set(0.0)), V.Set(double.NaN), result);
        return V.Select(V.Equal(x, V.Set(0.0)), V.Set(double.NegativeInfinity), result);
    }

    /// <summary>log x for positive normal x.</summary>
    [MethodImpl(Inline)]
    public static V LogNormal<V>(V x) where V : struct, IVec<V, double>
    {
        var e = V.Split(x, out var m);
        return LogReduced(m - V.Set(1.0), e);
    }

    /// <summary>
    /// e ln 2 + log(1 + f) on sqrt(1/2) - 1 ≤ f ≤ sqrt(2) - 1. With s = f / (2 + f): log(1 + f) = 2 atanh s = f - (h - s (h + R(s^2))), h = f^2/2.
    /// </summary>
    [MethodImpl(Inline)]
    private static V LogReduced<V>(V f, V e) where V : struct, IVec<V, double>
    {
        var s = f / (V.Set(2.0) + f);
        var z = s * s;
        var p = V.Fma(V.Set(0.1323020041436144), z, V.Set(0.13252686612564996));
        p = V.Fma(p, z, V.Set(0.15386963246372773));
        p = V.Fma(p, z, V.Set(0.18181778982903257));
        p = V.Fma(p, z, V.Set(0.22222222598621524));
        p = V.Fma(p, z, V.Set(0.28571428569468715));
        p = V.Fma(p, z, V.Set(0.40000000000004754));
        p = V.Fma(p, z, V.Set(0.66666666666666663)) * z;
        var h = V.Set(0.5) * f * f;
        var tail = h - V.Fma(s, h + p, e * V.Set(Ln2Rest));
        return V.Fma(e, V.Set(Ln2), f - tail);
    }

    [MethodImpl(Inline)]
    public static V Log1p<V>(V x) where V : struct, IVec<V, double>
    {
        var u = V.Set(1.0) + x;
        // What rounding took from u, restored to first order. Meaningless (and possibly NaN) where u is 0, negative or very large.
        var lost = (x - (u - V.Set(1.0))) / u;
        var valid = V.Less(V.Set(-1.0), x) & V.Less(x, V.Set(1e18));
        // The sum of two zeros would lose the sign of -0.
        return V.Select(V.Equal(x, V.Set(0.0)), x, Log(u) + V.Select(valid, lost, V.Set(0.0)));
    }

    [MethodImpl(Inline)]
    public static V Softplus<V>(V x) where V : struct, IVec<V, double>
    {
        // log(1 + t) = 2 atanh s with s = t / (2 + t), which is at most 1/3; 2 s = t - t s.
        var t = Exp(-V.Abs(x));
        var s = t / (V.Set(2.0) + t);
        var z = s * s;
        var p = V.Fma(V.Set(0.16975378707427558), z, V.Set(0.08365063476979147));
        p = V.Fma(p, z, V.Set(0.1209991951418381));
        p = V.Fma(p, z, V.Set(0.1330182321924002));
        p = V.Fma(p, z, V.Set(0.15386488529631479));
        p = V.Fma(p, z, V.Set(0.1818174768165096));
        p = V.Fma(p, z, V.Set(0.22222223847564476));
        p = V.Fma(p, z, V.Set(0.28571428550178923));
        p = V.Fma(p, z, V.Set(0.40000000000134345));
        p = V.Fma(p, z, V.Set(0.6666666666666639));
        return V.Max(x, V.Set(0.0)) + V.Fma(s, V.Fma(p, z, -t), t);
    }

    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V, double>
    {
        var t = Exp(-V.Abs(x));
        return V.Select(V.Less(x, V.Set(0.0)), t, V.Set(1.0)) / (V.Set(1.0) + t);
    }

    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : struct, IVec<V, double>
    {
        var sign = x & V.Set(-0.0);
        var t = Expm1(V.Set(-2.0) * V.Abs(x));
        return V.Abs(t / (t + V.Set(2.0))) | sign;
    }

    [MethodImpl(Inline)]
    public static V Sin<V>(V x) where V : struct, IVec<V, double>
    {
        if (V.Any(V.Less(V.Set(LargestReduced), V.Abs(x)))) return ByLane<V, SinLane>(x);
        var r = Quadrant(x, out var n);
        return V.Select(SignMask(V.OddSign(n)), CosReduced(r), SinReduced(r)) ^ V.OddSign(V.Floor(n * V.Set(0.5)));
    }

    [MethodImpl(Inline)]
    public static V Cos<V>(V x) where V : struct, IVec<V, double>
    {
        if (V.Any(V.Less(V.Set(LargestReduced), V.Abs(x)))) return ByLane<V, CosLane>(x);
        var r = Quadrant(x, out var n);
        return V.Select(SignMask(V.OddSign(n)), SinReduced(r), CosReduced(r)) ^ V.OddSign(V.Floor((n + V.Set(1.0)) * V.Set(0.5)));
    }

    /// <summary>Cosine and sine of 2 pi v for v in [0, 1).</summary>
    [MethodImpl(Inline)]
    public static void CosSinTurns<V>(V v, out V cos, out V sin) where V : struct, IVec<V, double>
    {
        // Half a turn back the signs change, and a polynomial covers the circle; its zeros are factors, exact to the last place beside them.
        var w = v - V.Set(0.5);
        var z = w * w;
        var s = V.Fma(V.Set(-0.0010025474449068565), z, V.Set(0.011696667267453185));
        s = V.Fma(s, z, V.Set(-0.10127319603346718));
        s = V.Fma(s, z, V.Set(0.6927964629330842));
        s = V.Fma(s, z, V.Set(-3.646752307739184));
        s = V.Fma(s, z, V.Set(14.182954383638911));
        s = V.Fma(s, z, V.Set(-38.51295534163749));
        s = V.Fma(s, z, V.Set(67.07762091737672));
        s = V.Fma(s, z, V.Set(-64.83584404672548));
        s = V.Fma(s, z, V.Set(25.132741228718345));
        sin = w * V.Fma(w, w, V.Set(-0.25)) * s;
        var c = V.Fma(V.Set(0.000309217413155989), z, V.Set(-0.003762646732280221));
        c = V.Fma(c, z, V.Set(0.03615160235153444));
        c = V.Fma(c, z, V.Set(-0.27974780671122934));
        c = V.Fma(c, z, V.Set(1.6969066550762655));
        c = V.Fma(c, z, V.Set(-7.797479709051775));
        c = V.Fma(c, z, V.Set(25.938914299473023));
        c = V.Fma(c, z, V.Set(-58.623459227885505));
        c = V.Fma(c, z, V.Set(81.79285100493603));
        c = V.Fma(c, z, V.Set(-59.82734083485942));
        c = V.Fma(c, z, V.Set(16.0));
        cos = V.Fma(w, w, V.Set(-0.0625)) * c;
    }

    [MethodImpl(Inline)]
    public static V Erf<V>(V x) where V : struct, IVec<V, double>
    {
        var sign = x & V.Set(-0.0);
        var a = V.Abs(x);
        var z = a * a;
        var p = V.Fma(V.Set(5.960471169655179e-11), z, V.Set(-1.1374834336865904e-09));
        p = V.Fma(p, z, V.Set(1.4660298687156826e-08));
        p = V.Fma(p, z, V.Set(-1.635039196378886e-07));
        p = V.Fma(p, z, V.Set(1.6461008095637083e-06));
        p = V.Fma(p, z, V.Set(-1.4925595749574357e-05));
        p = V.Fma(p, z, V.Set(0.00012055331132065039));
        p = V.Fma(p, z, V.Set(-0.00085483269814024541));
        p = V.Fma(p, z, V.Set(0.0052239776248280516));
        p = V.Fma(p, z, V.Set(-0.026866170645077837));
        p = V.Fma(p, z, V.Set(0.11283791670954885));
        p = V.Fma(p, z, V.Set(-0.37612638903183748));
        p = V.Fma(p, z, V.Set(0.12837916709551259));
        var small = V.Fma(p, a, a);
        // 1 - e^(-a^2) q((a - 2) / (a + 2)); past 6 the result rounds to 1.
        var b = V.MinNative(V.Set(6.0), a);
        var t = (b - V.Set(2.0)) / (b + V.Set(2.0));
        var q = V.Fma(V.Set(-1.2636759605801661e-05), t, V.Set(-2.660397269517798e-05));
        q = V.Fma(q, t, V.Set(2.7625156111632258e-05));
        q = V.Fma(q, t, V.Set(0.00017428808328406601));
        q = V.Fma(q, t, V.Set(4.3535909343563389e-05));
        q = V.Fma(q, t, V.Set(-0.000981976499241052));
        q = V.Fma(q, t, V.Set(-0.00084714258380387336));
        q = V.Fma(q, t, V.Set(0.0069974617867856062));
        q = V.Fma(q, t, V.Set(0.0037328923985180205));
        q = V.Fma(q, t, V.Set(-0.078978581016427379));
        q = V.Fma(q, t, V.Set(0.24165819424246845));
        q = V.Fma(q, t, V.Set(-0.42718584741395682));
        q = V.Fma(q, t, V.Set(0.25539567631050575));
        var large = V.Set(1.0) - Exp(-(b * b)) * q;
        return V.Select(V.Less(a, V.Set(1.0)), small, large) | sign;
    }

    // Up to here three parts of pi/2 give a remainder with an error far below the result's last place.
    private const double LargestReduced = 1048576;

    [MethodImpl(Inline)]
    private static V Quadrant<V>(V x, out V n) where V : struct, IVec<V, double>
    {
        n = V.Round(x * V.Set(0.63661977236758134));
        var r = V.Fma(n, V.Set(-1.5707963267948966), x);
        r = V.Fma(n, V.Set(-6.123233995736766e-17), r);
        return V.Fma(n, V.Set(1.4973849048591698e-33), r);
    }

    [MethodImpl(Inline)]
    private static V SinReduced<V>(V r) where V : struct, IVec<V, double>
    {
        var z = r * r;
        var p = V.Fma(V.Set(1.5898597364029304e-10), z, V.Set(-2.5050792979567587e-08));
        p = V.Fma(p, z, V.Set(2.755731394653518e-06));
        p = V.Fma(p, z, V.Set(-0.00019841269830670491));
        p = V.Fma(p, z, V.Set(0.008333333333323735));
        p = V.Fma(p, z, V.Set(-0.16666666666666638));
        return V.Fma(p * z, r, r);
    }

    [MethodImpl(Inline)]
    private static V CosReduced<V>(V r) where V : struct, IVec<V, double>
    {
        var z = r * r;
        var p = V.Fma(V.Set(-1.1368740628772793e-11), z, V.Set(2.0875908950090442e-09));
        p = V.Fma(p, z, V.Set(-2.7557315803239853e-07));
        p = V.Fma(p, z, V.Set(2.4801587294843977e-05));
        p = V.Fma(p, z, V.Set(-0.0013888888888883338));
        p = V.Fma(p, z, V.Set(0.041666666666666657));
        // 1 - z/2 rounds; what it loses is added back with the tail.
        var half = V.Set(0.5) * z;
        var w = V.Set(1.0) - half;
        return w + V.Fma(p, z * z, (V.Set(1.0) - w) - half);
    }

    /// <summary>Lanes equal to -0 as a mask; the others are +0.</summary>
    [MethodImpl(Inline)]
    private static V SignMask<V>(V signs) where V : struct, IVec<V, double> => V.Less(signs | V.Set(1.0), V.Set(0.0));

    private interface ILane { static abstract double Apply(double x); }

    private readonly struct SinLane : ILane { public static double Apply(double x) => Math.Sin(x); }

    private readonly struct CosLane : ILane { public static double Apply(double x) => Math.Cos(x); }

    private static unsafe V ByLane<V, TLane>(V x) where V : struct, IVec<V, double> where TLane : struct, ILane
    {
        var buffer = stackalloc double[V.Count];
        x.Store(buffer);
        for (var i = 0; i < V.Count; i++) buffer[i] = TLane.Apply(buffer[i]);
        return V.Load(buffer);
    }
}
