using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ProbNet.Backends.Cpu;

namespace ProbNet.Benchmarks;

/// <summary>Kernels one by one, single-threaded: matrix products, random numbers, elementary functions.</summary>
internal static unsafe class Kernels
{
    public static void Run()
    {
        Console.WriteLine($"vectors: {(Vector512.IsHardwareAccelerated ? 512 : 256)} bits");
        Console.WriteLine("\nmatrix products [m,k] x [k,n], f32; t marks a transposed operand");
        Console.WriteLine($"{"m",5} {"k",5} {"n",5} {"form",5} {"us",10} {"GFLOP/s",9} {"best",7}");
        foreach (var (m, k, n) in new[] { (32, 4, 64), (32, 64, 64), (32, 64, 3), (4, 32, 64), (64, 32, 64), (64, 32, 3), (32, 3, 64), (512, 784, 256), (784, 512, 256), (512, 256, 784), (512, 256, 256), (512, 256, 10), (1024, 1024, 1024), (512, 784, 1), (1, 784, 256) })
        {
            Product<V512F, float>(m, k, n, false, false);
            if (m <= 1024 && k > 3) Product<V512F, float>(m, k, n, true, false);
            Product<V512F, float>(m, k, n, false, true);
        }
        Console.WriteLine("\nmatrix products, f64");
        foreach (var (m, k, n) in new[] { (32, 64, 64), (512, 784, 256) }) Product<V512D, double>(m, k, n, false, false);
        Console.WriteLine("\nmatrix products, f32 on 256 bits");
        foreach (var (m, k, n) in new[] { (32, 64, 64), (512, 784, 256) }) Product<V256F, float>(m, k, n, false, false);

        Console.WriteLine("\nns an element over a tile of 1024");
        Element("normal f32", f => RandomTiles.Fill<NormalSingle<V512F, V512D, Philox512>>(f.Item1, f.Item2));
        Element("normal f32/256", f => RandomTiles.Fill<NormalSingle<V256F, V256D, Philox256>>(f.Item1, f.Item2));
        Element("uniform f32", f => RandomTiles.Fill<UniformSingle<V512F, V512D, Philox512>>(f.Item1, f.Item2));
        Element("sign f32", f => RandomTiles.Fill<Sign<V512F, float, V512F, V512D, Philox512>>(f.Item1, f.Item2));
        Element("normal f64", f => RandomTiles.Fill<NormalDouble<V512F, V512D, Philox512>>(f.Item1, f.Item2));
        Element("exp f32", f => FloatTiles<V512F, float>.Unary<ExpOp>(f.Item1, f.Item2));
        Element("log f32", f => FloatTiles<V512F, float>.Unary<LogOp>(f.Item1, f.Item2));
        Element("log1p f32", f => FloatTiles<V512F, float>.Unary<Log1pOp>(f.Item1, f.Item2));
        Element("softplus f32", f => FloatTiles<V512F, float>.Unary<SoftplusOp>(f.Item1, f.Item2));
        Element("sigmoid f32", f => FloatTiles<V512F, float>.Unary<SigmoidOp>(f.Item1, f.Item2));
        Element("tanh f32", f => FloatTiles<V512F, float>.Unary<TanhOp>(f.Item1, f.Item2));
        Element("erf f32", f => FloatTiles<V512F, float>.Unary<ErfOp>(f.Item1, f.Item2));
        Element("add f32", f => FloatTiles<V512F, float>.Binary<AddOp, Tile, Tile>(f.Item1, f.Item2));
        Element("div f32", f => FloatTiles<V512F, float>.Binary<DivOp, Tile, Tile>(f.Item1, f.Item2));
        Element("exp f64", f => FloatTiles<V512D, double>.Unary<ExpOp>(f.Item1, f.Item2));
        Element("log f64", f => FloatTiles<V512D, double>.Unary<LogOp>(f.Item1, f.Item2));
        Element("sum f32", f => ReduceTiles<V512F, float>.SumAll(f.Item1, f.Item2));
    }

    private readonly struct Call(nint a, nint b)
    {
        public Instr* Item1 => (Instr*)a;

        public Frame* Item2 => (Frame*)b;
    }

    private static void Element(string name, Action<Call> kernel)
    {
        const int n = 1024;
        byte* x = Memory(8 * n + 64), y = Memory(8 * n + 64), d = Memory(8 * n + 64);
        for (var i = 0; i < 2 * n; i++) (((float*)x)[i], ((float*)y)[i]) = (0.1f + 0.003f * i, 2.5f - 0.001f * i);
        if (name.Contains("f64"))
        {
            for (var i = 0; i < n; i++) ((double*)x)[i] = 0.1 + 0.003 * i;
        }
        var seed = stackalloc long[3] { 42, 7, 0 };
        var spec = new DrawSpec { Seed = seed, Step = seed + 1, Draw = seed + 2, Stream = 5, EventSize = n };
        var registers = stackalloc byte*[3] { d, x, y };
        var frame = new Frame { Registers = registers, Length = n, Columns = n };
        var instr = new Instr { Dst = 0, A = 1, B = 2, P = (nint)(&spec) };
        var call = new Call((nint)(&instr), (nint)(&frame));
        var (median, best) = Measure.Seconds(() => kernel(call), 0.1);
        Console.WriteLine($"{name,-16} {median * 1e9 / n,8:F3} {best * 1e9 / n,8:F3}");
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(y);
        NativeMemory.AlignedFree(d);
    }

    private static void Product<V, T>(int m, int k, int n, bool ta, bool tb) where V : struct, IVec<V, T> where T : unmanaged, System.Numerics.INumber<T>
    {
        T* a = (T*)Memory((nint)m * k * 8 + 64), b = (T*)Memory((nint)k * n * 8 + 64), c = (T*)Memory((nint)m * n * 8 + 64);
        for (var i = 0; i < m * k; i++) a[i] = T.CreateChecked(0.01 * (i % 7));
        for (var i = 0; i < n * k; i++) b[i] = T.CreateChecked(0.01 * (i % 5));
        var shape = new GemmShape(m, n, k, ta ? 1 : k, ta ? m : 1, tb ? 1 : n, tb ? k : 1, n);
        var work = (T*)Memory(Gemm<V, T>.WorkspaceBytes(shape) + 64);
        var (median, best) = Measure.Seconds(() => Gemm<V, T>.Run(shape, a, b, c, work), 0.15);
        Console.WriteLine($"{m,5} {k,5} {n,5} {(ta ? "t" : "n") + (tb ? "t" : "n"),5} {median * 1e6,10:F2} {2e-9 * m * k * n / median,9:F1} {2e-9 * m * k * n / best,7:F1}");
        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
        NativeMemory.AlignedFree(c);
        NativeMemory.AlignedFree(work);
    }

    private static byte* Memory(nint bytes)
    {
        var p = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        new Span<byte>(p, (int)bytes).Clear();
        return p;
    }
}
