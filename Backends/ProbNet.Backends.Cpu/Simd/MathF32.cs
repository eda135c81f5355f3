using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Elementary functions of single-precision vectors, within a few units in the last place over the whole range, subnormals, infinities and
/// NaN included. Each reduces its argument and evaluates a minimax polynomial, fitted by Remez exchange to relative error below 2^-26.
/// </summary>
internal static class MathF32
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // ln 2 in two parts: the first has trailing zeros, so that n times it is exact for the n that occur.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f, Log2E = 1.44269504f;

    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : struct, IVec<V, float> => ExpBelow(V.MinNative(V.Set(89f), x));

    /// <summary>e^x for x up to 89. Beyond the bounds the result is 0 or infinity either way. NaN passes: the machine's min and max return their second operand.</summary>
    [MethodImpl(Inline)]
    private static V ExpBelow<V>(V x) where V : struct, IVec<V, float>
    {
        x = V.MaxNative(V.Set(-104f), x);
        var n = V.Round(x * V.Set(Log2E));
        return V.Scale(Expm1Reduced(Reduce(x, n)) + V.Set(1f), n);
    }

    /// <summary>e^x for x in [-87, 0]: no special cases.</summary>
    [MethodImpl(Inline)]
    private static V ExpNegative<V>(V x) where V : struct, IVec<V, float>
    {
        var n = V.Round(x * V.Set(Log2E));
        var scale = V.Pow2(n);
        return V.Fma(Expm1Reduced(Reduce(x, n)), scale, scale);
    }

    [MethodImpl(Inline)]
    public static V Expm1<V>(V x) where V : struct, IVec<V, float>
    {
        x = V.MinNative(V.Set(89f), V.MaxNative(V.Set(-40f), x));
        var n = V.Round(x * V.Set(Log2E));
        // Half of the result, so that 2^n stays finite for the largest arguments.
        var scale = V.Pow2(n - V.Set(1f));
        var half = V.Fma(Expm1Reduced(Reduce(x, n)), scale, scale - V.Set(0.5f));
        return half + half;
    }

    /// <summary>The remainder x - n ln 2.</summary>
    [MethodImpl(Inline)]
    private static V Reduce<V>(V x, V n) where V : struct, IVec<V, float> => V.Fma(n, V.Set(-Ln2Low), V.Fma(n, V.Set(-Ln2High), x));

    /// <summary>e^r - 1 on |r| ≤ ln(2)/2.</summary>
    [MethodImpl(Inline)]
    private static V Expm1Reduced<V>(V r) where V : struct, IVec<V, float>
    {
        var p = V.Fma(V.Set(0.000199136834f), r, V.Set(0.00139403262f));
        p = V.Fma(p, r, V.Set(0.00833327416f));
        p = V.Fma(p, r, V.Set(0.0416663662f));
        p = V.Fma(p, r, V.Set(0.166666672f));
        p = V.Fma(p, r, V.Set(0.5f));
        return V.Fma(p, r * r, r);
    }

    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : struct, IVec<V, float> =>
        V.All(V.LessEqual(V.Set(1.17549435e-38f), x) & V.Less(x, V.Set(float.PositiveInfinity))) ? LogNormal(x) : LogAny(x);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static V LogAny<V>(V x) where V : struct, IVec<V, float>
    {
        var tiny = V.Less(x, V.Set(1.17549435e-38f));
        var scaled = V.Select(tiny, x * V.Set(33554432f), x);
        var e = V.Split(scaled, out var m) - V.Select(tiny, V.Set(25f), V.Set(0f));
        var result = LogReduced(m - V.Set(1f), e);
        result = V.Select(V.Less(x, V.Set(float.PositiveInfinity)), result, x);
        result = V.Select(V.Less(x, V.Set(0f)), V.Set(float.NaN), result);
        return V.Select(V.Equal(x, V.Set(0f)), V.Set(float.NegativeInfinity), result);
    }

    /// <summary>log x for positive normal x.</summary>
    [MethodImpl(Inline)]
    public static V LogNormal<V>(V x) where V : struct, IVec<V, float>
    {
        var e = V.Split(x, out var m);
        return LogReduced(m - V.Set(1f), e);
    }

    /// <summary>e ln 2 + log(1 + f) on sqrt(1/2) - 1 ≤ f ≤ sqrt(2) - 1.</summary>
    [MethodImpl(Inline)]
    private static V LogReduced<V>(V f, V e) where V : struct, IVec<V, float>
    {
        var p = V.Fma(V.Set(0.069211334f), f, V.Set(-0.11780829f));
        p = V.Fma(p, f, V.Set(0.118651696f));
        p = V.Fma(p, f, V.Set(-0.123855345f));
        p = V.Fma(p, f, V.Set(0.142200127f));
        p = V.Fma(p, f, V.Set(-0.166692168f));
        p = V.Fma(p, f, V.Set(0.200021461f));
        p = V.Fma(p, f, V.Set(-0.249999866f));
        p = V.Fma(p, f, V.Set(0.333333105f));
        var z = f * f;
        var tail = V.Fma(p * z, f, e * V.Set(Ln2Low));
        tail = V.Fma(V.Set(-0.5f), z, tail);
        return V.Fma(e, V.Set(Ln2High), f + tail);
    }

    [MethodImpl(Inline)]
    public static V Log1p<V>(V x) where V : struct, IVec<V, float>
    {
        var u = V.Set(1f) + x;
        // What rounding took from u, restored to first order. Meaningless (and possibly NaN) where u is 0, negative or very large.
        var lost = (x - (u - V.Set(1f))) / u;
        var valid = V.Less(V.Set(-1f), x) & V.Less(x, V.Set(1e9f));
        // The sum of two zeros would lose the sign of -0.
        return V.Select(V.Equal(x, V.Set(0f)), x, Log(u) + V.Select(valid, lost, V.Set(0f)));
    }

    /// <summary>log(1 + t) for t in [0, 1], as t p(t): subnormal t give themselves.</summary>
    [MethodImpl(Inline)]
    private static V Log1pUnit<V>(V t) where V : struct, IVec<V, float>
    {
        var p = V.Fma(V.Set(-0.0032440447f), t, V.Set(0.019851558f));
        p = V.Fma(p, t, V.Set(-0.05695973f));
        p = V.Fma(p, t, V.Set(0.10603677f));
        p = V.Fma(p, t, V.Set(-0.15305607f));
        p = V.Fma(p, t, V.Set(0.19675945f));
        p = V.Fma(p, t, V.Set(-0.24954134f));
        p = V.Fma(p, t, V.Set(0.33329964f));
        p = V.Fma(p, t, V.Set(-0.49999902f));
        return V.Fma(p * t, t, t);
    }

    [MethodImpl(Inline)]
    public static V Softplus<V>(V x) where V : struct, IVec<V, float>
    {
        var t = ExpBelow(-V.Abs(x));
        return V.Max(x, V.Set(0f)) + Log1pUnit(t);
    }

    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V, float>
    {
        var t = ExpBelow(-V.Abs(x));
        return V.Select(V.Less(x, V.Set(0f)), t, V.Set(1f)) / (V.Set(1f) + t);
    }

    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : struct, IVec<V, float>
    {
        var sign = x & V.Set(-0f);
        var t = Expm1(V.Set(-2f) * V.Abs(x));
        return V.Abs(t / (t + V.Set(2f))) | sign;
    }

    [MethodImpl(Inline)]
    public static V Sin<V>(V x) where V : struct, IVec<V, float>
    {
        if (V.Any(V.Less(V.Set(LargestReduced), V.Abs(x)))) return ByLane<V, SinLane>(x);
        var r = Quadrant(x, out var n);
        return V.Select(SignMask(V.OddSign(n)), CosReduced(r), SinReduced(r)) ^ V.OddSign(V.Floor(n * V.Set(0.5f)));
    }

    [MethodImpl(Inline)]
    public static V Cos<V>(V x) where V : struct, IVec<V, float>
    {
        if (V.Any(V.Less(V.Set(LargestReduced), V.Abs(x)))) return ByLane<V, CosLane>(x);
        var r = Quadrant(x, out var n);
        return V.Select(SignMask(V.OddSign(n)), SinReduced(r), CosReduced(r)) ^ V.OddSign(V.Floor((n + V.Set(1f)) * V.Set(0.5f)));
    }

    /// <summary>Cosine and sine of 2 pi v for v in [0, 1).</summary>
    [MethodImpl(Inline)]
    public static void CosSinTurns<V>(V v, out V cos, out V sin) where V : struct, IVec<V, float>
    {
        // Half a turn back the signs change, and a polynomial covers the circle; its zeros are factors, exact to the last place beside them.
        var w = v - V.Set(0.5f);
        var z = w * w;
        var s = V.Fma(V.Set(-3.148785f), z, V.Set(14.041533f));
        s = V.Fma(s, z, V.Set(-38.494064f));
        s = V.Fma(s, z, V.Set(67.07646f));
        s = V.Fma(s, z, V.Set(-64.835815f));
        s = V.Fma(s, z, V.Set(25.132742f));
        sin = w * V.Fma(w, w, V.Set(-0.25f)) * s;
        var c = V.Fma(V.Set(-6.5703797f), z, V.Set(25.584888f));
        c = V.Fma(c, z, V.Set(-58.575127f));
        c = V.Fma(c, z, V.Set(81.789795f));
        c = V.Fma(c, z, V.Set(-59.827267f));
        c = V.Fma(c, z, V.Set(16f));
        cos = V.Fma(w, w, V.Set(-0.0625f)) * c;
    }

    [MethodImpl(Inline)]
    public static V Erf<V>(V x) where V : struct, IVec<V, float>
    {
        var sign = x & V.Set(-0f);
        var a = V.Abs(x);
        var z = a * a;
        var p = V.Fma(V.Set(8.34520397e-05f), z, V.Set(-0.000813743158f));
        p = V.Fma(p, z, V.Set(0.00520063378f));
        p = V.Fma(p, z, V.Set(-0.0268592704f));
        p = V.Fma(p, z, V.Set(0.112836942f));
        p = V.Fma(p, z, V.Set(-0.376126349f));
        p = V.Fma(p, z, V.Set(0.128379166f));
        var small = V.Fma(p, a, a);
        // 1 - e^(-a q(a)); past 4 the result rounds to 1.
        var b = V.MinNative(V.Set(4f), a);
        var q = V.Fma(V.Set(4.80559765e-06f), b, V.Set(-4.39898795e-05f));
        q = V.Fma(q, b, V.Set(-5.75615122e-05f));
        q = V.Fma(q, b, V.Set(0.00295179803f));
        q = V.Fma(q, b, V.Set(-0.0227084924f));
        q = V.Fma(q, b, V.Set(0.105294615f));
        q = V.Fma(q, b, V.Set(0.63560921f));
        q = V.Fma(q, b, V.Set(1.12855518f));
        var large = V.Set(1f) - ExpNegative(-(q * b));
        return V.Select(V.Less(a, V.Set(0.925f)), small, large) | sign;
    }

    // Up to here three parts of pi/2 give a remainder with an error far below the result's last place.
    private const float LargestReduced = 8192f;

    [MethodImpl(Inline)]
    private static V Quadrant<V>(V x, out V n) where V : struct, IVec<V, float>
    {
        n = V.Round(x * V.Set(0.636619772f));
        var r = V.Fma(n, V.Set(-1.57079637f), x);
        r = V.Fma(n, V.Set(4.37113883e-08f), r);
        return V.Fma(n, V.Set(1.71512451e-15f), r);
    }

    [MethodImpl(Inline)]
    private static V SinReduced<V>(V r) where V : struct, IVec<V, float>
    {
        var z = r * r;
        var p = V.Fma(V.Set(2.71866179e-06f), z, V.Set(-0.000198393798f));
        p = V.Fma(p, z, V.Set(0.00833332911f));
        p = V.Fma(p, z, V.Set(-0.166666672f));
        return V.Fma(p * z, r, r);
    }

    [MethodImpl(Inline)]
    private static V CosReduced<V>(V r) where V : struct, IVec<V, float>
    {
        var z = r * r;
        var p = V.Fma(V.Set(2.44606344e-05f), z, V.Set(-0.001388759f));
        p = V.Fma(p, z, V.Set(0.041666653f));
        return V.Fma(p, z * z, V.Fma(V.Set(-0.5f), z, V.Set(1f)));
    }

    /// <summary>Lanes equal to -0 as a mask; the others are +0.</summary>
    [MethodImpl(Inline)]
    private static V SignMask<V>(V signs) where V : struct, IVec<V, float> => V.Less(signs | V.Set(1f), V.Set(0f));

    private interface ILane { static abstract float Apply(float x); }

    private readonly struct SinLane : ILane { public static float Apply(float x) => MathF.Sin(x); }

    private readonly struct CosLane : ILane { public static float Apply(float x) => MathF.Cos(x); }

    private static unsafe V ByLane<V, TLane>(V x) where V : struct, IVec<V, float> where TLane : struct, ILane
    {
        var buffer = stackalloc float[V.Count];
        x.Store(buffer);
        for (var i = 0; i < V.Count; i++) buffer[i] = TLane.Apply(buffer[i]);
        return V.Load(buffer);
    }
}
