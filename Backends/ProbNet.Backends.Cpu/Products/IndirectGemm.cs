using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// One product C = A B whose left operand is scattered: element (i, k) of A lies at Rows[i] + Segments[k / Length] + (k mod Length) Step. Windows of an image are such
/// an operand, so convolutions need no copy of them. Offsets in elements; columns of B and C are adjacent, their rows StepB and RowC apart.
/// </summary>
internal readonly unsafe struct IndirectShape(int m, int n, int segmentCount, int length, nint step, nint stepB, nint rowC)
{
    public int M { get; init; } = m;

    public int N { get; } = n;

    public int SegmentCount { get; init; } = segmentCount;

    public int Length { get; } = length;

    public nint Step { get; } = step;

    public nint StepB { get; } = stepB;

    public nint RowC { get; } = rowC;

    /// <summary>M offsets.</summary>
    public int* Rows { get; init; }

    /// <summary>SegmentCount offsets.</summary>
    public int* Segments { get; init; }
}

/// <summary>Products with a scattered left operand, on the register tiles of <see cref="Gemm{V, T}"/>. The right operand is read in place.</summary>
internal static unsafe class IndirectGemm<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    // Depth that is worked on at a time: a panel of B of this depth stays in the second-level cache, mostly in the first.
    private static int Depth => 16384 / (4 * V.Count * sizeof(T) / sizeof(float));

    /// <summary>C = A B, or C += A B. B may be read up to a vector past its end.</summary>
    public static void Run(in IndirectShape s, T* a, T* b, T* c, bool add)
    {
        var atOnce = Math.Max(1, Depth / s.Length);
        for (var first = 0; first < s.SegmentCount; first += atOnce)
        {
            var part = s with { SegmentCount = Math.Min(atOnce, s.SegmentCount - first), Segments = s.Segments + first };
            Panels(part, a, b + (nint)first * s.Length * s.StepB, c, add || first > 0);
        }
    }

    private static void Panels(in IndirectShape s, T* a, T* b, T* c, bool add)
    {
        for (nint j = 0; j < s.N; j += 4 * V.Count)
        {
            var width = (int)Math.Min(4 * V.Count, s.N - j);
            var vectors = (width + V.Count - 1) / V.Count;
            var last = width - (vectors - 1) * V.Count;
            switch (vectors)
            {
                case 4: Column<Four>(s, a, b + j, c + j, add, last); break;
                case 3: Column<Three>(s, a, b + j, c + j, add, last); break;
                case 2: Column<Two>(s, a, b + j, c + j, add, last); break;
                default: Column<One>(s, a, b + j, c + j, add, last); break;
            }
        }
    }

    private static void Column<TVectors>(in IndirectShape s, T* a, T* b, T* c, bool add, int last) where TVectors : struct, INumber
    {
        if (s.Length == 1) Column<TVectors, One>(s, a, b, c, add, last);
        else Column<TVectors, Two>(s, a, b, c, add, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Column<TVectors, TLength>(in IndirectShape s, T* a, T* b, T* c, bool add, int last) where TVectors : struct, INumber where TLength : struct, INumber
    {
        var rows = s.Rows;
        var m = s.M;
        for (; m >= 6; m -= 6, rows += 6, c += 6 * s.RowC) Tile<Six, TVectors, TLength>(s, a, rows, b, c, add, last);
        if (m >= 4)
        {
            Tile<Four, TVectors, TLength>(s, a, rows, b, c, add, last);
            m -= 4;
            rows += 4;
            c += 4 * s.RowC;
        }
        if (m >= 2)
        {
            Tile<Two, TVectors, TLength>(s, a, rows, b, c, add, last);
            m -= 2;
            rows += 2;
            c += 2 * s.RowC;
        }
        if (m == 1) Tile<One, TVectors, TLength>(s, a, rows, b, c, add, last);
    }

    /// <summary>One register tile. A length of one element a segment is known when the kernel is compiled; any other is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TVectors, TLength>(in IndirectShape s, T* a, int* rows, T* b, T* c, bool add, int last)
        where TRows : struct, INumber where TVectors : struct, INumber where TLength : struct, INumber
    {
        V c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default, c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default, c40 = default, c41 = default, c42 = default, c43 = default, c50 = default, c51 = default, c52 = default, c53 = default;
        T* a0 = a + rows[0], a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        if (TRows.N > 1) a1 = a + rows[1];
        if (TRows.N > 2) a2 = a + rows[2];
        if (TRows.N > 3) a3 = a + rows[3];
        if (TRows.N > 4) a4 = a + rows[4];
        if (TRows.N > 5) a5 = a + rows[5];
        nint step = s.Step, stepB = s.StepB, length = s.Length;
        for (nint segment = 0; segment < s.SegmentCount; segment++)
        {
            nint o = s.Segments[segment];
            var k = length;
            do
            {
                V b0 = V.Load(b), b1 = default, b2 = default, b3 = default;
                if (TVectors.N > 1) b1 = V.Load(b + V.Count);
                if (TVectors.N > 2) b2 = V.Load(b + 2 * V.Count);
                if (TVectors.N > 3) b3 = V.Load(b + 3 * V.Count);
                {
                    var x = V.Set(a0[o]);
                    c00 = V.Fma(x, b0, c00);
                    if (TVectors.N > 1) c01 = V.Fma(x, b1, c01);
                    if (TVectors.N > 2) c02 = V.Fma(x, b2, c02);
                    if (TVectors.N > 3) c03 = V.Fma(x, b3, c03);
                }
                if (TRows.N > 1)
                {
                    var x = V.Set(a1[o]);
                    c10 = V.Fma(x, b0, c10);
                    if (TVectors.N > 1) c11 = V.Fma(x, b1, c11);
                    if (TVectors.N > 2) c12 = V.Fma(x, b2, c12);
                    if (TVectors.N > 3) c13 = V.Fma(x, b3, c13);
                }
                if (TRows.N > 2)
                {
                    var x = V.Set(a2[o]);
                    c20 = V.Fma(x, b0, c20);
                    if (TVectors.N > 1) c21 = V.Fma(x, b1, c21);
                    if (TVectors.N > 2) c22 = V.Fma(x, b2, c22);
                    if (TVectors.N > 3) c23 = V.Fma(x, b3, c23);
                }
                if (TRows.N > 3)
                {
                    var x = V.Set(a3[o]);
                    c30 = V.Fma(x, b0, c30);
                    if (TVectors.N > 1) c31 = V.Fma(x, b1, c31);
                    if (TVectors.N > 2) c32 = V.Fma(x, b2, c32);
                    if (TVectors.N > 3) c33 = V.Fma(x, b3, c33);
                }
                if (TRows.N > 4)
                {
                    var x = V.Set(a4[o]);
                    c40 = V.Fma(x, b0, c40);
                    if (TVectors.N > 1) c41 = V.Fma(x, b1, c41);
                    if (TVectors.N > 2) c42 = V.Fma(x, b2, c42);
                    if (TVectors.N > 3) c43 = V.Fma(x, b3, c43);
                }
                if (TRows.N > 5)
                {
                    var x = V.Set(a5[o]);
                    c50 = V.Fma(x, b0, c50);
                    if (TVectors.N > 1) c51 = V.Fma(x, b1, c51);
                    if (TVectors.N > 2) c52 = V.Fma(x, b2, c52);
                    if (TVectors.N > 3) c53 = V.Fma(x, b3, c53);
                }
                b += stepB;
                o += step;
            }
            while (TLength.N > 1 && --k > 0);
        }
        var rowC = s.RowC;
        MicroKernel<V, T>.Store<TVectors>(c, c00, c01, c02, c03, add, last);
        if (TRows.N > 1) MicroKernel<V, T>.Store<TVectors>(c + rowC, c10, c11, c12, c13, add, last);
        if (TRows.N > 2) MicroKernel<V, T>.Store<TVectors>(c + 2 * rowC, c20, c21, c22, c23, add, last);
        if (TRows.N > 3) MicroKernel<V, T>.Store<TVectors>(c + 3 * rowC, c30, c31, c32, c33, add, last);
        if (TRows.N > 4) MicroKernel<V, T>.Store<TVectors>(c + 4 * rowC, c40, c41, c42, c43, add, last);
        if (TRows.N > 5) MicroKernel<V, T>.Store<TVectors>(c + 5 * rowC, c50, c51, c52, c53, add, last);
    }
}
