using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>4 double-precision lanes.</summary>
internal readonly struct V256D(Vector256<double> v) : IVec<V256D, double>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // Adding 1.5 * 2^52 leaves a small integer in the low bits of the sum: AVX2 has no conversion instruction.
    private const double Magic = 6755399441055744.0;

    private readonly Vector256<double> _v = v;

    public Vector256<double> Value { [MethodImpl(Inline)] get => _v; }

    public static int Count { [MethodImpl(Inline)] get => 4; }

    [MethodImpl(Inline)]
    public static unsafe V256D Load(double* p) => new(Vector256.Load(p));

    [MethodImpl(Inline)]
    public unsafe void Store(double* p) => _v.Store(p);

    [MethodImpl(Inline)]
    public unsafe void StorePart(double* p, int n)
    {
        if (Avx.IsSupported) Avx.MaskStore(p, Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)n)).AsDouble(), _v);
        else Fallback.StorePart(_v, p, n);
    }

    [MethodImpl(Inline)]
    public static V256D Set(double x) => new(Vector256.Create(x));

    [MethodImpl(Inline)]
    public static V256D Const(double x) => new(Vector256.Create(x));

    public static V256D Ramp { [MethodImpl(Inline)] get => new(Vector256<double>.Indices); }

    [MethodImpl(Inline)]
    public static V256D operator +(V256D a, V256D b) => new(a._v + b._v);

    [MethodImpl(Inline)]
    public static V256D operator -(V256D a, V256D b) => new(a._v - b._v);

    [MethodImpl(Inline)]
    public static V256D operator *(V256D a, V256D b) => new(a._v * b._v);

    [MethodImpl(Inline)]
    public static V256D operator /(V256D a, V256D b) => new(a._v / b._v);

    [MethodImpl(Inline)]
    public static V256D operator &(V256D a, V256D b) => new(a._v & b._v);

    [MethodImpl(Inline)]
    public static V256D operator |(V256D a, V256D b) => new(a._v | b._v);

    [MethodImpl(Inline)]
    public static V256D operator ^(V256D a, V256D b) => new(a._v ^ b._v);

    [MethodImpl(Inline)]
    public static V256D operator -(V256D a) => new(-a._v);

    [MethodImpl(Inline)]
    public static V256D Fma(V256D a, V256D b, V256D c) => new(Vector256.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(Inline)]
    public static V256D MinNative(V256D a, V256D b) => new(Vector256.MinNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D MaxNative(V256D a, V256D b) => new(Vector256.MaxNative(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D Min(V256D a, V256D b) => new(Vector256.Min(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D Max(V256D a, V256D b) => new(Vector256.Max(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D Abs(V256D a) => new(Vector256.Abs(a._v));

    [MethodImpl(Inline)]
    public static V256D Sqrt(V256D a) => new(Vector256.Sqrt(a._v));

    [MethodImpl(Inline)]
    public static V256D Floor(V256D a) => new(Vector256.Floor(a._v));

    [MethodImpl(Inline)]
    public static V256D Round(V256D a) => new(Vector256.Round(a._v));

    [MethodImpl(Inline)]
    public static V256D Less(V256D a, V256D b) => new(Vector256.LessThan(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D LessEqual(V256D a, V256D b) => new(Vector256.LessThanOrEqual(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D Equal(V256D a, V256D b) => new(Vector256.Equals(a._v, b._v));

    [MethodImpl(Inline)]
    public static V256D Select(V256D mask, V256D a, V256D b) => new(Vector256.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(Inline)]
    public static bool Any(V256D mask) => Vector256.ExtractMostSignificantBits(mask._v) != 0;

    [MethodImpl(Inline)]
    public static bool All(V256D mask) => Vector256.ExtractMostSignificantBits(mask._v) == 0xF;

    [MethodImpl(Inline)]
    public static V256D Scale(V256D a, V256D n)
    {
        // In two factors: the result may be subnormal or overflow although neither factor does.
        var half = Floor(n * Set(0.5));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(Inline)]
    public static V256D Pow2(V256D n) =>
        new(Vector256.ShiftLeft(ToInteger(n._v) + Vector256.Create(1023L), 52).AsDouble());

    [MethodImpl(Inline)]
    public static V256D Split(V256D x, out V256D mantissa)
    {
        // Subtracting the bits of sqrt(1/2) moves the exponent boundary there; the sum below restores the mantissa.
        var offset = Vector256.Create(0x3FE6A09E667F3BCDL);
        var shifted = x._v.AsInt64() - offset;
        mantissa = new(((shifted & Vector256.Create(0x000FFFFFFFFFFFFFL)) + offset).AsDouble());
        return new((Vector256.ShiftRightArithmetic(shifted, 52) + Vector256.Create(Magic).AsInt64()).AsDouble() - Vector256.Create(Magic));
    }

    [MethodImpl(Inline)]
    public static V256D OddSign(V256D n) => new(Vector256.ShiftLeft(ToInteger(n._v), 63).AsDouble());

    [MethodImpl(Inline)]
    public static unsafe V256D LoadMask(byte* p)
    {
        return new(Vector256.GreaterThan(Vector256.Create(p[0], p[1], p[2], (long)p[3]), Vector256<long>.Zero).AsDouble());
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreMask(V256D mask, byte* p)
    {
        *(int*)p = (int)(BitSpread(Vector256.ExtractMostSignificantBits(mask._v)) & 0x01010101);
    }

    [MethodImpl(Inline)]
    public static V256D First(V256D a, V256D b, int n) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)n)).AsDouble(), a._v, b._v));

    [MethodImpl(Inline)]
    public static double Sum(V256D a) => Vector256.Sum(a._v);

    [MethodImpl(Inline)]
    public static double MaxLane(V256D a)
    {
        var quarter = Vector128.Max(a._v.GetLower(), a._v.GetUpper());
        return Math.Max(quarter[0], quarter[1]);
    }

    [MethodImpl(Inline)]
    public static unsafe double SumWide(double* a, nint n)
    {
        nint k = 0;
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; k <= n - 16; k += 16)
        {
            s0 += Vector256.Load(a + k);
            s1 += Vector256.Load(a + k + 4);
            s2 += Vector256.Load(a + k + 8);
            s3 += Vector256.Load(a + k + 12);
        }
        for (; k < n; k += 4) s0 += First(Load(a + k), default, (int)Math.Min(4, n - k))._v;
        return Vector256.Sum((s0 + s1) + (s2 + s3));
    }

    [MethodImpl(Inline)]
    public static unsafe double DotWide(double* a, double* b, nint n)
    {
        nint k = 0;
        Vector256<double> s0 = default, s1 = default;
        for (; k <= n - 8; k += 8)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + k), Vector256.Load(b + k), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(a + k + 4), Vector256.Load(b + k + 4), s1);
        }
        for (; k < n; k += 4)
        {
            var left = (int)Math.Min(4, n - k);
            s0 = Vector256.FusedMultiplyAdd(First(Load(a + k), default, left)._v, First(Load(b + k), default, left)._v, s0);
        }
        return Vector256.Sum(s0 + s1);
    }

    [MethodImpl(Inline)]
    public static unsafe void AddDown(double* sums, double* a, nint rows, nint step)
    {
        var sum = Vector256.Load(sums);
        for (nint r = 0; r < rows; r++, a += step) sum += Vector256.Load(a);
        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe double SumLogWide(double* a, nint n) => SumLogs.By<V256D, double>(a, n);

    [MethodImpl(Inline)]
    public static unsafe void StoreSigns(uint* bits, double* p)
    {
        var lane = Vector256.Create(1L, 1L << 1, 1L << 2, 1L << 3);
        for (var w = 0; w < 4; w++)
        {
            var word = Vector256.Create((long)bits[w]);
            for (var part = 0; part < 8; part++, p += 4)
            {
                var bit = Vector256.ShiftLeft(lane, 4 * part);
                Vector256.ConditionalSelect(Vector256.Equals(word & bit, bit).AsDouble(), Vector256<double>.One, -Vector256<double>.One).Store(p);
            }
        }
    }

    [MethodImpl(Inline)]
    public static V256D Exp(V256D x) => MathF64.Exp(x);

    [MethodImpl(Inline)]
    public static V256D Expm1(V256D x) => MathF64.Expm1(x);

    [MethodImpl(Inline)]
    public static V256D Log(V256D x) => MathF64.Log(x);

    [MethodImpl(Inline)]
    public static V256D Log1p(V256D x) => MathF64.Log1p(x);

    [MethodImpl(Inline)]
    public static V256D Tanh(V256D x) => MathF64.Tanh(x);

    [MethodImpl(Inline)]
    public static V256D Sigmoid(V256D x) => MathF64.Sigmoid(x);

    [MethodImpl(Inline)]
    public static V256D Softplus(V256D x) => MathF64.Softplus(x);

    [MethodImpl(Inline)]
    public static V256D Sin(V256D x) => MathF64.Sin(x);

    [MethodImpl(Inline)]
    public static V256D Cos(V256D x) => MathF64.Cos(x);

    [MethodImpl(Inline)]
    public static V256D Erf(V256D x) => MathF64.Erf(x);

    [MethodImpl(Inline)]
    private static Vector256<long> ToInteger(Vector256<double> integral) => (integral + Vector256.Create(Magic)).AsInt64() - Vector256.Create(Magic).AsInt64();

    // Bit i of x to the lowest bit of byte i (i < 4).
    private static uint BitSpread(uint x) => (x & 1) | ((x & 2) << 7) | ((x & 4) << 14) | ((x & 8) << 21);
}
