using System.Runtime.CompilerServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// A convolution in which each channel meets a kernel of its own, and the gradient of such kernels. Lanes run along the channels, which are adjacent in the image; the
/// result's are adjacent too.
/// </summary>
internal sealed unsafe class DepthwiseKernel<V, T> : Kernel where V : struct, IVec<V, T> where T : unmanaged
{
    private readonly T* _image, _b, _c;
    private readonly WindowAxis _rows, _columns;
    private readonly bool _transposed;
    private readonly int _channels, _stepB, _rowStep, _columnStep;
    private readonly int[] _images, _matrices;
    private readonly string _text;

    private DepthwiseKernel(Def def, PlanContext context)
    {
        View image = def.Operands[0], b = def.Operands[1];
        var (unfold, use) = def.Windows!.Value;
        _image = (T*)context.Address(image);
        _b = (T*)context.Address(b);
        _c = (T*)context.Address(def);
        var window = (Attributes.Window)unfold.Attributes;
        (_rows, _columns, _transposed, _channels) = (window.Rows, window.Columns, use.Transposed, image.Dims[^4]);
        (_rowStep, _columnStep, _stepB) = (image.Strides[^3], image.Strides[^2], b.Dims[^2] == 1 ? 0 : b.Strides[^2]);
        (_images, _matrices) = (ConvolutionKernel<V, T>.Starts(image.Dims[..^4], image.Strides[..^4]), ConvolutionKernel<V, T>.Starts(b.Dims[..^3], b.Strides[..^3]));
        _text = $"depthwise convolution{(_transposed ? " t" : "")} {_images.Length} x {_rows.Count * _columns.Count} windows of {_rows.Size} x {_columns.Size}, {_channels} channels -> {def}";
    }

    public static Kernel Compile(Def def, PlanContext context)
    {
        var (unfold, use) = def.Windows!.Value;
        var window = (Attributes.Window)unfold.Attributes;
        var operations = 2.0 * def.Size * (use.Transposed ? window.Rows.Count * window.Columns.Count : window.Positions);
        return new DepthwiseKernel<V, T>(def, context)
        {
            Chunks = context.Workers == 1 ? 1 : Cost.Chunks(operations / 50, def.Operands[0].Dims[..^4].Aggregate(1, (n, d) => n * d)),
            Traffic = (long)(def.Operands[0].Def.Bytes + def.Operands[1].Def.Bytes + def.Bytes),
            Operations = operations,
        };
    }

    public override string Describe() => _text;

    public override void Run(int chunk, int worker)
    {
        int from = (int)((long)_images.Length * chunk / Chunks), to = (int)((long)_images.Length * (chunk + 1) / Chunks);
        for (var image = from; image < to; image++)
        {
            if (_transposed) Gradient(_image + _images[image], _b + _matrices[image], _c + (nint)image * _rows.Size * _columns.Size * _channels);
            else Forward(_image + _images[image], _b + _matrices[image], _c + (nint)image * _rows.Count * _columns.Count * _channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(T* x, T* w, T* y)
    {
        nint right = (nint)_columns.Dilation * _columnStep, step = (nint)_columns.Stride * _columnStep, channels = _channels, stepB = _stepB;
        for (var row = 0; row < _rows.Count; row++)
        {
            var (top, bottom) = WindowKernel<V, T>.Inside(_rows, row);
            for (var column = 0; column < _columns.Count; y += channels, column++)
            {
                var (first, last) = WindowKernel<V, T>.Inside(_columns, column);
                // Neighbouring windows that see as many positions share each load of the kernel.
                var isFour = column + 3 < _columns.Count && WindowKernel<V, T>.Inside(_columns, column + 3) == (first, last);
                for (nint c = 0; c < channels; c += V.Count)
                {
                    V s0 = default, s1 = default, s2 = default, s3 = default;
                    for (var i = top; i < bottom; i++)
                    {
                        var source = x + (nint)_rows.At(row, i) * _rowStep + (nint)_columns.At(column, first) * _columnStep + c;
                        var weight = w + (i * _columns.Size + first) * stepB + c;
                        if (isFour)
                        {
                            for (var j = first; j < last; j++, source += right, weight += stepB)
                            {
                                var k = V.Load(weight);
                                s0 = V.Fma(V.Load(source), k, s0);
                                s1 = V.Fma(V.Load(source + step), k, s1);
                                s2 = V.Fma(V.Load(source + 2 * step), k, s2);
                                s3 = V.Fma(V.Load(source + 3 * step), k, s3);
                            }
                        }
                        else
                        {
                            for (var j = first; j < last; j++, source += right, weight += stepB) s0 = V.Fma(V.Load(source), V.Load(weight), s0);
                        }
                    }
                    Put(s0, y + c, channels - c);
                    if (!isFour) continue;
                    Put(s1, y + channels + c, channels - c);
                    Put(s2, y + 2 * channels + c, channels - c);
                    Put(s3, y + 3 * channels + c, channels - c);
                }
                if (!isFour) continue;
                column += 3;
                y += 3 * channels;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradient(T* x, T* g, T* w)
    {
        nint step = (nint)_columns.Stride * _columnStep, channels = _channels, stepB = _stepB;
        for (var i = 0; i < _rows.Size; i++)
        {
            var (top, bottom) = Seeing(_rows, i);
            for (var j = 0; j < _columns.Size; j++, w += channels)
            {
                var (first, last) = Seeing(_columns, j);
                for (nint c = 0; c < channels; c += V.Count)
                {
                    V s0 = default, s1 = default, s2 = default, s3 = default;
                    for (var row = top; row < bottom && first < last; row++)
                    {
                        var source = x + (nint)_rows.At(row, i) * _rowStep + (nint)_columns.At(first, j) * _columnStep + c;
                        var number = g + ((nint)row * _columns.Count + first) * stepB + c;
                        var left = last - first;
                        for (; left >= 4; left -= 4, source += 4 * step, number += 4 * stepB)
                        {
                            s0 = V.Fma(V.Load(source), V.Load(number), s0);
                            s1 = V.Fma(V.Load(source + step), V.Load(number + stepB), s1);
                            s2 = V.Fma(V.Load(source + 2 * step), V.Load(number + 2 * stepB), s2);
                            s3 = V.Fma(V.Load(source + 3 * step), V.Load(number + 3 * stepB), s3);
                        }
                        for (; left > 0; left--, source += step, number += stepB) s0 = V.Fma(V.Load(source), V.Load(number), s0);
                    }
                    Put((s0 + s1) + (s2 + s3), w + c, channels - c);
                }
            }
        }
    }

    /// <summary>The windows whose position <paramref name="k"/> lies inside the image: from inclusive, to exclusive.</summary>
    private static (int From, int To) Seeing(WindowAxis axis, int k)
    {
        var start = k * axis.Dilation - axis.Low;
        var from = start >= 0 ? 0 : (-start + axis.Stride - 1) / axis.Stride;
        var to = axis.Image <= start ? 0 : Math.Min(axis.Count, (axis.Image - start + axis.Stride - 1) / axis.Stride);
        return (from, Math.Max(from, to));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V value, T* to, nint left)
    {
        if (left >= V.Count) value.Store(to);
        else value.StorePart(to, (int)left);
    }
}
