using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// Products of windows as libtorch's convolutions, whose images have their channels first; in memory they stay last, which is a layout that libtorch has kernels for.
/// </summary>
internal static class Convolutions
{
    private static readonly int[] ChannelsFirst = [0, 3, 1, 2];

    /// <summary>Whether a product is one convolution of all images, not one of many.</summary>
    public static bool Takes(WindowUse use) => use.First == 0 && use.Steps.All(s => s.Size == 1);

    /// <summary>Whether a product that is added onto images is the gradient of one convolution of all of them.</summary>
    public static bool TakesFold(Tensor fold, Tensor product) =>
        product.Shape[..^2].Size == 1 && product.Shape[^2] == fold.Inputs[0].Shape[..^1].Size;

    /// <summary>A product whose first operand is windows of an image: a convolution, or the gradient of one by its kernel.</summary>
    /// <param name="def">The product.</param>
    /// <param name="expression">The expression of a view.</param>
    /// <param name="dense">The expression of a view under dimensions that may need a copy.</param>
    /// <param name="narrow">What converts operands to the type computed in, or empty.</param>
    /// <param name="wide">What converts the result back.</param>
    public static string Product(Def def, Func<View, string> expression, Func<View, int[], string> dense, string narrow, string wide)
    {
        var (unfold, use) = def.Windows!.Value;
        var (rows, columns) = Axes(unfold);
        var (image, matrix) = (def.Operands[0], def.Operands[1]);
        int channels = image.Dims[^1], filters = matrix.Dims[^1];
        var x = Padded(First(image, [Count(image), image.Dims[^3], image.Dims[^2], channels], ChannelsFirst, expression, dense) + narrow, rows, columns);
        var shape = Script.List(def.Node!.Shape.AsSpan().ToArray());
        if (!use.Transposed)
        {
            var kernel = First(matrix, [rows.Size, columns.Size, channels, filters], [3, 2, 0, 1], expression, dense) + narrow;
            return $"torch.conv2d({x}, {kernel}, None, {Steps(rows, columns)}){wide}.permute([0, 2, 3, 1]).reshape({shape})";
        }
        var gradient = First(matrix, [Count(image), rows.Count, columns.Count, filters], ChannelsFirst, expression, dense) + narrow;
        // Of the kernel nothing but its shape is asked.
        var like = $"{gradient}.new_zeros([{filters}, {channels}, {rows.Size}, {columns.Size}])";
        return $"{Backward(gradient, x, like, rows, columns, "[False, True, False]")}[1]{wide}.permute([2, 3, 1, 0]).reshape({shape})";
    }

    /// <summary>Windows that a product makes, added onto the image: the gradient of a convolution by its image.</summary>
    /// <param name="def">The fold, its operands those of the product.</param>
    /// <param name="expression">The expression of a view.</param>
    /// <param name="dense">The expression of a view under dimensions that may need a copy.</param>
    /// <param name="narrow">What converts operands to the type computed in, or empty.</param>
    /// <param name="wide">What converts the result back.</param>
    public static string Fold(Def def, Func<View, string> expression, Func<View, int[], string> dense, string narrow, string wide)
    {
        var node = def.Node!;
        var (rows, columns) = Axes(node);
        int channels = node.Shape[^1], filters = def.Operands[0].Dims[^1];
        var images = def.Operands[0].Size / filters / (rows.Count * columns.Count);
        var gradient = First(def.Operands[0], [images, rows.Count, columns.Count, filters], ChannelsFirst, expression, dense) + narrow;
        var kernel = First(def.Operands[1], [filters, rows.Size, columns.Size, channels], ChannelsFirst, expression, dense) + narrow;
        var (top, left) = IsEven(rows, columns) ? (0, 0) : (rows.Low, columns.Low);
        var (height, width) = IsEven(rows, columns) ? (rows.Image, columns.Image) : (rows.Low + rows.Image + rows.High, columns.Low + columns.Image + columns.High);
        var like = $"{gradient}.new_zeros([{images}, {channels}, {height}, {width}])";
        var image = $"{Backward(gradient, like, kernel, rows, columns, "[True, False, False]")}[0]";
        if (!IsEven(rows, columns)) image += $"[:, :, {top}:{top + rows.Image}, {left}:{left + columns.Image}]";
        return $"{image}{wide}.permute([0, 2, 3, 1]).reshape({Script.List(node.Shape.AsSpan().ToArray())})";
    }

    private static string Backward(string gradient, string image, string kernel, WindowAxis rows, WindowAxis columns, string mask) =>
        $"torch.convolution_backward({gradient}, {image}, {kernel}, None, {Steps(rows, columns)}, False, [0, 0], 1, {mask})";

    // Stride, padding and dilation.
    private static string Steps(WindowAxis rows, WindowAxis columns)
    {
        var (top, left) = IsEven(rows, columns) ? (rows.Low, columns.Low) : (0, 0);
        return $"[{rows.Stride}, {columns.Stride}], [{top}, {left}], [{rows.Dilation}, {columns.Dilation}]";
    }

    // libtorch pads both ends alike; other padding is written out.
    private static bool IsEven(WindowAxis rows, WindowAxis columns) => rows.Low == rows.High && columns.Low == columns.High;

    private static string Padded(string x, WindowAxis rows, WindowAxis columns) =>
        IsEven(rows, columns) ? x : $"torch.constant_pad_nd({x}, [{columns.Low}, {columns.High}, {rows.Low}, {rows.High}], 0)";

    private static string First(View view, int[] dims, int[] permutation, Func<View, string> expression, Func<View, int[], string> dense) =>
        view.Reshape(dims) is { } shaped ? expression(shaped.Transpose(permutation)) : $"{dense(view, dims)}.permute({Script.List(permutation)})";

    private static int Count(View image) => Views.Product(image.Dims.AsSpan()[..^3]);

    private static (WindowAxis Rows, WindowAxis Columns) Axes(Tensor node)
    {
        var window = (Attributes.Window)node.Attributes;
        return (window.Rows, window.Columns);
    }
}
