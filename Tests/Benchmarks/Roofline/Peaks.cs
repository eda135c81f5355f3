using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProbNet.Benchmarks;

/// <summary>What the machine can do at most: fused multiply-adds in registers, and memory streamed through.</summary>
internal static unsafe class Peaks
{
    private const int Rounds = 1_000_000, Chains = 16;

    /// <summary>Floating-point operations a second of so many threads: sixteen independent chains of multiply-adds each, which nothing but the arithmetic units limits.</summary>
    public static double MultiplyAdds<T>(int threads) where T : unmanaged, INumber<T>
    {
        var wide = Vector512.IsHardwareAccelerated;
        var lanes = (wide ? 64 : 32) / sizeof(T);
        return Together(threads, wide ? Chain512<T> : Chain256<T>) * 2.0 * Rounds * Chains * lanes;
    }

    /// <summary>Bytes a second read and written by a = b + s c over arrays far larger than the caches (what the processor reads of a before writing it is not counted).</summary>
    public static double Stream(int threads)
    {
        const int count = 1 << 25;
        var memory = new nint[threads * 3];
        for (var i = 0; i < memory.Length; i++)
        {
            memory[i] = (nint)NativeMemory.AlignedAlloc(count * sizeof(float) / (nuint)threads, 64);
            new Span<float>((void*)memory[i], count / threads).Fill(1);
        }
        var next = -1;
        var share = count / threads;
        try
        {
            return Together(threads, () =>
            {
                var own = Interlocked.Increment(ref next) % threads * 3;
                Triad((float*)memory[own], (float*)memory[own + 1], (float*)memory[own + 2], share);
            }) * 3.0 * share * sizeof(float);
        }
        finally
        {
            foreach (var block in memory) NativeMemory.AlignedFree((void*)block);
        }
    }

    // Runs a second of all threads together: the best of several trials, from the first start to the last end.
    private static double Together(int threads, Action work)
    {
        work();
        Thread.Sleep(150); // the runtime compiles the loop anew in the background
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < 8; trial++)
        {
            using var gate = new Barrier(threads);
            var (starts, ends) = (new long[threads], new long[threads]);
            Thread[] all = [.. Enumerable.Range(0, threads).Select(t => new Thread(() =>
            {
                gate.SignalAndWait();
                starts[t] = Stopwatch.GetTimestamp();
                work();
                ends[t] = Stopwatch.GetTimestamp();
            }))];
            foreach (var thread in all) thread.Start();
            foreach (var thread in all) thread.Join();
            best = Math.Min(best, (double)(ends.Max() - starts.Min()) / Stopwatch.Frequency);
        }
        return threads / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chain512<T>() where T : unmanaged, INumber<T>
    {
        var (x, y) = (Vector512.Create(T.CreateChecked(0.999999)), Vector512.Create(T.CreateChecked(1e-6)));
        Vector512<T> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x, m = x, n = x, o = x, p = x;
        for (var round = 0; round < Rounds; round++)
        {
            a = Fma(a, x, y); b = Fma(b, x, y); c = Fma(c, x, y); d = Fma(d, x, y);
            e = Fma(e, x, y); f = Fma(f, x, y); g = Fma(g, x, y); h = Fma(h, x, y);
            i = Fma(i, x, y); j = Fma(j, x, y); k = Fma(k, x, y); l = Fma(l, x, y);
            m = Fma(m, x, y); n = Fma(n, x, y); o = Fma(o, x, y); p = Fma(p, x, y);
        }
        Keep(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chain256<T>() where T : unmanaged, INumber<T>
    {
        var (x, y) = (Vector256.Create(T.CreateChecked(0.999999)), Vector256.Create(T.CreateChecked(1e-6)));
        Vector256<T> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x, m = x, n = x;
        for (var round = 0; round < Rounds; round++)
        {
            a = Fma(a, x, y); b = Fma(b, x, y); c = Fma(c, x, y); d = Fma(d, x, y);
            e = Fma(e, x, y); f = Fma(f, x, y); g = Fma(g, x, y); h = Fma(h, x, y);
            i = Fma(i, x, y); j = Fma(j, x, y); k = Fma(k, x, y); l = Fma(l, x, y);
            m = Fma(m, x, y); n = Fma(n, x, y); a = Fma(a, x, y); b = Fma(b, x, y);
        }
        Keep(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Fma<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Fma<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Triad(float* a, float* b, float* c, int count)
    {
        var scale = Vector512.Create(3f);
        for (var i = 0; i < count; i += 16) Vector512.StoreAlignedNonTemporal(Vector512.FusedMultiplyAdd(Vector512.LoadAligned(c + i), scale, Vector512.LoadAligned(b + i)), a + i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep<T>(T value) => _ = value;
}
