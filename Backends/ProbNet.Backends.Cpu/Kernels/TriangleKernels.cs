using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Cholesky factors, row by row: each element is one inner product of earlier rows. NaN throughout where the operand is not positive definite.</summary>
internal sealed unsafe class CholeskyKernel<V, T>(Def def, PlanContext context) : Kernel where V : struct, IVec<V, T> where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    private readonly T* _a = (T*)context.Address(def.Operands[0]), _l = (T*)context.Address(def);
    private readonly int _n = def.Operands[0].Dims[^1], _count = Views.Product(def.Operands[0].Dims.AsSpan()[..^2]);

    public override string Describe() => $"cholesky {_count} x [{_n}, {_n}] -> {def}";

    public override void Run(int chunk, int worker)
    {
        new Span<T>(_l, def.Size).Clear();
        if (_n == 0) return;
        for (nint i = 0; i < _count; i++) Factor(_a + i * _n * _n, _l + i * _n * _n, _n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Factor(T* a, T* l, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            for (nint j = 0; j < i; j++) l[i * n + j] = T.CreateTruncating((double.CreateTruncating(a[i * n + j]) - V.DotWide(l + i * n, l + j * n, j)) / double.CreateTruncating(l[j * n + j]));
            var rest = double.CreateTruncating(a[i * n + i]) - V.DotWide(l + i * n, l + i * n, i);
            l[i * n + i] = T.CreateTruncating(Math.Sqrt(rest));
            if (rest > 0) continue;
            for (nint row = 0; row < n; row++) new Span<T>(l + row * n, (int)row + 1).Fill(T.NaN);
            return;
        }
    }
}

/// <summary>Solutions of lower-triangular systems, or of their transposes, by substitution.</summary>
internal sealed unsafe class SolveKernel<V, T>(Def def, PlanContext context) : Kernel where V : struct, IVec<V, T> where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    private readonly T* _l = (T*)context.Address(def.Operands[0]), _b = (T*)context.Address(def.Operands[1]), _x = (T*)context.Address(def);
    private readonly int _m = def.Operands[1].Dims[^2], _n = def.Operands[1].Dims[^1], _count = Views.Product(def.Operands[1].Dims.AsSpan()[..^2]);
    private readonly bool _transposed = ((Attributes.Triangle)def.Node!.Attributes).Transposed;

    public override string Describe() => $"triangular solve {_count} x [{_m}, {_m}] \\ [{_m}, {_n}] -> {def}";

    public override void Run(int chunk, int worker)
    {
        if (def.Size == 0) return;
        Buffer.MemoryCopy(_b, _x, def.Bytes, def.Bytes);
        for (nint i = 0; i < _count; i++)
        {
            T* l = _l + i * _m * _m, x = _x + i * _m * _n;
            if (_transposed) Backward(l, x, _m, _n);
            else Forward(l, x, _m, _n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward(T* l, T* x, nint m, nint n)
    {
        for (nint i = 0; i < m; i++, l += m)
        {
            if (n == 1)
            {
                x[i] = T.CreateTruncating((double.CreateTruncating(x[i]) - V.DotWide(l, x, i)) / double.CreateTruncating(l[i]));
                continue;
            }
            for (nint j = 0; j < i; j++) Subtract(x + i * n, x + j * n, l[j], n);
            for (nint c = 0; c < n; c++) x[i * n + c] /= l[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward(T* l, T* x, nint m, nint n)
    {
        for (var i = m - 1; i >= 0; i--)
        {
            var row = l + i * m;
            for (nint c = 0; c < n; c++) x[i * n + c] /= row[i];
            if (n == 1) Subtract(x, row, x[i], i);
            else for (nint j = 0; j < i; j++) Subtract(x + j * n, x + i * n, row[j], n);
        }
    }

    /// <summary>to -= factor from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(T* to, T* from, T factor, nint n)
    {
        nint k = 0;
        var f = V.Set(-factor);
        for (; k <= n - V.Count; k += V.Count) V.Fma(V.Load(from + k), f, V.Load(to + k)).Store(to + k);
        for (; k < n; k++) to[k] = T.FusedMultiplyAdd(from[k], -factor, to[k]);
    }
}
