using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Products with a scattered left operand and at most four columns, as inner products: lanes run along the depth, not along the columns, of which there are too few to
/// fill a register. The gradient of an image of one or three channels is such a product.
/// </summary>
internal static unsafe class IndirectDots<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    /// <summary>Whether this form is the faster one: adjacent runs of the left operand fill registers better than the columns would.</summary>
    public static bool Fits(in IndirectShape s) => s.Step == 1 && s.N <= 4 && 2 * s.N <= V.Count && 2 * s.Length >= V.Count;

    /// <summary>Elements of a transposed right operand.</summary>
    public static nint Size(in IndirectShape s) => (nint)s.N * s.SegmentCount * s.Length;

    /// <summary>The columns of the right operand, each adjacent, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Turn(in IndirectShape s, T* b, T* to)
    {
        nint depth = (nint)s.SegmentCount * s.Length;
        for (nint k = 0; k < depth; k++)
        {
            for (nint j = 0; j < s.N; j++) to[j * depth + k] = b[k * s.StepB + j];
        }
    }

    /// <summary>C = A B, with B as <see cref="Turn"/> gives it. Both operands may be read up to a vector past their ends.</summary>
    public static void Run(in IndirectShape s, T* a, T* turned, T* c)
    {
        switch (s.N)
        {
            case 1: Rows<One>(s, a, turned, c); break;
            case 2: Rows<Two>(s, a, turned, c); break;
            case 3: Rows<Three>(s, a, turned, c); break;
            default: Rows<Four>(s, a, turned, c); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TColumns>(in IndirectShape s, T* a, T* b, T* c) where TColumns : struct, INumber
    {
        var m = 0;
        for (; m <= s.M - 4; m += 4) Tile<TColumns>(s, a, s.Rows[m], s.Rows[m + 1], s.Rows[m + 2], s.Rows[m + 3], b, c + m * s.RowC, 4);
        if (m == s.M) return;
        // Rows that are not there repeat the last; each element is the same chain of additions whatever tile it falls in.
        int left = s.M - m, last = s.Rows[s.M - 1];
        Tile<TColumns>(s, a, s.Rows[m], left > 1 ? s.Rows[m + 1] : last, left > 2 ? s.Rows[m + 2] : last, last, b, c + m * s.RowC, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TColumns>(in IndirectShape s, T* a, int r0, int r1, int r2, int r3, T* b, T* c, int rows) where TColumns : struct, INumber
    {
        V c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default, c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default;
        T* a0 = a + r0, a1 = a + r1, a2 = a + r2, a3 = a + r3;
        nint length = s.Length, depth = s.SegmentCount * length, depth2 = 2 * depth, depth3 = 3 * depth;
        for (nint segment = 0; segment < s.SegmentCount; segment++, b += length)
        {
            nint o = s.Segments[segment];
            for (nint k = 0; k < length; k += V.Count)
            {
                V x0 = V.Load(a0 + o + k), x1 = V.Load(a1 + o + k), x2 = V.Load(a2 + o + k), x3 = V.Load(a3 + o + k), y = V.Load(b + k);
                V y1 = default, y2 = default, y3 = default;
                if (TColumns.N > 1) y1 = V.Load(b + depth + k);
                if (TColumns.N > 2) y2 = V.Load(b + depth2 + k);
                if (TColumns.N > 3) y3 = V.Load(b + depth3 + k);
                var left = (int)(length - k);
                if (left < V.Count)
                {
                    // What lies past the end may be anything, infinite too.
                    (x0, x1, x2, x3) = (V.First(x0, default, left), V.First(x1, default, left), V.First(x2, default, left), V.First(x3, default, left));
                    y = V.First(y, default, left);
                    if (TColumns.N > 1) y1 = V.First(y1, default, left);
                    if (TColumns.N > 2) y2 = V.First(y2, default, left);
                    if (TColumns.N > 3) y3 = V.First(y3, default, left);
                }
                (c00, c10, c20, c30) = (V.Fma(x0, y, c00), V.Fma(x1, y, c10), V.Fma(x2, y, c20), V.Fma(x3, y, c30));
                if (TColumns.N > 1) (c01, c11, c21, c31) = (V.Fma(x0, y1, c01), V.Fma(x1, y1, c11), V.Fma(x2, y1, c21), V.Fma(x3, y1, c31));
                if (TColumns.N > 2) (c02, c12, c22, c32) = (V.Fma(x0, y2, c02), V.Fma(x1, y2, c12), V.Fma(x2, y2, c22), V.Fma(x3, y2, c32));
                if (TColumns.N > 3) (c03, c13, c23, c33) = (V.Fma(x0, y3, c03), V.Fma(x1, y3, c13), V.Fma(x2, y3, c23), V.Fma(x3, y3, c33));
            }
        }
        var step = s.RowC;
        Store<TColumns>(c, c00, c01, c02, c03);
        if (rows > 1) Store<TColumns>(c + step, c10, c11, c12, c13);
        if (rows > 2) Store<TColumns>(c + 2 * step, c20, c21, c22, c23);
        if (rows > 3) Store<TColumns>(c + 3 * step, c30, c31, c32, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TColumns>(T* c, V v0, V v1, V v2, V v3) where TColumns : struct, INumber
    {
        c[0] = V.Sum(v0);
        if (TColumns.N > 1) c[1] = V.Sum(v1);
        if (TColumns.N > 2) c[2] = V.Sum(v2);
        if (TColumns.N > 3) c[3] = V.Sum(v3);
    }
}
