using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Functions over windows of images [..., height, width, channels]: convolution and pooling. A signal [..., time, channels] is an image of height 1.
/// </summary>
public static class Windows
{
    /// <summary>
    /// The windows of an image, each as one vector: [..., height, width, channels] to [..., rows, columns, positions * channels], with zeros for padding. Elements of a
    /// window are in row-major order of (row, column, channel).
    /// </summary>
    public static Tensor Unfold(Tensor x, WindowAxis rows, WindowAxis columns) => Tensor.Create(OpCode.Unfold, [x], new Attributes.Window(rows, columns));

    /// <summary>The transpose of <see cref="Unfold"/>: each element of each window is added to the element of the image that it came from.</summary>
    public static Tensor Fold(Tensor windows, WindowAxis rows, WindowAxis columns) => Tensor.Create(OpCode.Fold, [windows], new Attributes.Window(rows, columns));

    /// <summary>
    /// For each window and channel the element of <paramref name="values"/> that stands where <paramref name="x"/> has its first maximum (in row-major order; NaN counts
    /// as the largest; padding is never chosen). With values = x this is max pooling.
    /// </summary>
    public static Tensor WindowPick(Tensor x, Tensor values, WindowAxis rows, WindowAxis columns) => Tensor.Create(OpCode.WindowPick, [x, values], new Attributes.Window(rows, columns));

    /// <summary>The transpose of <see cref="WindowPick"/> in its values: each window's number is added where x has the window's first maximum.</summary>
    public static Tensor WindowRoute(Tensor x, Tensor numbers, WindowAxis rows, WindowAxis columns) => Tensor.Create(OpCode.WindowRoute, [x, numbers], new Attributes.Window(rows, columns));

    /// <summary>
    /// Convolution (cross-correlation, as the field uses the word): out[o, f] = sum over positions k and channels c of x[o at k, c] kernel[k, c, f].
    /// </summary>
    /// <param name="x">[..., height, width, channels].</param>
    /// <param name="kernel">[window height, window width, channels / groups, filters].</param>
    /// <param name="rows">The windows along the height.</param>
    /// <param name="columns">The windows along the width.</param>
    /// <param name="groups">
    /// Into how many equal groups channels and filters are split; the filters of a group see its channels only. With one channel a group the convolution is depthwise.
    /// </param>
    /// <returns>[..., rows, columns, filters].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor Convolve(Tensor x, Tensor kernel, WindowAxis rows, WindowAxis columns, int groups = 1)
    {
        var channels = x.Shape[^1];
        if (kernel.Rank != 4 || kernel.Shape[0] != rows.Size || kernel.Shape[1] != columns.Size || kernel.Shape[2] * groups != channels || kernel.Shape[3] % groups != 0)
            throw new ShapeException(OpCode.Unfold, $"a kernel of shape {kernel.Shape} in {groups} groups does not convolve {x.Shape} over windows of {rows.Size} by {columns.Size}");
        var (lead, windows, positions, filters) = (x.Shape[..^3], rows.Count * columns.Count, rows.Size * columns.Size, kernel.Shape[3]);
        var shape = lead.Concat([rows.Count, columns.Count, filters]);
        if (groups == 1)
            return Reshape(MatMul(Reshape(Unfold(x, rows, columns), lead.Concat([windows, positions * channels])), Reshape(kernel, [positions * channels, filters])), shape);

        // Each group's channels are an image of their own; its windows meet its own filters.
        var (each, own, rank) = (channels / groups, filters / groups, lead.Rank);
        int[] leading = [.. Enumerable.Range(0, rank)];
        var images = Transpose(Reshape(x, x.Shape[..^1].Concat([groups, each])), [.. leading, rank + 2, rank, rank + 1, rank + 3]);
        var weights = Reshape(Transpose(Reshape(kernel, [positions, each, groups, own]), [2, 0, 1, 3]), [groups, positions * each, own]);
        var product = MatMul(Reshape(Unfold(images, rows, columns), lead.Concat([groups, windows, positions * each])), weights);
        return Reshape(Transpose(product, [.. leading, rank + 1, rank, rank + 2]), shape);
    }

    /// <summary>The maximum of each window and channel; padding never wins. The gradient goes to the first maximum of a window.</summary>
    public static Tensor MaxPool(Tensor x, WindowAxis rows, WindowAxis columns) => WindowPick(x, x, rows, columns);

    /// <summary>The mean of each window and channel over the positions inside the image: padding does not count.</summary>
    public static Tensor AveragePool(Tensor x, WindowAxis rows, WindowAxis columns)
    {
        var (lead, channels, positions) = (x.Shape[..^3], x.Shape[^1], rows.Size * columns.Size);
        if (Tiles(rows) && Tiles(columns))
        {
            // Windows side by side: the image is cut, not unfolded.
            var rank = lead.Rank;
            var whole = SliceAxis(SliceAxis(x, rank, 0, rows.Count * rows.Size), rank + 1, 0, columns.Count * columns.Size);
            return Mean(Reshape(whole, lead.Concat([rows.Count, rows.Size, columns.Count, columns.Size, channels])), rank + 1, rank + 3);
        }
        var sums = Sum(Reshape(Unfold(x, rows, columns), lead.Concat([rows.Count, columns.Count, positions, channels])), lead.Rank + 2);
        var counts = new double[rows.Count * columns.Count];
        for (var i = 0; i < counts.Length; i++) counts[i] = 1.0 / (Inside(rows, i / columns.Count) * Inside(columns, i % columns.Count));
        return sums * Constant(HostTensor.FromDoubles(x.DType, [rows.Count, columns.Count, 1], counts));
    }

    private static bool Tiles(WindowAxis axis) => axis.Stride == axis.Size && axis is { Dilation: 1, Low: 0, High: 0 };

    private static int Inside(WindowAxis axis, int window) => Enumerable.Range(0, axis.Size).Count(k => (uint)axis.At(window, k) < (uint)axis.Image);
}
