using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// Products of an image's windows and a matrix, or of the windows' transpose and a matrix, without the windows: the register tiles of the matrix product read the
/// image at offsets worked out when the plan is made. Images with padding are first copied, one at a time, into scratch memory with zeros around them.
/// </summary>
internal sealed unsafe class ConvolutionKernel<V, T> : Kernel where V : struct, IVec<V, T> where T : unmanaged
{
    // Shorter runs of adjacent elements are looked up one by one.
    private const int ShortSegment = 8;

    private readonly T* _image, _b, _c;
    private readonly IndirectShape _shape;
    private readonly WindowUse _use;
    private readonly int[] _sources;
    private readonly int[] _matricesB, _matricesFirst;
    private readonly int _windows, _bands;
    private readonly nint _rowB;
    private readonly Padded? _padded;
    private readonly byte*[] _scratch;
    private readonly bool _isNarrow;
    private readonly string _text;

    private ConvolutionKernel(Def def, PlanContext context, WindowUse use, IndirectShape shape, Padded? padded, int bands, byte*[] scratch)
    {
        var (image, b) = (def.Operands[0], def.Operands[1]);
        _image = (T*)context.Address(image);
        _b = (T*)context.Address(b);
        _c = (T*)context.Address(def);
        (_use, _shape, _padded, _bands, _scratch) = (use, shape, padded, bands, scratch);
        _sources = Starts(image.Dims[..^3], image.Strides[..^3]);
        _matricesB = Starts(b.Dims[..^2], b.Strides[..^2]);
        _matricesFirst = Starts([.. use.Steps.Select(s => s.Size)], [.. use.Steps.Select(s => s.Images)]);
        _isNarrow = !use.Transposed && IndirectDots<V, T>.Fits(shape);
        _rowB = b.Dims[^2] == 1 ? 0 : b.Strides[^2];
        _windows = use.Transposed ? b.Dims[^2] / use.Images : def.Node!.Shape[^2] / use.Images;
        var window = (Attributes.Window)def.Windows!.Value.Unfold.Attributes;
        _text = $"convolution{(use.Transposed ? " t" : "")} {_matricesFirst.Length * use.Images} x {_windows} windows of {window.Rows.Size} x {window.Columns.Size} x {image.Dims[^1]} -> {def}";
    }

    /// <summary>The kernel of a product whose left operand is windows.</summary>
    public static Kernel Compile(Def def, PlanContext context)
    {
        var (unfold, use) = def.Windows!.Value;
        if (use.IsDepthwise) return DepthwiseKernel<V, T>.Compile(def, context);
        var (rows, columns) = ((Attributes.Window)unfold.Attributes) is var window ? (window.Rows, window.Columns) : default;
        var image = def.Operands[0];
        var channels = image.Dims[^1];
        var (rowStep, columnStep) = (image.Dims[^3] == 1 ? 0 : image.Strides[^3], image.Dims[^2] == 1 ? 0 : image.Strides[^2]);
        Padded? padded = null;
        if ((rows.Low | rows.High | columns.Low | columns.High) != 0)
        {
            padded = new((rows.Count - 1) * rows.Stride + rows.Extent, (columns.Count - 1) * columns.Stride + columns.Extent, rows, columns, channels, rowStep, columnStep);
            (rowStep, columnStep) = (padded.Width * channels, channels);
        }
        var places = Offsets(context, [(rows.Count, rows.Stride * rowStep), (columns.Count, columns.Stride * columnStep)]);
        var n = def.Operands[1].Dims[^1];
        var stepB = def.Operands[1].Dims[^2] == 1 ? n : def.Operands[1].Strides[^2];
        IndirectShape shape;
        if (use.Transposed)
        {
            shape = new(unfold.Shape[^1], n, rows.Count, columns.Count, columns.Stride * columnStep, stepB, n)
            {
                Rows = Offsets(context, [(rows.Size, rows.Dilation * rowStep), (columns.Size, columns.Dilation * columnStep), (channels, 1)]),
                Segments = Offsets(context, [(rows.Count, rows.Stride * rowStep)]),
            };
        }
        else
        {
            // Neighbours in a window's row are adjacent in the image, unless it is dilated.
            var joined = columns.Size == 1 || columns.Dilation * columnStep == channels;
            if (joined && columns.Size * channels < ShortSegment)
            {
                var steps = Offsets(context, [(rows.Size, rows.Dilation * rowStep), (columns.Size, columns.Dilation * columnStep), (channels, 1)]);
                shape = new(rows.Count * columns.Count, n, window.Positions * channels, 1, 1, stepB, n) { Rows = places, Segments = steps };
            }
            else
            {
                var segments = joined ? Offsets(context, [(rows.Size, rows.Dilation * rowStep)]) : Offsets(context, [(rows.Size, rows.Dilation * rowStep), (columns.Size, columns.Dilation * columnStep)]);
                shape = new(rows.Count * columns.Count, n, joined ? rows.Size : window.Positions, joined ? columns.Size * channels : channels, 1, stepB, n) { Rows = places, Segments = segments };
            }
        }
        var matrices = Views.Product([.. use.Steps.Select(s => s.Size)]);
        var operations = 2.0 * def.Size * (use.Transposed ? use.Images * rows.Count * columns.Count : unfold.Shape[^1]);
        var isSplit = context.Workers > 1 && operations >= 4e6;
        // Gradients of kernels are split by rows of the result, each of which visits the images in order, so that sums do not depend on the split.
        var bands = !use.Transposed || !isSplit || matrices >= 2 * context.Workers ? 1 : Math.Clamp(shape.M / 6, 1, context.Workers);
        var scratch = new byte*[context.Workers];
        var isNarrow = !use.Transposed && IndirectDots<V, T>.Fits(shape);
        if (padded is not null || isNarrow)
        {
            context.NeedScratch(PaddedBytes(padded) + (isNarrow ? IndirectDots<V, T>.Size(shape) * sizeof(T) : 0) + 64);
            context.OnceAllocated(() =>
            {
                for (var w = 0; w < scratch.Length; w++) scratch[w] = context.Scratch(w);
            });
        }
        var units = use.Transposed ? matrices * bands : matrices * use.Images;
        return new ConvolutionKernel<V, T>(def, context, use, shape, padded, bands, scratch)
        {
            Chunks = !isSplit ? 1 : use.Transposed ? Math.Min(units, 4096) : Math.Min(units, 4 * context.Workers),
            Traffic = (long)(image.Def.Bytes + def.Operands[1].Def.Bytes + def.Bytes),
            Operations = operations,
        };
    }

    public override string Describe() => _text;

    public override void Run(int chunk, int worker)
    {
        var scratch = (T*)_scratch[worker];
        if (_padded is not null) new Span<T>(scratch, _padded.Size).Clear();
        var units = _use.Transposed ? (long)_matricesFirst.Length * _bands : (long)_matricesFirst.Length * _use.Images;
        int from = (int)(units * chunk / Chunks), to = (int)(units * (chunk + 1) / Chunks);
        var turned = (T*)(_scratch[worker] + PaddedBytes(_padded));
        var held = -1;
        for (var unit = from; unit < to; unit++)
        {
            if (_use.Transposed)
            {
                Gradient(unit / _bands, unit % _bands, scratch);
                continue;
            }
            var matrix = unit / _use.Images;
            if (_isNarrow && held != _matricesB[matrix])
            {
                held = _matricesB[matrix];
                IndirectDots<V, T>.Turn(_shape, _b + held, turned);
            }
            Forward(matrix, unit % _use.Images, scratch, turned);
        }
    }

    // Scratch memory holds the padded image, then the matrix turned.
    private static nint PaddedBytes(Padded? padded) => padded is null ? 0 : ((nint)padded.Size * sizeof(T) + 127) / 64 * 64;

    private void Forward(int matrix, int image, T* scratch, T* turned)
    {
        var source = Source(matrix, image, scratch);
        var c = _c + ((nint)matrix * _use.Images + image) * _windows * _shape.N;
        if (_isNarrow) IndirectDots<V, T>.Run(_shape, source, turned, c);
        else IndirectGemm<V, T>.Run(_shape, source, _b + _matricesB[matrix], c, add: false);
    }

    private void Gradient(int matrix, int band, T* scratch)
    {
        int first = Cut(band), last = Cut(band + 1);
        var part = _shape with { M = last - first, Rows = _shape.Rows + first };
        var c = _c + ((nint)matrix * _shape.M + first) * _shape.N;
        for (var image = 0; image < _use.Images; image++)
            IndirectGemm<V, T>.Run(part, Source(matrix, image, scratch), _b + _matricesB[matrix] + (nint)image * _windows * _rowB, c, add: image > 0);
    }

    private int Cut(int band) => band == _bands ? _shape.M : (int)((long)_shape.M * band / _bands) / 6 * 6;

    private T* Source(int matrix, int image, T* scratch)
    {
        var source = _image + _sources[_use.First + _matricesFirst[matrix] + image];
        if (_padded is null) return source;
        _padded.Copy(source, scratch);
        return scratch;
    }

    /// <summary>The offsets of all positions of a grid of the given steps, in row-major order.</summary>
    internal static int[] Starts(int[] dims, int[] strides)
    {
        var result = new int[Views.Product(dims)];
        for (var i = 0; i < result.Length; i++)
        {
            for (int axis = dims.Length - 1, rest = i; axis >= 0; rest /= dims[axis], axis--) result[i] += rest % dims[axis] * strides[axis];
        }
        return result;
    }

    /// <summary>The offsets of all positions of a grid, in row-major order.</summary>
    private static int* Offsets(PlanContext context, (int Size, int Step)[] axes)
    {
        var starts = Starts([.. axes.Select(a => a.Size)], [.. axes.Select(a => a.Step)]);
        var result = context.Code.Take<int>(starts.Length);
        starts.CopyTo(new Span<int>(result, starts.Length));
        return result;
    }

    /// <summary>An image with the zeros around it that windows see. Only the image is copied; the zeros stay.</summary>
    private sealed record Padded(int Height, int Width, WindowAxis Rows, WindowAxis Columns, int Channels, int RowStep, int ColumnStep)
    {
        public int Size => Height * Width * Channels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Copy(T* source, T* to)
        {
            int height = Math.Min(Rows.Image, Height - Rows.Low), width = Math.Min(Columns.Image, Width - Columns.Low);
            for (nint y = 0; y < height; y++)
            {
                T* row = to + ((y + Rows.Low) * Width + Columns.Low) * Channels, from = source + y * RowStep;
                if (ColumnStep == Channels || width == 1)
                {
                    Unsafe.CopyBlockUnaligned(row, from, (uint)(width * Channels * sizeof(T)));
                    continue;
                }
                for (nint x = 0; x < width; x++) StridedCopy.Short((byte*)(from + x * ColumnStep), (byte*)(row + x * Channels), (nint)Channels * sizeof(T));
            }
        }
    }
}
