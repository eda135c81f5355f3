using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>8 single-precision lanes.</summary>
internal readonly struct V256F(Vector256<float> v) : IVec<V256F, float>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<float> _v = v;

    public Vector256<float> Value { [MethodImpl(Inline)] get => _v; }

    public static int Count { [MethodImpl(Inline)] get => 8; }

    [MethodImpl(Inline)]
    public static unsafe V256F Load(float* p) => new(Vector256.Load(p));

    [MethodImpl(Inline)]
    public unsafe void Store(float* p) => _v.Store(p);

    [MethodImpl(Inline)]
    public unsafe void StorePart(float* p, int n)
    {
        if (Avx.IsSupported) Avx.MaskStore(p, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(n)).AsSingle(), _v);
        else Fallback.StorePart(_v, p, n);
    }

    [MethodImpl(Inline)]
    public static V256F Set(float x) => new(Vector256.Create(x));

    [MethodImpl(Inline)]
    public static V256F Const(double x) => new(Vector256.Create((float)x));

    public static V256F Ramp { [MethodImpl(Inline)] get => new(Vector256<float>.Indices); }

    [MethodImpl(Inline)]
    public static V256F operator +(V256F a, V256F b) => new(a._v + b._v);

    [MethodImpl(Inline)]
    public static V256F operator -(V256F a, V256F b) => new(a._v - b._v);

    [MethodImpl(Inline)]
    public static V256F operator *(V256F a, V256F b) => new(a._v * b._v);

    [MethodImpl(Inline)]
    public static V256F operator /(V256F a, V256F b) => new(a._v / b._v);

    [MethodImpl(Inline)]
    public static V256F operator &(V256F a, V256F b) => new(a._v & b._v);

    [MethodImpl(Inline)]
    public static V256F operator |(V256F a, V256F b) => new(a._v | b._v);

    [MethodImpl(Inline)]
    public static V256F operator ^(V256F a, V256F b) => new(a._v ^ b._v);

    [MethodImpl(Inline)]
    public static V256F operator -(V256F a) => new(-a._v);

    [MethodImpl(Inline)]
    public static V256F Fma(V256F a, V256F b, V256F c) => new(Vector256.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(Inline)]
    public static V256F MinNative(V256F a, V256F b) => new(Vector256.MinNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F MaxNative(V256F a, V256F b) => new(Vector256.MaxNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F Min(V256F a, V256F b) => new(Vector256.Min(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F Max(V256F a, V256F b) => new(Vector256.Max(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F Abs(V256F a) => new(Vector256.Abs(a._v));

    [MethodImpl(Inline)]
    public static V256F Sqrt(V256F a) => new(Vector256.Sqrt(a._v));

    [MethodImpl(Inline)]
    public static V256F Floor(V256F a) => new(Vector256.Floor(a._v));

    [MethodImpl(Inline)]
    public static V256F Round(V256F a) => new(Vector256.Round(a._v));

    [MethodImpl(Inline)]
    public static V256F Less(V256F a, V256F b) => new(Vector256.LessThan(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F LessEqual(V256F a, V256F b) => new(Vector256.LessThanOrEqual(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F Equal(V256F a, V256F b) => new(Vector256.Equals(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256F Select(V256F mask, V256F a, V256F b) => new(Vector256.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(Inline)]
    public static bool Any(V256F mask) => Vector256.ExtractMostSignificantBits(mask._v) != 0;

    [MethodImpl(Inline)]
    public static bool All(V256F mask) => Vector256.ExtractMostSignificantBits(mask._v) == 0xFF;

    [MethodImpl(Inline)]
    public static V256F Scale(V256F a, V256F n)
    {
        // In two factors: the result may be subnormal or overflow although neither factor does.
        var half = Floor(n * Set(0.5f));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(Inline)]
    public static V256F Pow2(V256F n) =>
        new(Vector256.ShiftLeft(ToInteger(n._v) + Vector256.Create(127), 23).AsSingle());

    [MethodImpl(Inline)]
    public static V256F Split(V256F x, out V256F mantissa)
    {
        // Subtracting the bits of sqrt(1/2) moves the exponent boundary there; the sum below restores the mantissa.
        var offset = Vector256.Create(0x3F3504F3);
        var shifted = x._v.AsInt32() - offset;
        mantissa = new(((shifted & Vector256.Create(0x007FFFFF)) + offset).AsSingle());
        return new(Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(shifted, 23)));
    }

    [MethodImpl(Inline)]
    public static V256F OddSign(V256F n) => new(Vector256.ShiftLeft(ToInteger(n._v), 31).AsSingle());

    [MethodImpl(Inline)]
    public static unsafe V256F LoadMask(byte* p)
    {
        var (lo, hi) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsByte()));
        return new(Vector256.GreaterThan(Vector256.Create(lo, hi).AsInt32(), Vector256<int>.Zero).AsSingle());
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreMask(V256F mask, byte* p)
    {
        var bits = mask._v.AsInt32() & Vector256<int>.One;
        var halves = Vector128.Narrow(bits.GetLower(), bits.GetUpper());
        *(long*)p = Vector128.Narrow(halves, halves).AsInt64().ToScalar();
    }

    [MethodImpl(Inline)]
    public static V256F First(V256F a, V256F b, int n) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)n)).AsSingle(), a._v, b._v));

    [MethodImpl(Inline)]
    public static float Sum(V256F a) => Vector256.Sum(a._v);

    [MethodImpl(Inline)]
    public static float MaxLane(V256F a)
    {
        var quarter = Vector128.Max(a._v.GetLower(), a._v.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    [MethodImpl(Inline)]
    public static unsafe double SumWide(float* a, nint n)
    {
        nint k = 0;
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; k <= n - 16; k += 16)
        {
            var (a0, a1) = Vector256.Widen(Vector256.Load(a + k));
            var (a2, a3) = Vector256.Widen(Vector256.Load(a + k + 8));
            s0 += a0;
            s1 += a1;
            s2 += a2;
            s3 += a3;
        }
        for (; k < n; k += 8)
        {
            var (a0, a1) = Vector256.Widen(First(Load(a + k), default, (int)Math.Min(8, n - k))._v);
            s0 += a0;
            s1 += a1;
        }
        return Vector256.Sum((s0 + s1) + (s2 + s3));
    }

    [MethodImpl(Inline)]
    public static unsafe double DotWide(float* a, float* b, nint n)
    {
        nint k = 0;
        Vector256<double> s0 = default, s1 = default;
        for (; k <= n - 8; k += 8)
        {
            var (a0, a1) = Vector256.Widen(Vector256.Load(a + k));
            var (b0, b1) = Vector256.Widen(Vector256.Load(b + k));
            s0 = Vector256.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector256.FusedMultiplyAdd(a1, b1, s1);
        }
        if (k < n)
        {
            var (a0, a1) = Vector256.Widen(First(Load(a + k), default, (int)(n - k))._v);
            var (b0, b1) = Vector256.Widen(First(Load(b + k), default, (int)(n - k))._v);
            s0 = Vector256.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector256.FusedMultiplyAdd(a1, b1, s1);
        }
        return Vector256.Sum(s0 + s1);
    }

    [MethodImpl(Inline)]
    public static unsafe void AddDown(double* sums, float* a, nint rows, nint step)
    {
        Vector256<double> low = Vector256.Load(sums), high = Vector256.Load(sums + 4);
        for (nint r = 0; r < rows; r++, a += step)
        {
            var (x, y) = Vector256.Widen(Vector256.Load(a));
            low += x;
            high += y;
        }
        low.Store(sums);
        high.Store(sums + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe double SumLogWide(float* a, nint n) => SumLogs.By<V256F, float>(a, n);

    [MethodImpl(Inline)]
    public static unsafe void StoreSigns(uint* bits, float* p)
    {
        var lane = Vector256.Create(1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7);
        for (var w = 0; w < 4; w++)
        {
            var word = Vector256.Create((int)bits[w]);
            for (var part = 0; part < 4; part++, p += 8)
            {
                var bit = Vector256.ShiftLeft(lane, 8 * part);
                Vector256.ConditionalSelect(Vector256.Equals(word & bit, bit).AsSingle(), Vector256<float>.One, -Vector256<float>.One).Store(p);
            }
        }
    }

    [MethodImpl(Inline)]
    public static V256F Exp(V256F x) => MathF32.Exp(x);

    [MethodImpl(Inline)]
    public static V256F Expm1(V256F x) => MathF32.Expm1(x);

    [MethodImpl(Inline)]
    public static V256F Log(V256F x) => MathF32.Log(x);

    [MethodImpl(Inline)]
    public static V256F Log1p(V256F x) => MathF32.Log1p(x);

    [MethodImpl(Inline)]
    public static V256F Tanh(V256F x) => MathF32.Tanh(x);

    [MethodImpl(Inline)]
    public static V256F Sigmoid(V256F x) => MathF32.Sigmoid(x);

    [MethodImpl(Inline)]
    public static V256F Softplus(V256F x) => MathF32.Softplus(x);

    [MethodImpl(Inline)]
    public static V256F Sin(V256F x) => MathF32.Sin(x);

    [MethodImpl(Inline)]
    public static V256F Cos(V256F x) => MathF32.Cos(x);

    [MethodImpl(Inline)]
    public static V256F Erf(V256F x) => MathF32.Erf(x);

    [MethodImpl(Inline)]
    private static Vector256<int> ToInteger(Vector256<float> integral) => Vector256.ConvertToInt32Native(integral);
}
