using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>What kernels over windows share: the operands are dense, and chunks are runs of images, or of rows of windows.</summary>
internal abstract unsafe class WindowKernel<V, T>(Def def, PlanContext context, string name, bool byRows) : Kernel where V : struct, IVec<V, T> where T : unmanaged
{
    protected readonly T* First = (T*)context.Address(def.Operands[0]), Result = (T*)context.Address(def);
    protected readonly T* Second = (T*)context.Address(def.Operands[^1]);
    protected readonly WindowAxis Rows = ((Attributes.Window)def.Node!.Attributes).Rows, Columns = ((Attributes.Window)def.Node!.Attributes).Columns;

    private readonly int _units = byRows ? Images(def) * ((Attributes.Window)def.Node!.Attributes).Rows.Count : Images(def);

    /// <summary>Elements of a pixel of the image.</summary>
    protected abstract nint Channels { get; }

    protected nint ImageSize => (nint)Rows.Image * Columns.Image * Channels;

    /// <summary>Chunks for work of the given duration.</summary>
    public static int ChunksOf(Def def, PlanContext context, bool byRows, double nanoseconds) =>
        context.Workers == 1 ? 1 : Math.Max(1, Cost.Chunks(nanoseconds, byRows ? (long)Images(def) * ((Attributes.Window)def.Node!.Attributes).Rows.Count : Images(def)));

    public override string Describe() => $"{name} {Rows.Size} x {Columns.Size} -> {def}";

    public override void Run(int chunk, int worker)
    {
        int from = (int)((long)_units * chunk / Chunks), to = (int)((long)_units * (chunk + 1) / Chunks);
        for (var unit = from; unit < to; unit++)
        {
            if (byRows) Run(unit / Rows.Count, unit % Rows.Count);
            else Run(unit, -1);
        }
    }

    /// <summary>Does one image, or one row of its windows.</summary>
    protected abstract void Run(nint image, int row);

    /// <summary>The positions of a window that lie inside the image: from inclusive, to exclusive.</summary>
    internal static (int From, int To) Inside(WindowAxis axis, int window)
    {
        var start = axis.At(window, 0);
        var from = start >= 0 ? 0 : (-start + axis.Dilation - 1) / axis.Dilation;
        var to = Math.Min(axis.Size, (axis.Image - start + axis.Dilation - 1) / axis.Dilation);
        return (from, Math.Max(from, to));
    }

    /// <summary>The first and the last window, exclusive, along an axis that see no padding.</summary>
    protected static (int From, int To) Whole(WindowAxis axis)
    {
        var from = Math.Min(axis.Count, (axis.Low + axis.Stride - 1) / axis.Stride);
        var room = axis.Image + axis.Low - axis.Extent;
        return (from, Math.Max(from, room < 0 ? 0 : Math.Min(axis.Count, room / axis.Stride + 1)));
    }

    /// <summary>For each position of a window, how far it lies from the first.</summary>
    protected nint[] Positions()
    {
        var result = new nint[Rows.Size * Columns.Size];
        for (var k = 0; k < result.Length; k++) result[k] = ((nint)(k / Columns.Size) * Rows.Dilation * Columns.Image + k % Columns.Size * Columns.Dilation) * Channels;
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Put(V value, T* to, nint left)
    {
        if (left >= V.Count) value.Store(to);
        else value.StorePart(to, (int)left);
    }

    private static int Images(Def def) => def.Node!.Shape[..^3].Size;
}

/// <summary>Windows written to memory.</summary>
internal sealed unsafe class UnfoldKernel<V, T>(Def def, PlanContext context) : WindowKernel<V, T>(def, context, "unfold", true) where V : struct, IVec<V, T> where T : unmanaged
{
    protected override nint Channels { get; } = def.Operands[0].Dims[^1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint image, int row)
    {
        var from = First + image * ImageSize;
        nint positions = (nint)Rows.Size * Columns.Size;
        var to = Result + (image * Rows.Count + row) * Columns.Count * positions * Channels;
        for (var column = 0; column < Columns.Count; column++, to += positions * Channels)
        {
            var (first, last) = Inside(Columns, column);
            for (var i = 0; i < Rows.Size; i++)
            {
                var line = to + i * Columns.Size * Channels;
                var y = Rows.At(row, i);
                if ((uint)y >= (uint)Rows.Image || last == first)
                {
                    new Span<T>(line, (int)(Columns.Size * Channels)).Clear();
                    continue;
                }
                new Span<T>(line, (int)(first * Channels)).Clear();
                new Span<T>(line + last * Channels, (int)((Columns.Size - last) * Channels)).Clear();
                var source = from + ((nint)y * Columns.Image + Columns.At(column, first)) * Channels;
                if (Columns.Dilation == 1) Copy(source, line + first * Channels, (last - first) * Channels);
                else for (var j = first; j < last; j++, source += Columns.Dilation * Channels) Copy(source, line + j * Channels, Channels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(T* from, T* to, nint n)
    {
        for (nint i = 0; i < n; i += V.Count) Put(V.Load(from + i), to + i, n - i);
    }
}

/// <summary>Windows added back onto the image.</summary>
internal sealed unsafe class FoldKernel<V, T>(Def def, PlanContext context) : WindowKernel<V, T>(def, context, "fold", false) where V : struct, IVec<V, T> where T : unmanaged
{
    protected override nint Channels { get; } = def.Node!.Shape[^1];

    protected override void Run(nint image, int row)
    {
        Clear(image);
        Add(image, 0, Rows.Count, First + image * Rows.Count * Columns.Count * Rows.Size * Columns.Size * Channels);
    }

    /// <summary>Clears an image.</summary>
    public void Clear(nint image) => new Span<T>(Result + image * ImageSize, (int)ImageSize).Clear();

    /// <summary>Adds the windows of some rows, one after the other, to an image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(nint image, int firstRow, int lastRow, T* from)
    {
        var to = Result + image * ImageSize;
        nint width = (nint)Rows.Size * Columns.Size * Channels;
        for (var r = firstRow; r < lastRow; r++)
        {
            var (top, bottom) = Inside(Rows, r);
            for (var c = 0; c < Columns.Count; c++, from += width)
            {
                var (first, last) = Inside(Columns, c);
                for (var i = top; i < bottom && first < last; i++)
                {
                    var source = from + (i * Columns.Size + first) * Channels;
                    var target = to + ((nint)Rows.At(r, i) * Columns.Image + Columns.At(c, first)) * Channels;
                    if (Columns.Dilation == 1) Add(source, target, (last - first) * Channels);
                    else for (var j = first; j < last; j++, source += Channels, target += Columns.Dilation * Channels) Add(source, target, Channels);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* from, T* to, nint n)
    {
        for (nint i = 0; i < n; i += V.Count) Put(V.Load(to + i) + V.Load(from + i), to + i, n - i);
    }
}
