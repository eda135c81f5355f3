using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Reductions of floating-point tiles. Sums run in double and are rounded once, as the reference defines them; the order of additions depends on
/// the shape alone.
/// Registers: A the tile, Dst the accumulator or the result.
/// </summary>
internal static unsafe class ReduceTiles<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    /// <summary>Adds the tile to the double at Dst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumAll(Instr* i, Frame* f) => *(double*)f->Registers[i->Dst] += V.SumWide((T*)f->Registers[i->A], f->Length);

    /// <summary>Adds the inner product of the tiles A and B to the double at Dst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotAll(Instr* i, Frame* f) => *(double*)f->Registers[i->Dst] += V.DotWide((T*)f->Registers[i->A], (T*)f->Registers[i->B], f->Length);

    /// <summary>Adds the logarithms of the tile's elements to the double at Dst.</summary>
    public static void SumLogAll(Instr* i, Frame* f) => *(double*)f->Registers[i->Dst] += V.SumLogWide((T*)f->Registers[i->A], f->Length);

    /// <summary>Raises the T at Dst to the largest element of the tile; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxAll(Instr* i, Frame* f)
    {
        var d = (T*)f->Registers[i->Dst];
        *d = Largest((T*)f->Registers[i->A], f->Length, *d);
    }

    /// <summary>
    /// The tile is a stretch of a row. B: the row's running sum (a double); Dst: the row's result, written when the row ends.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumStretch(Instr* i, Frame* f)
    {
        var sum = (double*)f->Registers[i->B];
        if (f->Column == 0) *sum = 0;
        *sum += V.SumWide((T*)f->Registers[i->A], f->Length);
        if (f->Column + f->Length == f->Columns) Round(*sum, (T*)f->Registers[i->Dst]);
    }

    /// <inheritdoc cref="SumStretch"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxStretch(Instr* i, Frame* f)
    {
        var d = (T*)f->Registers[i->Dst];
        if (f->Column == 0) *d = *(T*)f->Registers[i->A];
        *d = Largest((T*)f->Registers[i->A], f->Length, *d);
    }

    /// <summary>The tile is several whole rows; Dst: their results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumRows(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = f->Columns, rows = f->Length / columns;
        for (nint r = 0; r < rows; r++, a += columns) Round(V.SumWide(a, columns), d + r);
    }

    /// <inheritdoc cref="SumRows"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxRows(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = f->Columns, rows = f->Length / columns;
        for (nint r = 0; r < rows; r++, a += columns) d[r] = Largest(a, columns, *a);
    }

    /// <summary>Adds the tile's rows (or its stretch of a row) to the doubles at Dst, one a column; they are padded to whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumColumns(Instr* i, Frame* f)
    {
        var d = (double*)f->Registers[i->Dst];
        var a = (T*)f->Registers[i->A];
        nint columns = Math.Min(f->Columns, f->Length), rows = f->Length / columns;
        for (nint c = 0; c < columns; c += V.Count) V.AddDown(d + c, a + c, rows, columns);
    }

    /// <summary>
    /// Adds each element to the double of its row or column in a matrix of P columns other than the region's: Q is 0 for rows, 1 for columns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumElsewhere(Instr* i, Frame* f)
    {
        var d = (double*)f->Registers[i->Dst];
        var a = (T*)f->Registers[i->A];
        nint columns = i->P, row = f->Start / columns, column = f->Start % columns;
        for (nint k = 0; k < f->Length; row++, column = 0)
        {
            var run = Math.Min(columns - column, f->Length - k);
            if (i->Q == 0) d[row] += V.SumWide(a + k, run);
            else for (nint c = 0; c < run; c++) d[column + c] += V.SumWide(a + k + c, 1);
            k += run;
        }
    }

    /// <inheritdoc cref="SumElsewhere"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxElsewhere(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = i->P, row = f->Start / columns, column = f->Start % columns;
        for (nint k = 0; k < f->Length; row++, column = 0)
        {
            var run = Math.Min(columns - column, f->Length - k);
            if (i->Q == 0) d[row] = Largest(a + k, run, d[row]);
            else for (nint c = 0; c < run; c++) d[column + c] = Largest(a + k + c, 1, d[column + c]);
            k += run;
        }
    }

    /// <summary>As <see cref="SumColumns"/>, for the largest; the accumulators are T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxColumns(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = Math.Min(f->Columns, f->Length), rows = f->Length / columns;
        for (nint c = 0; c < columns; c += V.Count)
        {
            var largest = V.Load(d + c);
            for (nint r = 0; r < rows; r++) largest = V.Max(largest, V.Load(a + r * columns + c));
            largest.Store(d + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Largest(T* a, nint n, T start)
    {
        var w = V.Count;
        nint k = 0;
        var largest = V.Set(start);
        for (; k <= n - w; k += w) largest = V.Max(largest, V.Load(a + k));
        if (k < n) largest = V.First(V.Max(largest, V.Load(a + k)), largest, (int)(n - k));
        return V.MaxLane(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(double x, T* d)
    {
        if (typeof(T) == typeof(float)) *(float*)d = (float)x;
        else *(double*)d = x;
    }
}

/// <summary>Reductions of integer tiles, as <see cref="ReduceTiles{V, T}"/>.</summary>
internal static unsafe class ReduceIntegers
{
    public static void SumAll(Instr* i, Frame* f)
    {
        var a = (long*)f->Registers[i->A];
        for (nint k = 0; k < f->Length; k++) *(long*)f->Registers[i->Dst] += a[k];
    }

    public static void MaxAll(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        for (nint k = 0; k < f->Length; k++) *d = Math.Max(*d, a[k]);
    }

    public static void SumStretch(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        if (f->Column == 0) *d = 0;
        for (nint k = 0; k < f->Length; k++) *d += a[k];
    }

    public static void MaxStretch(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        if (f->Column == 0) *d = *a;
        for (nint k = 0; k < f->Length; k++) *d = Math.Max(*d, a[k]);
    }

    public static void SumRows(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        for (nint k = 0; k < f->Length; k += f->Columns, d++)
        {
            *d = 0;
            for (nint c = 0; c < f->Columns; c++) *d += a[k + c];
        }
    }

    public static void MaxRows(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        for (nint k = 0; k < f->Length; k += f->Columns, d++)
        {
            *d = a[k];
            for (nint c = 1; c < f->Columns; c++) *d = Math.Max(*d, a[k + c]);
        }
    }

    public static void SumColumns(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        var columns = Math.Min(f->Columns, f->Length);
        for (nint k = 0; k < f->Length; k++) d[k % columns] += a[k];
    }

    public static void MaxColumns(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        var columns = Math.Min(f->Columns, f->Length);
        for (nint k = 0; k < f->Length; k++) d[k % columns] = Math.Max(d[k % columns], a[k]);
    }

    public static void SumElsewhere(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        for (nint k = 0; k < f->Length; k++) d[i->Q == 0 ? (f->Start + k) / i->P : (f->Start + k) % i->P] += a[k];
    }

    public static void MaxElsewhere(Instr* i, Frame* f)
    {
        long* a = (long*)f->Registers[i->A], d = (long*)f->Registers[i->Dst];
        for (nint k = 0; k < f->Length; k++)
        {
            var at = d + (i->Q == 0 ? (f->Start + k) / i->P : (f->Start + k) % i->P);
            *at = Math.Max(*at, a[k]);
        }
    }
}
