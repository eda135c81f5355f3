using System.Numerics;
using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>What a random tile kernel draws from. Lives in native memory beside the program.</summary>
internal unsafe struct DrawSpec
{
    /// <summary>The counter's step and the key's seed, one value each, and the draws, one a leading index (I64).</summary>
    public long* Seed, Step, Draw;

    public uint Stream;

    /// <summary>Elements of one draw.</summary>
    public long EventSize;
}

/// <summary>Fills n elements from element e of one draw's event.</summary>
internal interface IDraw
{
    static abstract unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n);

    static abstract int ElementSize { get; }
}

/// <summary>Tile kernels that draw random numbers. P of the instruction points to a <see cref="DrawSpec"/>.</summary>
internal static unsafe class RandomTiles
{
    /// <summary>Splits the tile at the ends of draws.</summary>
    public static void Fill<TDraw>(Instr* i, Frame* f) where TDraw : struct, IDraw
    {
        var spec = (DrawSpec*)i->P;
        var d = f->Registers[i->Dst];
        long start = f->Start, left = f->Length, draw = start / spec->EventSize, e = start % spec->EventSize;
        while (left > 0)
        {
            var n = Math.Min(left, spec->EventSize - e);
            var key = PhiloxKey.Of(*spec->Seed, *spec->Step, spec->Draw[draw], spec->Stream);
            TDraw.Fill(d, &key, e, (nint)n);
            d += n * TDraw.ElementSize;
            (left, draw, e) = (left - n, draw + 1, 0);
        }
    }

    /// <summary>Gamma (P's spec, A the shape parameters) and Poisson (A the rates) draws, one element at a time.</summary>
    public static void Sample<T, TSampler>(Instr* i, Frame* f) where T : unmanaged where TSampler : struct, ISampler<T>
    {
        var spec = (DrawSpec*)i->P;
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        long start = f->Start;
        for (nint k = 0; k < f->Length; k++)
            d[k] = TSampler.Sample(*spec->Seed, *spec->Step, spec->Draw[(start + k) / spec->EventSize], spec->Stream, (uint)((start + k) % spec->EventSize), a[k]);
    }

    /// <summary>Binomial draws (P's spec, A the numbers of trials, B the probabilities), one element at a time.</summary>
    public static void SampleBinomial<T>(Instr* i, Frame* f) where T : unmanaged, INumberBase<T>
    {
        var spec = (DrawSpec*)i->P;
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A], b = (T*)f->Registers[i->B];
        long start = f->Start;
        for (nint k = 0; k < f->Length; k++)
        {
            var draw = spec->Draw[(start + k) / spec->EventSize];
            var element = (uint)((start + k) % spec->EventSize);
            d[k] = T.CreateTruncating(RandomDraws.Binomial(*spec->Seed, *spec->Step, draw, spec->Stream, element, double.CreateTruncating(a[k]), double.CreateTruncating(b[k])));
        }
    }
}

/// <summary>Uniforms on (0, 1), single precision.</summary>
internal readonly struct UniformSingle<V, W, TPhilox> : IDraw where V : struct, IVec<V, float> where TPhilox : struct, IPhilox<V, W>
{
    public static int ElementSize => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n)
    {
        var group = 4 * TPhilox.Blocks32;
        var buffer = stackalloc float[group];
        var to = (float*)d;
        for (nint k = -(nint)(e % 4); k < n; k += group)
        {
            var whole = k >= 0 && k + group <= n;
            TPhilox.Uniforms(key, (uint)((e + k) / 4), out var u0, out var u1, out var u2, out var u3);
            TPhilox.StoreFour(u0, u1, u2, u3, whole ? to + k : buffer);
            if (!whole) Part.Copy(buffer, to, k, n, group);
        }
    }
}

/// <summary>Standard normals by Box and Muller's transformation, single precision.</summary>
internal readonly struct NormalSingle<V, W, TPhilox> : IDraw where V : struct, IVec<V, float> where TPhilox : struct, IPhilox<V, W>
{
    public static int ElementSize => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n)
    {
        var group = 4 * TPhilox.Blocks32;
        var buffer = stackalloc float[group];
        var to = (float*)d;
        for (nint k = -(nint)(e % 4); k < n; k += group)
        {
            var whole = k >= 0 && k + group <= n;
            TPhilox.Uniforms(key, (uint)((e + k) / 4), out var u0, out var u1, out var u2, out var u3);
            V r0 = V.Sqrt(V.Set(-2f) * MathF32.LogNormal(u0)), r1 = V.Sqrt(V.Set(-2f) * MathF32.LogNormal(u2));
            MathF32.CosSinTurns(u1, out var c0, out var s0);
            MathF32.CosSinTurns(u3, out var c1, out var s1);
            TPhilox.StoreFour(r0 * c0, r0 * s0, r1 * c1, r1 * s1, whole ? to + k : buffer);
            if (!whole) Part.Copy(buffer, to, k, n, group);
        }
    }
}

/// <summary>Uniforms on (0, 1), double precision.</summary>
internal readonly struct UniformDouble<V, W, TPhilox> : IDraw where W : struct, IVec<W, double> where TPhilox : struct, IPhilox<V, W>
{
    public static int ElementSize => sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n)
    {
        var group = 2 * TPhilox.Blocks64;
        var buffer = stackalloc double[group];
        var to = (double*)d;
        for (nint k = -(nint)(e % 2); k < n; k += group)
        {
            var whole = k >= 0 && k + group <= n;
            TPhilox.Uniforms(key, (uint)((e + k) / 2), out W u, out W v);
            TPhilox.StoreTwo(u, v, whole ? to + k : buffer);
            if (!whole) Part.Copy(buffer, to, k, n, group);
        }
    }
}

/// <summary>Standard normals by Box and Muller's transformation, double precision.</summary>
internal readonly struct NormalDouble<V, W, TPhilox> : IDraw where W : struct, IVec<W, double> where TPhilox : struct, IPhilox<V, W>
{
    public static int ElementSize => sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n)
    {
        var group = 2 * TPhilox.Blocks64;
        var buffer = stackalloc double[group];
        var to = (double*)d;
        for (nint k = -(nint)(e % 2); k < n; k += group)
        {
            var whole = k >= 0 && k + group <= n;
            TPhilox.Uniforms(key, (uint)((e + k) / 2), out W u, out W v);
            var r = W.Sqrt(W.Set(-2.0) * MathF64.LogNormal(u));
            MathF64.CosSinTurns(v, out var c, out var s);
            TPhilox.StoreTwo(r * c, r * s, whole ? to + k : buffer);
            if (!whole) Part.Copy(buffer, to, k, n, group);
        }
    }
}

/// <summary>-1 or 1 from single bits: 128 a block.</summary>
internal readonly struct Sign<V, T, S, W, TPhilox> : IDraw where V : struct, IVec<V, T> where T : unmanaged where TPhilox : struct, IPhilox<S, W>
{
    private const int PerBlock = 128;

    public static unsafe int ElementSize => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Fill(byte* d, PhiloxKey* key, long e, nint n)
    {
        var buffer = stackalloc T[PerBlock];
        var words = stackalloc uint[4 * TPhilox.Blocks64];
        var to = (T*)d;
        var next = TPhilox.Blocks64;
        for (nint k = -(nint)(e % PerBlock); k < n; k += PerBlock, next++)
        {
            if (next == TPhilox.Blocks64)
            {
                TPhilox.Words(key, (uint)((e + k) / PerBlock), words);
                next = 0;
            }
            var whole = k >= 0 && k + PerBlock <= n;
            var target = whole ? to + k : buffer;
            V.StoreSigns(words + 4 * next, target);
            if (!whole) Part.Copy(buffer, to, k, n, PerBlock);
        }
    }
}

/// <summary>One draw that depends on a parameter.</summary>
internal interface ISampler<T>
{
    static abstract T Sample(long seed, long step, long draw, uint stream, uint element, T parameter);
}

/// <summary>Results are at least the smallest normal number of the type.</summary>
internal readonly struct GammaSampler : ISampler<float>, ISampler<double>
{
    public static float Sample(long seed, long step, long draw, uint stream, uint element, float shape) =>
        (float)RandomDraws.Gamma(seed, step, draw, stream, element, shape, 1.17549435e-38);

    public static double Sample(long seed, long step, long draw, uint stream, uint element, double shape) =>
        RandomDraws.Gamma(seed, step, draw, stream, element, shape, 2.2250738585072014e-308);
}

internal readonly struct PoissonSampler : ISampler<float>, ISampler<double>
{
    public static float Sample(long seed, long step, long draw, uint stream, uint element, float rate) =>
        (float)RandomDraws.Poisson(seed, step, draw, stream, element, rate);

    public static double Sample(long seed, long step, long draw, uint stream, uint element, double rate) =>
        RandomDraws.Poisson(seed, step, draw, stream, element, rate);
}

internal static unsafe class Part
{
    /// <summary>Copies the part of a group of elements, which begins at <paramref name="k"/>, that lies in [0, n).</summary>
    public static void Copy<T>(T* group, T* to, nint k, nint n, nint size) where T : unmanaged
    {
        nint first = Math.Max(0, -k), last = Math.Min(size, n - k);
        Unsafe.CopyBlockUnaligned(to + k + first, group + first, (uint)((last - first) * sizeof(T)));
    }
}
