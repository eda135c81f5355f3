using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Kernels that bring broadcast or strided operands into a scratch slot. Strides are in elements. T is any type of the element's size.
/// </summary>
internal static unsafe class LoadTiles<T> where T : unmanaged
{
    /// <summary>The stretch of C columns at A repeated to fill the tile (several whole rows).</summary>
    public static void RepeatRow(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = f->Columns, total = f->Length;
        var done = Math.Min(columns, total);
        Unsafe.CopyBlockUnaligned(d, a, (uint)(done * sizeof(T)));
        for (; done < total; done *= 2) Unsafe.CopyBlockUnaligned(d + done, d, (uint)(Math.Min(done, total - done) * sizeof(T)));
    }

    /// <summary>The tile's rows, each from A advanced by P a row, Q a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint columns = Math.Min(f->Columns, f->Length), rowStep = i->P, columnStep = i->Q;
        for (nint k = 0; k < f->Length; k += columns, a += rowStep) Line(d + k, a, columns, columnStep);
    }

    /// <summary>Elements of a view of any rank: A is the view's first element; P points to a <see cref="Walk"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Strided(Instr* i, Frame* f)
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        var walk = (Walk*)i->P;
        var last = walk->Rank - 1;
        var index = stackalloc nint[Walk.MaxRank];
        var rest = f->Start;
        nint offset = 0;
        for (var axis = last; axis >= 0; axis--)
        {
            index[axis] = rest % walk->Dim(axis);
            rest /= walk->Dim(axis);
            offset += index[axis] * walk->Stride(axis);
        }
        nint length = f->Length, inner = walk->Dim(last), step = walk->Stride(last);
        for (nint k = 0; ;)
        {
            var run = Math.Min(inner - index[last], length - k);
            Line(d + k, a + offset, run, step);
            k += run;
            if (k == length) return;
            offset -= index[last] * step;
            index[last] = 0;
            for (var axis = last - 1; axis >= 0; axis--)
            {
                offset += walk->Stride(axis);
                if (++index[axis] < walk->Dim(axis)) break;
                offset -= walk->Stride(axis) * walk->Dim(axis);
                index[axis] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Line(T* d, T* a, nint n, nint step)
    {
        if (step == 0)
        {
            var value = *a;
            for (nint k = 0; k < n; k++) d[k] = value;
        }
        else if (step == 1 && n >= 32)
        {
            Unsafe.CopyBlockUnaligned(d, a, (uint)(n * sizeof(T)));
        }
        else
        {
            for (nint k = 0; k < n; k++) d[k] = a[k * step];
        }
    }
}

/// <summary>Sizes and strides (in elements) of a strided view, outermost axis first.</summary>
internal unsafe struct Walk
{
    public const int MaxRank = 16;

    public int Rank;
    public fixed long Dims[MaxRank];
    public fixed long Strides[MaxRank];

    public readonly nint Dim(int axis) => (nint)Dims[axis];

    public readonly nint Stride(int axis) => (nint)Strides[axis];
}
