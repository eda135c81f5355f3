using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>A number known when a kernel is compiled.</summary>
internal interface INumber
{
    static abstract int N { get; }
}

internal readonly struct One : INumber { public static int N { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 1; } }

internal readonly struct Two : INumber { public static int N { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 2; } }

internal readonly struct Three : INumber { public static int N { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 3; } }

internal readonly struct Four : INumber { public static int N { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 4; } }

internal readonly struct Six : INumber { public static int N { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 6; } }

/// <summary>
/// The register tile of the matrix product: up to 6 rows by 4 vectors of the result live in registers while k runs. Each element is one chain of
/// fused multiply-adds in the order of k, whatever tile it falls in, so that results do not depend on how the matrix is cut.
/// </summary>
internal static unsafe class MicroKernel<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    /// <summary>
    /// C = A B, or C += A B where add says so, for one tile. A may have any strides; the columns of B and of C are adjacent, their rows
    /// stepB and rowC apart. Of the last vector of columns, last are stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors>(T* a, nint rowA, nint stepA, T* b, nint stepB, T* c, nint rowC, nint k, bool add, int last)
        where TRows : struct, INumber where TVectors : struct, INumber
    {
        V c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default, c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default, c40 = default, c41 = default, c42 = default, c43 = default, c50 = default, c51 = default, c52 = default, c53 = default;
        if (add)
        {
            // The chain goes on where it stopped, so that it does not matter in which depths k is cut.
            Start<TVectors>(c, ref c00, ref c01, ref c02, ref c03);
            if (TRows.N > 1) Start<TVectors>(c + rowC, ref c10, ref c11, ref c12, ref c13);
            if (TRows.N > 2) Start<TVectors>(c + 2 * rowC, ref c20, ref c21, ref c22, ref c23);
            if (TRows.N > 3) Start<TVectors>(c + 3 * rowC, ref c30, ref c31, ref c32, ref c33);
            if (TRows.N > 4) Start<TVectors>(c + 4 * rowC, ref c40, ref c41, ref c42, ref c43);
            if (TRows.N > 5) Start<TVectors>(c + 5 * rowC, ref c50, ref c51, ref c52, ref c53);
        }
        nint row2 = 2 * rowA, row3 = 3 * rowA, row4 = 4 * rowA, row5 = 5 * rowA;
        for (; k > 0; k--, a += stepA, b += stepB)
        {
            V b0 = V.Load(b), b1 = default, b2 = default, b3 = default;
            if (TVectors.N > 1) b1 = V.Load(b + V.Count);
            if (TVectors.N > 2) b2 = V.Load(b + 2 * V.Count);
            if (TVectors.N > 3) b3 = V.Load(b + 3 * V.Count);
            {
                var x = V.Set(*(a));
                c00 = V.Fma(x, b0, c00);
                if (TVectors.N > 1) c01 = V.Fma(x, b1, c01);
                if (TVectors.N > 2) c02 = V.Fma(x, b2, c02);
                if (TVectors.N > 3) c03 = V.Fma(x, b3, c03);
            }
            if (TRows.N > 1)
            {
                var x = V.Set(*(a + rowA));
                c10 = V.Fma(x, b0, c10);
                if (TVectors.N > 1) c11 = V.Fma(x, b1, c11);
                if (TVectors.N > 2) c12 = V.Fma(x, b2, c12);
                if (TVectors.N > 3) c13 = V.Fma(x, b3, c13);
            }
            if (TRows.N > 2)
            {
                var x = V.Set(*(a + row2));
                c20 = V.Fma(x, b0, c20);
                if (TVectors.N > 1) c21 = V.Fma(x, b1, c21);
                if (TVectors.N > 2) c22 = V.Fma(x, b2, c22);
                if (TVectors.N > 3) c23 = V.Fma(x, b3, c23);
            }
            if (TRows.N > 3)
            {
                var x = V.Set(*(a + row3));
                c30 = V.Fma(x, b0, c30);
                if (TVectors.N > 1) c31 = V.Fma(x, b1, c31);
                if (TVectors.N > 2) c32 = V.Fma(x, b2, c32);
                if (TVectors.N > 3) c33 = V.Fma(x, b3, c33);
            }
            if (TRows.N > 4)
            {
                var x = V.Set(*(a + row4));
                c40 = V.Fma(x, b0, c40);
                if (TVectors.N > 1) c41 = V.Fma(x, b1, c41);
                if (TVectors.N > 2) c42 = V.Fma(x, b2, c42);
                if (TVectors.N > 3) c43 = V.Fma(x, b3, c43);
            }
            if (TRows.N > 5)
            {
                var x = V.Set(*(a + row5));
                c50 = V.Fma(x, b0, c50);
                if (TVectors.N > 1) c51 = V.Fma(x, b1, c51);
                if (TVectors.N > 2) c52 = V.Fma(x, b2, c52);
                if (TVectors.N > 3) c53 = V.Fma(x, b3, c53);
            }
        }
        Store<TVectors>(c, c00, c01, c02, c03, false, last);
        if (TRows.N > 1) Store<TVectors>(c + rowC, c10, c11, c12, c13, false, last);
        if (TRows.N > 2) Store<TVectors>(c + 2 * rowC, c20, c21, c22, c23, false, last);
        if (TRows.N > 3) Store<TVectors>(c + 3 * rowC, c30, c31, c32, c33, false, last);
        if (TRows.N > 4) Store<TVectors>(c + 4 * rowC, c40, c41, c42, c43, false, last);
        if (TRows.N > 5) Store<TVectors>(c + 5 * rowC, c50, c51, c52, c53, false, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start<TVectors>(T* c, ref V v0, ref V v1, ref V v2, ref V v3) where TVectors : struct, INumber
    {
        v0 = V.Load(c);
        if (TVectors.N > 1) v1 = V.Load(c + V.Count);
        if (TVectors.N > 2) v2 = V.Load(c + 2 * V.Count);
        if (TVectors.N > 3) v3 = V.Load(c + 3 * V.Count);
    }

    /// <summary>Twelve rows of one vector of columns: with fewer, a result with few columns waits for its additions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunTall(T* a, nint rowA, nint stepA, T* b, nint stepB, T* to, nint rowC, nint k, bool add, int last)
    {
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default, c8 = default, c9 = default, c10 = default, c11 = default;
        if (add)
        {
            c0 = V.Load(to);
            c1 = V.Load(to + rowC);
            c2 = V.Load(to + 2 * rowC);
            c3 = V.Load(to + 3 * rowC);
            c4 = V.Load(to + 4 * rowC);
            c5 = V.Load(to + 5 * rowC);
            c6 = V.Load(to + 6 * rowC);
            c7 = V.Load(to + 7 * rowC);
            c8 = V.Load(to + 8 * rowC);
            c9 = V.Load(to + 9 * rowC);
            c10 = V.Load(to + 10 * rowC);
            c11 = V.Load(to + 11 * rowC);
        }
        nint row2 = 2 * rowA, row3 = 3 * rowA;
        T* d = a + 4 * rowA, e = a + 8 * rowA;
        for (; k > 0; k--, a += stepA, d += stepA, e += stepA, b += stepB)
        {
            var x = V.Load(b);
            c0 = V.Fma(V.Set(*a), x, c0);
            c1 = V.Fma(V.Set(a[rowA]), x, c1);
            c2 = V.Fma(V.Set(a[row2]), x, c2);
            c3 = V.Fma(V.Set(a[row3]), x, c3);
            c4 = V.Fma(V.Set(*d), x, c4);
            c5 = V.Fma(V.Set(d[rowA]), x, c5);
            c6 = V.Fma(V.Set(d[row2]), x, c6);
            c7 = V.Fma(V.Set(d[row3]), x, c7);
            c8 = V.Fma(V.Set(*e), x, c8);
            c9 = V.Fma(V.Set(e[rowA]), x, c9);
            c10 = V.Fma(V.Set(e[row2]), x, c10);
            c11 = V.Fma(V.Set(e[row3]), x, c11);
        }
        Store<One>(to, c0, default, default, default, false, last);
        Store<One>(to + rowC, c1, default, default, default, false, last);
        Store<One>(to + 2 * rowC, c2, default, default, default, false, last);
        Store<One>(to + 3 * rowC, c3, default, default, default, false, last);
        Store<One>(to + 4 * rowC, c4, default, default, default, false, last);
        Store<One>(to + 5 * rowC, c5, default, default, default, false, last);
        Store<One>(to + 6 * rowC, c6, default, default, default, false, last);
        Store<One>(to + 7 * rowC, c7, default, default, default, false, last);
        Store<One>(to + 8 * rowC, c8, default, default, default, false, last);
        Store<One>(to + 9 * rowC, c9, default, default, default, false, last);
        Store<One>(to + 10 * rowC, c10, default, default, default, false, last);
        Store<One>(to + 11 * rowC, c11, default, default, default, false, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVectors>(T* c, V v0, V v1, V v2, V v3, bool add, int last) where TVectors : struct, INumber
    {
        if (add)
        {
            v0 += V.Load(c);
            if (TVectors.N > 1) v1 += V.Load(c + V.Count);
            if (TVectors.N > 2) v2 += V.Load(c + 2 * V.Count);
            if (TVectors.N > 3) v3 += V.Load(c + 3 * V.Count);
        }
        if (TVectors.N > 1) v0.Store(c);
        if (TVectors.N > 2) v1.Store(c + V.Count);
        if (TVectors.N > 3) v2.Store(c + 2 * V.Count);
        var final = TVectors.N == 1 ? v0 : TVectors.N == 2 ? v1 : TVectors.N == 3 ? v2 : v3;
        var end = c + (TVectors.N - 1) * V.Count;
        if (last == V.Count) final.Store(end);
        else final.StorePart(end, last);
    }
}
