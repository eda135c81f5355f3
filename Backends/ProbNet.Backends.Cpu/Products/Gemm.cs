using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>One matrix product C = A B: sizes, and strides in elements. Rows of C are <see cref="RowC"/> apart, its columns adjacent.</summary>
internal readonly record struct GemmShape(int M, int N, int K, nint RowA, nint StepA, nint StepB, nint ColumnB, nint RowC)
{
    /// <summary>The shape of a part of the result: <paramref name="m"/> rows and <paramref name="n"/> columns.</summary>
    public GemmShape Part(int m, int n) => this with { M = m, N = n };
}

/// <summary>
/// Dense matrix products. The right operand is cut into panels of one register tile's width and a depth whose panel stays in the first-level cache;
/// panels that do not lie adjacent in memory are packed into a workspace. The left operand is read in place with any strides.
/// </summary>
internal static unsafe class Gemm<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    private static int PanelWidth => 4 * V.Count;

    // Depth of a panel: 160 x 64 singles are 40 KiB, 80 x 64 ... of the usual 48 KiB; columns packed at a time bound the workspace.
    private static int PanelDepth => 10240 / (PanelWidth * sizeof(T) / sizeof(float));

    private const int PackedColumns = 1024, TurnedRows = 512;

    // Of a band of rows, in singles 192 KiB; of a right operand that is packed as a whole, 1 MiB.
    private const int BandElements = 3 << 14, WholeElements = 1 << 18;

    /// <summary>The workspace one product needs, in bytes; at most about a megabyte.</summary>
    public static nint WorkspaceBytes(in GemmShape s) =>
        IsNarrow(s) ? (nint)s.N * Math.Min(s.M, TurnedRows) * sizeof(T) : Packs(s) ? (IsWhole(s) ? s.K : Depth(s.K)) * (nint)RoundUp(Math.Min(s.N, PackedColumns), PanelWidth) * sizeof(T) : 0;

    /// <summary>C = A B. Operands may be read up to a vector past their ends.</summary>
    public static void Run(in GemmShape s, T* a, T* b, T* c, T* workspace)
    {
        if (s.M == 0 || s.N == 0) return;
        if (s.K == 0)
        {
            for (nint i = 0; i < s.M; i++) new Span<T>(c + i * s.RowC, s.N).Clear();
        }
        else if (s.N == 1 && s.M > 1 && s.RowC == 1 && s.RowA == 1)
        {
            // A column: its transpose is a row times A's transpose, whose columns are adjacent.
            Run(new GemmShape(1, s.M, s.K, 0, s.StepB, s.StepA, 1, s.M), b, a, c, workspace);
        }
        else if (s.N == 1 && s.StepA == 1 && s.StepB == 1)
        {
            Dots(s, a, b, c);
        }
        else if (IsNarrow(s))
        {
            Narrow(s, a, b, c, workspace);
        }
        else if (Packs(s))
        {
            Packed(s, a, b, c, workspace);
        }
        else
        {
            Panels(s, a, b, s.StepB, PanelWidth, c, s.N, s.K, false);
        }
    }

    // Less than a vector of columns, and many rows that lie side by side: most lanes of the product would be idle, and none of its transpose's.
    private static bool IsNarrow(in GemmShape s) => s.N > 1 && s.N < V.Count && s.RowA == 1 && s.M >= 2 * V.Count;

    /// <summary>C by its transpose, some columns of that at a time. Each element is the same chain of additions.</summary>
    private static void Narrow(in GemmShape s, T* a, T* b, T* c, T* workspace)
    {
        for (var i = 0; i < s.M; i += TurnedRows, a += TurnedRows, c += TurnedRows * s.RowC)
        {
            var m = Math.Min(TurnedRows, s.M - i);
            Panels(new GemmShape(s.N, m, s.K, s.ColumnB, s.StepB, s.StepA, 1, m), b, a, s.StepA, PanelWidth, workspace, m, s.K, false);
            Transposition.Copy(workspace, 1, m, c, s.RowC, m, s.N);
        }
    }

    private static int Depth(int k)
    {
        var blocks = (k + PanelDepth - 1) / PanelDepth;
        return RoundUp((k + blocks - 1) / blocks, 8);
    }

    private static bool IsWhole(in GemmShape s) => s.N <= PackedColumns && (long)s.K * RoundUp(s.N, PanelWidth) <= WholeElements;

    // Packing pays once a panel is read by several row tiles and does not lie adjacent anyway; operands with strided columns must be packed.
    private static bool Packs(in GemmShape s) =>
        s.ColumnB != 1 || (s.M > 24 && s.N > PanelWidth && (long)s.K * s.N > 16384) || (s.M > 24 && s.StepB > s.N && (long)s.K * s.StepB > 16384)
        || (s.M > 24 && s.K > 2 * PanelDepth);

    private static void Packed(in GemmShape s, T* a, T* b, T* c, T* workspace)
    {
        var depth = Depth(s.K);
        // Every panel meets all rows of A; in bands of rows, what is read of A and added to C stays in the second-level cache.
        var isWhole = IsWhole(s);
        var band = Math.Max(48, BandElements / Math.Max(isWhole ? s.K : depth, Math.Min(s.N, PackedColumns)) / 6 * 6);
        for (var j = 0; j < s.N; j += PackedColumns)
        {
            var n = Math.Min(PackedColumns, s.N - j);
            var step = isWhole ? s.K : depth;
            for (var k = 0; k < s.K; k += step)
            {
                var last = Math.Min(k + step, s.K);
                var packed = workspace;
                for (var block = k; block < last; block += depth, packed += (nint)depth * RoundUp(n, PanelWidth))
                    Pack(b + block * s.StepB + j * s.ColumnB, s.StepB, s.ColumnB, Math.Min(depth, last - block), n, packed);
                for (var i = 0; i < s.M; i += band)
                {
                    var part = s.Part(Math.Min(band, s.M - i), s.N);
                    packed = workspace;
                    for (var block = k; block < last; block += depth, packed += (nint)depth * RoundUp(n, PanelWidth))
                    {
                        var d = Math.Min(depth, last - block);
                        Panels(part, a + i * s.RowA + block * s.StepA, packed, PanelWidth, PanelWidth * (nint)d, c + i * s.RowC + j, n, d, block > 0);
                    }
                }
            }
        }
    }

    /// <summary>Columns [0, n) of C from panels of B that begin <paramref name="panelStep"/> apart, with rows <paramref name="stepB"/> apart.</summary>
    private static void Panels(in GemmShape s, T* a, T* b, nint stepB, nint panelStep, T* c, int n, int k, bool add)
    {
        for (var j = 0; j < n; j += PanelWidth, b += panelStep)
        {
            var width = Math.Min(PanelWidth, n - j);
            var vectors = (width + V.Count - 1) / V.Count;
            var last = width - (vectors - 1) * V.Count;
            switch (vectors)
            {
                case 4: Column<Four>(s, a, b, stepB, c + j, k, add, last); break;
                case 3: Column<Three>(s, a, b, stepB, c + j, k, add, last); break;
                case 2: Column<Two>(s, a, b, stepB, c + j, k, add, last); break;
                default: Column<One>(s, a, b, stepB, c + j, k, add, last); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Column<TVectors>(in GemmShape s, T* a, T* b, nint stepB, T* c, int k, bool add, int last) where TVectors : struct, INumber
    {
        nint rowA = s.RowA, stepA = s.StepA, rowC = s.RowC;
        var m = s.M;
        if (TVectors.N == 1)
        {
            for (; m >= 12; m -= 12, a += 12 * rowA, c += 12 * rowC) MicroKernel<V, T>.RunTall(a, rowA, stepA, b, stepB, c, rowC, k, add, last);
        }
        for (; m >= 6; m -= 6, a += 6 * rowA, c += 6 * rowC) MicroKernel<V, T>.Run<Six, TVectors>(a, rowA, stepA, b, stepB, c, rowC, k, add, last);
        if (m >= 4)
        {
            MicroKernel<V, T>.Run<Four, TVectors>(a, rowA, stepA, b, stepB, c, rowC, k, add, last);
            m -= 4;
            a += 4 * rowA;
            c += 4 * rowC;
        }
        if (m >= 2)
        {
            MicroKernel<V, T>.Run<Two, TVectors>(a, rowA, stepA, b, stepB, c, rowC, k, add, last);
            m -= 2;
            a += 2 * rowA;
            c += 2 * rowC;
        }
        if (m == 1) MicroKernel<V, T>.Run<One, TVectors>(a, rowA, stepA, b, stepB, c, rowC, k, add, last);
    }

    /// <summary>Panels of PanelWidth columns, each depth × PanelWidth, one after the other.</summary>
    private static void Pack(T* b, nint stepB, nint columnB, int depth, int n, T* to)
    {
        for (var j = 0; j < n; j += PanelWidth, to += (nint)depth * PanelWidth, b += PanelWidth * columnB)
        {
            var width = Math.Min(PanelWidth, n - j);
            if (columnB == 1)
            {
                for (nint k = 0; k < depth; k++) Unsafe.CopyBlockUnaligned(to + k * PanelWidth, b + k * stepB, (uint)(width * sizeof(T)));
            }
            else
            {
                Transposition.Copy(b, stepB, columnB, to, PanelWidth, depth, width);
            }
        }
    }

    /// <summary>A matrix times a column, both with k adjacent: several vector accumulators a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots(in GemmShape s, T* a, T* b, T* c)
    {
        nint k = s.K, w = V.Count;
        for (nint i = 0; i < s.M; i++, a += s.RowA)
        {
            nint j = 0;
            V s0 = default, s1 = default, s2 = default, s3 = default;
            for (; j <= k - 4 * w; j += 4 * w)
            {
                s0 = V.Fma(V.Load(a + j), V.Load(b + j), s0);
                s1 = V.Fma(V.Load(a + j + w), V.Load(b + j + w), s1);
                s2 = V.Fma(V.Load(a + j + 2 * w), V.Load(b + j + 2 * w), s2);
                s3 = V.Fma(V.Load(a + j + 3 * w), V.Load(b + j + 3 * w), s3);
            }
            for (; j <= k - w; j += w) s0 = V.Fma(V.Load(a + j), V.Load(b + j), s0);
            if (j < k) s1 = V.First(V.Fma(V.Load(a + j), V.Load(b + j), s1), s1, (int)(k - j));
            c[i * s.RowC] = V.Sum((s0 + s1) + (s2 + s3));
        }
    }

    private static int RoundUp(int x, int multiple) => (x + multiple - 1) / multiple * multiple;
}
