using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>16 single-precision lanes.</summary>
internal readonly struct V512F(Vector512<float> v) : IVec<V512F, float>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<float> _v = v;

    public Vector512<float> Value { [MethodImpl(Inline)] get => _v; }

    public static int Count { [MethodImpl(Inline)] get => 16; }

    [MethodImpl(Inline)]
    public static unsafe V512F Load(float* p) => new(Vector512.Load(p));

    [MethodImpl(Inline)]
    public unsafe void Store(float* p) => _v.Store(p);

    [MethodImpl(Inline)]
    public unsafe void StorePart(float* p, int n)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore(p, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(n)).AsSingle(), _v);
        else Fallback.StorePart(_v, p, n);
    }

    [MethodImpl(Inline)]
    public static V512F Set(float x) => new(Vector512.Create(x));

    [MethodImpl(Inline)]
    public static V512F Const(double x) => new(Vector512.Create((float)x));

    public static V512F Ramp { [MethodImpl(Inline)] get => new(Vector512<float>.Indices); }

    [MethodImpl(Inline)]
    public static V512F operator +(V512F a, V512F b) => new(a._v + b._v);

    [MethodImpl(Inline)]
    public static V512F operator -(V512F a, V512F b) => new(a._v - b._v);

    [MethodImpl(Inline)]
    public static V512F operator *(V512F a, V512F b) => new(a._v * b._v);

    [MethodImpl(Inline)]
    public static V512F operator /(V512F a, V512F b) => new(a._v / b._v);

    [MethodImpl(Inline)]
    public static V512F operator &(V512F a, V512F b) => new(a._v & b._v);

    [MethodImpl(Inline)]
    public static V512F operator |(V512F a, V512F b) => new(a._v | b._v);

    [MethodImpl(Inline)]
    public static V512F operator ^(V512F a, V512F b) => new(a._v ^ b._v);

    [MethodImpl(Inline)]
    public static V512F operator -(V512F a) => new(-a._v);

    [MethodImpl(Inline)]
    public static V512F Fma(V512F a, V512F b, V512F c) => new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(Inline)]
    public static V512F MinNative(V512F a, V512F b) => new(Vector512.MinNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F MaxNative(V512F a, V512F b) => new(Vector512.MaxNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F Min(V512F a, V512F b) => new(Vector512.Min(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F Max(V512F a, V512F b) => new(Vector512.Max(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F Abs(V512F a) => new(Vector512.Abs(a._v));

    [MethodImpl(Inline)]
    public static V512F Sqrt(V512F a) => new(Vector512.Sqrt(a._v));

    [MethodImpl(Inline)]
    public static V512F Floor(V512F a) => new(Vector512.Floor(a._v));

    [MethodImpl(Inline)]
    public static V512F Round(V512F a) => new(Vector512.Round(a._v));

    [MethodImpl(Inline)]
    public static V512F Less(V512F a, V512F b) => new(Vector512.LessThan(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F LessEqual(V512F a, V512F b) => new(Vector512.LessThanOrEqual(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F Equal(V512F a, V512F b) => new(Vector512.Equals(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512F Select(V512F mask, V512F a, V512F b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(Inline)]
    public static bool Any(V512F mask) => Vector512.ExtractMostSignificantBits(mask._v) != 0;

    [MethodImpl(Inline)]
    public static bool All(V512F mask) => Vector512.ExtractMostSignificantBits(mask._v) == 0xFFFF;

    [MethodImpl(Inline)]
    public static V512F Scale(V512F a, V512F n)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(a._v, n._v));
        var half = Floor(n * Set(0.5f));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(Inline)]
    public static V512F Pow2(V512F n) =>
        new(Vector512.ShiftLeft(ToInteger(n._v) + Vector512.Create(127), 23).AsSingle());

    [MethodImpl(Inline)]
    public static V512F Split(V512F x, out V512F mantissa)
    {
        if (Avx512F.IsSupported)
        {
            // 1 + floor(log2(x sqrt(1/2))): the exponent boundary lies at sqrt(1/2), moved by rounding by a unit in the last place at most.
            var below = Avx512F.GetExponent(x._v * Vector512.Create(0.707106781f));
            mantissa = new(Avx512F.Scale(x._v, Vector512.Create(-1f) - below));
            return new(below + Vector512.Create(1f));
        }
        // Subtracting the bits of sqrt(1/2) moves the exponent boundary there; the sum below restores the mantissa.
        var offset = Vector512.Create(0x3F3504F3);
        var shifted = x._v.AsInt32() - offset;
        mantissa = new(((shifted & Vector512.Create(0x007FFFFF)) + offset).AsSingle());
        return new(Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(shifted, 23)));
    }

    [MethodImpl(Inline)]
    public static V512F OddSign(V512F n) => new(Vector512.ShiftLeft(ToInteger(n._v), 31).AsSingle());

    [MethodImpl(Inline)]
    public static unsafe V512F LoadMask(byte* p)
    {
        if (Avx512F.IsSupported) return new(Vector512.GreaterThan(Avx512F.ConvertToVector512Int32(Vector128.Load(p)), Vector512<int>.Zero).AsSingle());
        var (lo, hi) = Vector256.Widen(Vector256.WidenLower(Vector128.Load(p).ToVector256()));
        return new(Vector512.GreaterThan(Vector512.Create(lo, hi).AsInt32(), Vector512<int>.Zero).AsSingle());
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreMask(V512F mask, byte* p)
    {
        var bits = mask._v.AsInt32() & Vector512<int>.One;
        if (Avx512F.IsSupported) Avx512F.ConvertToVector128Byte(bits).Store(p);
        else
        {
            var halves = Vector256.Narrow(bits.GetLower(), bits.GetUpper());
            Vector128.Narrow(halves.GetLower(), halves.GetUpper()).AsByte().Store(p);
        }
    }

    [MethodImpl(Inline)]
    public static V512F First(V512F a, V512F b, int n) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)n)).AsSingle(), a._v, b._v));

    [MethodImpl(Inline)]
    public static float Sum(V512F a) => Vector512.Sum(a._v);

    [MethodImpl(Inline)]
    public static float MaxLane(V512F a)
    {
        var half = Vector256.Max(a._v.GetLower(), a._v.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    [MethodImpl(Inline)]
    public static unsafe double SumWide(float* a, nint n)
    {
        nint k = 0;
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; k <= n - 32; k += 32)
        {
            var (a0, a1) = Vector512.Widen(Vector512.Load(a + k));
            var (a2, a3) = Vector512.Widen(Vector512.Load(a + k + 16));
            s0 += a0;
            s1 += a1;
            s2 += a2;
            s3 += a3;
        }
        for (; k < n; k += 16)
        {
            var (a0, a1) = Vector512.Widen(First(Load(a + k), default, (int)Math.Min(16, n - k))._v);
            s0 += a0;
            s1 += a1;
        }
        return Vector512.Sum((s0 + s1) + (s2 + s3));
    }

    [MethodImpl(Inline)]
    public static unsafe double DotWide(float* a, float* b, nint n)
    {
        nint k = 0;
        Vector512<double> s0 = default, s1 = default;
        for (; k <= n - 16; k += 16)
        {
            var (a0, a1) = Vector512.Widen(Vector512.Load(a + k));
            var (b0, b1) = Vector512.Widen(Vector512.Load(b + k));
            s0 = Vector512.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector512.FusedMultiplyAdd(a1, b1, s1);
        }
        if (k < n)
        {
            var (a0, a1) = Vector512.Widen(First(Load(a + k), default, (int)(n - k))._v);
            var (b0, b1) = Vector512.Widen(First(Load(b + k), default, (int)(n - k))._v);
            s0 = Vector512.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector512.FusedMultiplyAdd(a1, b1, s1);
        }
        return Vector512.Sum(s0 + s1);
    }

    [MethodImpl(Inline)]
    public static unsafe void AddDown(double* sums, float* a, nint rows, nint step)
    {
        Vector512<double> low = Vector512.Load(sums), high = Vector512.Load(sums + 8);
        for (nint r = 0; r < rows; r++, a += step)
        {
            var (x, y) = Vector512.Widen(Vector512.Load(a));
            low += x;
            high += y;
        }
        low.Store(sums);
        high.Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe double SumLogWide(float* a, nint n)
    {
        if (!Avx512F.IsSupported) return SumLogs.By<V512F, float>(a, n);
        // Significands lie in [1, 2), so the product of so many stays finite; a negative one is NaN, and the sum turns -0 into 0.
        const int Block = 60 * 16;
        double sum = 0;
        for (; n > 0; n -= Block, a += Block)
        {
            Vector512<float> e = default, m = Vector512<float>.One;
            nint k = 0, end = Math.Min(n, Block);
            for (; k <= end - 16; k += 16) Gather(Vector512.Load(a + k), ref e, ref m);
            if (k < end) Gather(First(Load(a + k), Set(1f), (int)(end - k))._v, ref e, ref m);
            sum += Finish(e, m);
        }
        return sum;

        [MethodImpl(Inline)]
        static void Gather(Vector512<float> x, ref Vector512<float> e, ref Vector512<float> m)
        {
            x += Vector512<float>.Zero;
            e += Avx512F.GetExponent(x);
            m *= Avx512F.GetMantissa(x, 8);
        }
    }

    private static double Finish(Vector512<float> e, Vector512<float> m)
    {
        var (low, high) = Vector512.Widen(m);
        return Vector512.Sum(MathF64.LogNormal(new V512D(low)).Value + MathF64.LogNormal(new V512D(high)).Value) + Math.Log(2) * Vector512.Sum(e);
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreSigns(uint* bits, float* p)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<uint> top = Vector512.Create(31u) - Vector512<uint>.Indices, sign = Vector512.Create(0x80000000u), one = Vector512<float>.One.AsUInt32();
            for (var w = 0; w < 4; w++, p += 32)
            {
                // (not shifted and sign) or one: the sign bit is the word's bit, turned over.
                var word = Vector512.Create(bits[w]);
                Avx512F.TernaryLogic(Avx512F.ShiftLeftLogicalVariable(word, top), sign, one, 0xAE).AsSingle().Store(p);
                Avx512F.TernaryLogic(Avx512F.ShiftLeftLogicalVariable(word, top - Vector512.Create(16u)), sign, one, 0xAE).AsSingle().Store(p + 16);
            }
            return;
        }
        var lane = Vector512.Create(1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        for (var w = 0; w < 4; w++)
        {
            var word = Vector512.Create((int)bits[w]);
            for (var part = 0; part < 2; part++, p += 16)
            {
                var bit = Vector512.ShiftLeft(lane, 16 * part);
                Vector512.ConditionalSelect(Vector512.Equals(word & bit, bit).AsSingle(), Vector512<float>.One, -Vector512<float>.One).Store(p);
            }
        }
    }

    [MethodImpl(Inline)]
    public static V512F Exp(V512F x) => MathF32.Exp(x);

    [MethodImpl(Inline)]
    public static V512F Expm1(V512F x) => MathF32.Expm1(x);

    [MethodImpl(Inline)]
    public static V512F Log(V512F x) => MathF32.Log(x);

    [MethodImpl(Inline)]
    public static V512F Log1p(V512F x) => MathF32.Log1p(x);

    [MethodImpl(Inline)]
    public static V512F Tanh(V512F x) => MathF32.Tanh(x);

    [MethodImpl(Inline)]
    public static V512F Sigmoid(V512F x) => MathF32.Sigmoid(x);

    [MethodImpl(Inline)]
    public static V512F Softplus(V512F x) => MathF32.Softplus(x);

    [MethodImpl(Inline)]
    public static V512F Sin(V512F x) => MathF32.Sin(x);

    [MethodImpl(Inline)]
    public static V512F Cos(V512F x) => MathF32.Cos(x);

    [MethodImpl(Inline)]
    public static V512F Erf(V512F x) => MathF32.Erf(x);

    [MethodImpl(Inline)]
    private static Vector512<int> ToInteger(Vector512<float> integral) => Vector512.ConvertToInt32Native(integral);
}
