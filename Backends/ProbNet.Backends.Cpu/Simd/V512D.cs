using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>8 double-precision lanes.</summary>
internal readonly struct V512D(Vector512<double> v) : IVec<V512D, double>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<double> _v = v;

    public Vector512<double> Value { [MethodImpl(Inline)] get => _v; }

    public static int Count { [MethodImpl(Inline)] get => 8; }

    [MethodImpl(Inline)]
    public static unsafe V512D Load(double* p) => new(Vector512.Load(p));

    [MethodImpl(Inline)]
    public unsafe void Store(double* p) => _v.Store(p);

    [MethodImpl(Inline)]
    public unsafe void StorePart(double* p, int n)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore(p, Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)n)).AsDouble(), _v);
        else Fallback.StorePart(_v, p, n);
    }

    [MethodImpl(Inline)]
    public static V512D Set(double x) => new(Vector512.Create(x));

    [MethodImpl(Inline)]
    public static V512D Const(double x) => new(Vector512.Create(x));

    public static V512D Ramp { [MethodImpl(Inline)] get => new(Vector512<double>.Indices); }

    [MethodImpl(Inline)]
    public static V512D operator +(V512D a, V512D b) => new(a._v + b._v);

    [MethodImpl(Inline)]
    public static V512D operator -(V512D a, V512D b) => new(a._v - b._v);

    [MethodImpl(Inline)]
    public static V512D operator *(V512D a, V512D b) => new(a._v * b._v);

    [MethodImpl(Inline)]
    public static V512D operator /(V512D a, V512D b) => new(a._v / b._v);

    [MethodImpl(Inline)]
    public static V512D operator &(V512D a, V512D b) => new(a._v & b._v);

    [MethodImpl(Inline)]
    public static V512D operator |(V512D a, V512D b) => new(a._v | b._v);

    [MethodImpl(Inline)]
    public static V512D operator ^(V512D a, V512D b) => new(a._v ^ b._v);

    [MethodImpl(Inline)]
    public static V512D operator -(V512D a) => new(-a._v);

    [MethodImpl(Inline)]
    public static V512D Fma(V512D a, V512D b, V512D c) => new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(Inline)]
    public static V512D MinNative(V512D a, V512D b) => new(Vector512.MinNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D MaxNative(V512D a, V512D b) => new(Vector512.MaxNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D Min(V512D a, V512D b) => new(Vector512.Min(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D Max(V512D a, V512D b) => new(Vector512.Max(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D Abs(V512D a) => new(Vector512.Abs(a._v));

    [MethodImpl(Inline)]
    public static V512D Sqrt(V512D a) => new(Vector512.Sqrt(a._v));

    [MethodImpl(Inline)]
    public static V512D Floor(V512D a) => new(Vector512.Floor(a._v));

    [MethodImpl(Inline)]
    public static V512D Round(V512D a) => new(Vector512.Round(a._v));

    [MethodImpl(Inline)]
    public static V512D Less(V512D a, V512D b) => new(Vector512.LessThan(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D LessEqual(V512D a, V512D b) => new(Vector512.LessThanOrEqual(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D Equal(V512D a, V512D b) => new(Vector512.Equals(a._v, b._v));

    [MethodImpl(Inline)]
    public static V512D Select(V512D mask, V512D a, V512D b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(Inline)]
    public static bool Any(V512D mask) => Vector512.ExtractMostSignificantBits(mask._v) != 0;

    [MethodImpl(Inline)]
    public static bool All(V512D mask) => Vector512.ExtractMostSignificantBits(mask._v) == 0xFF;

    [MethodImpl(Inline)]
    public static V512D Scale(V512D a, V512D n)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(a._v, n._v));
        var half = Floor(n * Set(0.5));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(Inline)]
    public static V512D Pow2(V512D n) =>
        new(Vector512.ShiftLeft(ToInteger(n._v) + Vector512.Create(1023L), 52).AsDouble());

    [MethodImpl(Inline)]
    public static V512D Split(V512D x, out V512D mantissa)
    {
        if (Avx512F.IsSupported)
        {
            // 1 + floor(log2(x sqrt(1/2))): the exponent boundary lies at sqrt(1/2), moved by rounding by a unit in the last place at most.
            var below = Avx512F.GetExponent(x._v * Vector512.Create(0.70710678118654752));
            mantissa = new(Avx512F.Scale(x._v, Vector512.Create(-1.0) - below));
            return new(below + Vector512.Create(1.0));
        }
        // Subtracting the bits of sqrt(1/2) moves the exponent boundary there; the sum below restores the mantissa.
        var offset = Vector512.Create(0x3FE6A09E667F3BCDL);
        var shifted = x._v.AsInt64() - offset;
        mantissa = new(((shifted & Vector512.Create(0x000FFFFFFFFFFFFFL)) + offset).AsDouble());
        return new(Vector512.ConvertToDouble(Vector512.ShiftRightArithmetic(shifted, 52)));
    }

    [MethodImpl(Inline)]
    public static V512D OddSign(V512D n) => new(Vector512.ShiftLeft(ToInteger(n._v), 63).AsDouble());

    [MethodImpl(Inline)]
    public static unsafe V512D LoadMask(byte* p)
    {
        if (Avx512F.IsSupported)
            return new(Vector512.GreaterThan(Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(*(long*)p).AsByte()), Vector512<long>.Zero).AsDouble());
        return new(Vector512.Create(V256D.LoadMask(p).Value, V256D.LoadMask(p + 4).Value));
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreMask(V512D mask, byte* p)
    {
        if (Avx512F.IsSupported) *(long*)p = Avx512F.ConvertToVector128Byte(mask._v.AsInt64() & Vector512<long>.One).AsInt64().ToScalar();
        else
        {
            V256D.StoreMask(new(mask._v.GetLower()), p);
            V256D.StoreMask(new(mask._v.GetUpper()), p + 4);
        }
    }

    [MethodImpl(Inline)]
    public static V512D First(V512D a, V512D b, int n) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)n)).AsDouble(), a._v, b._v));

    [MethodImpl(Inline)]
    public static double Sum(V512D a) => Vector512.Sum(a._v);

    [MethodImpl(Inline)]
    public static double MaxLane(V512D a)
    {
        var half = Vector256.Max(a._v.GetLower(), a._v.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return Math.Max(quarter[0], quarter[1]);
    }

    [MethodImpl(Inline)]
    public static unsafe double SumWide(double* a, nint n)
    {
        nint k = 0;
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; k <= n - 32; k += 32)
        {
            s0 += Vector512.Load(a + k);
            s1 += Vector512.Load(a + k + 8);
            s2 += Vector512.Load(a + k + 16);
            s3 += Vector512.Load(a + k + 24);
        }
        for (; k < n; k += 8) s0 += First(Load(a + k), default, (int)Math.Min(8, n - k))._v;
        return Vector512.Sum((s0 + s1) + (s2 + s3));
    }

    [MethodImpl(Inline)]
    public static unsafe double DotWide(double* a, double* b, nint n)
    {
        nint k = 0;
        Vector512<double> s0 = default, s1 = default;
        for (; k <= n - 16; k += 16)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + k), Vector512.Load(b + k), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + k + 8), Vector512.Load(b + k + 8), s1);
        }
        for (; k < n; k += 8)
        {
            var left = (int)Math.Min(8, n - k);
            s0 = Vector512.FusedMultiplyAdd(First(Load(a + k), default, left)._v, First(Load(b + k), default, left)._v, s0);
        }
        return Vector512.Sum(s0 + s1);
    }

    [MethodImpl(Inline)]
    public static unsafe void AddDown(double* sums, double* a, nint rows, nint step)
    {
        var sum = Vector512.Load(sums);
        for (nint r = 0; r < rows; r++, a += step) sum += Vector512.Load(a);
        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe double SumLogWide(double* a, nint n)
    {
        if (!Avx512F.IsSupported) return SumLogs.By<V512D, double>(a, n);
        // Significands lie in [1, 2), so the product of so many stays finite; a negative one is NaN, and the sum turns -0 into 0.
        const int Block = 60 * 8;
        double sum = 0;
        for (; n > 0; n -= Block, a += Block)
        {
            Vector512<double> e = default, m = Vector512<double>.One;
            nint k = 0, end = Math.Min(n, Block);
            for (; k <= end - 8; k += 8) Gather(Vector512.Load(a + k), ref e, ref m);
            if (k < end) Gather(First(Load(a + k), Set(1.0), (int)(end - k))._v, ref e, ref m);
            sum += Finish(e, m);
        }
        return sum;

        [MethodImpl(Inline)]
        static void Gather(Vector512<double> x, ref Vector512<double> e, ref Vector512<double> m)
        {
            x += Vector512<double>.Zero;
            e += Avx512F.GetExponent(x);
            m *= Avx512F.GetMantissa(x, 8);
        }
    }

    private static double Finish(Vector512<double> e, Vector512<double> m)
    {
        return Vector512.Sum(MathF64.LogNormal(new V512D(m)).Value) + Math.Log(2) * Vector512.Sum(e);
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreSigns(uint* bits, double* p)
    {
        var lane = Vector512.Create(1L, 1L << 1, 1L << 2, 1L << 3, 1L << 4, 1L << 5, 1L << 6, 1L << 7);
        for (var w = 0; w < 4; w++)
        {
            var word = Vector512.Create((long)bits[w]);
            for (var part = 0; part < 4; part++, p += 8)
            {
                var bit = Vector512.ShiftLeft(lane, 8 * part);
                Vector512.ConditionalSelect(Vector512.Equals(word & bit, bit).AsDouble(), Vector512<double>.One, -Vector512<double>.One).Store(p);
            }
        }
    }

    [MethodImpl(Inline)]
    public static V512D Exp(V512D x) => MathF64.Exp(x);

    [MethodImpl(Inline)]
    public static V512D Expm1(V512D x) => MathF64.Expm1(x);

    [MethodImpl(Inline)]
    public static V512D Log(V512D x) => MathF64.Log(x);

    [MethodImpl(Inline)]
    public static V512D Log1p(V512D x) => MathF64.Log1p(x);

    [MethodImpl(Inline)]
    public static V512D Tanh(V512D x) => MathF64.Tanh(x);

    [MethodImpl(Inline)]
    public static V512D Sigmoid(V512D x) => MathF64.Sigmoid(x);

    [MethodImpl(Inline)]
    public static V512D Softplus(V512D x) => MathF64.Softplus(x);

    [MethodImpl(Inline)]
    public static V512D Sin(V512D x) => MathF64.Sin(x);

    [MethodImpl(Inline)]
    public static V512D Cos(V512D x) => MathF64.Cos(x);

    [MethodImpl(Inline)]
    public static V512D Erf(V512D x) => MathF64.Erf(x);

    [MethodImpl(Inline)]
    private static Vector512<long> ToInteger(Vector512<double> integral) => Vector512.ConvertToInt64Native(integral);
}
