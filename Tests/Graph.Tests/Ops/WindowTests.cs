using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Convolution and pooling against plain loops in double precision.</summary>
public sealed class WindowTests
{
    private static readonly (WindowAxis Rows, WindowAxis Columns)[] Grids =
    [
        (WindowAxis.Valid(7, 3), WindowAxis.Valid(5, 2)),
        (WindowAxis.Same(7, 3), WindowAxis.Same(5, 2)),
        (WindowAxis.Same(7, 3, stride: 2), WindowAxis.Same(5, 3, stride: 3)),
        (WindowAxis.Valid(7, 2, stride: 3), WindowAxis.Valid(5, 1)),
        (WindowAxis.Same(7, 3, dilation: 2), WindowAxis.Valid(5, 2, stride: 2, dilation: 3)),
        (new(7, 2, Low: 3, High: 1), new(5, 7, Low: 1, High: 2)),
    ];

    [Fact]
    public void ConvolutionIsTheSumOverWindowsAndChannels()
    {
        foreach (var (rows, columns) in Grids)
        {
            foreach (var groups in new[] { 1, 2, 6 })
            {
                Tensor x = Input("x", DType.F64, [2, 7, 5, 6]), w = Input("w", DType.F64, [rows.Size, columns.Size, 6 / groups, 12]);
                HostTensor xs = Numbers(x.Shape, 1.3), ws = Numbers(w.Shape, 2.1);
                var y = Windows.Convolve(x, w, rows, columns, groups);
                Near(Naive(xs, ws, rows, columns, groups, y.Shape), Evaluate(y, (x, xs), (w, ws)), $"{rows} by {columns} in {groups} groups");
            }
        }
    }

    [Fact]
    public void GradientsOfConvolutionsEqualDifferences()
    {
        foreach (var (rows, columns) in Grids)
        {
            Tensor x = Input("x", DType.F64, [2, 7, 5, 2]), w = Input("w", DType.F64, [rows.Size, columns.Size, 2, 3]);
            HostTensor xs = Numbers(x.Shape, 1.3), ws = Numbers(w.Shape, 2.1);
            var y = Windows.Convolve(x, w, rows, columns);
            var scalar = SumAll(y * Constant(Numbers(y.Shape, 0.7)));
            var gradients = Vjp.Gradients(scalar, [x, w]);
            double At(HostTensor a, HostTensor b) => Evaluate(scalar, (x, a), (w, b))[0];
            Near(Differences.Gradient(v => At(HostTensor.Of(x.Shape, v), ws), xs.ToDoubles()), Evaluate(gradients[0], (x, xs), (w, ws)), $"by the image, {rows} by {columns}", 1e-6);
            Near(Differences.Gradient(v => At(xs, HostTensor.Of(w.Shape, v)), ws.ToDoubles()), Evaluate(gradients[1], (x, xs), (w, ws)), $"by the kernel, {rows} by {columns}", 1e-6);
        }
    }

    [Fact]
    public void TheImagesGradientNeedsNoWindowsWhereStepsAreOne()
    {
        foreach (var (rows, columns) in Grids)
        {
            Tensor x = Input("x", DType.F64, [2, 7, 5, 2]), w = Input("w", DType.F64, [rows.Size, columns.Size, 2, 3]);
            var y = Windows.Convolve(x, w, rows, columns);
            var g = Input("g", DType.F64, y.Shape);
            var graph = new TensorGraph([w, g], [("dx", Vjp.Gradients(y, [x], g)[0])]);
            var optimised = Pipeline.Optimize(graph, verifyEach: true);
            var turns = rows.Stride == 1 && columns.Stride == 1 && rows.Low < rows.Extent && columns.Low < columns.Extent && rows.High < rows.Extent && columns.High < columns.Extent;
            Assert.Equal(!turns, optimised.Nodes.Any(n => n.Op == OpCode.Fold));
            HostTensor[] values = [Numbers(w.Shape, 2.1), Numbers(g.Shape, 0.4)];
            Near(Reference.Evaluate(graph, values)[0].ToDoubles(), Reference.Evaluate(optimised, values)[0].ToDoubles(), $"{rows} by {columns}");
        }
    }

    [Fact]
    public void AveragesCountNoPadding()
    {
        foreach (var (rows, columns) in Grids.Where(g => g.Rows.SeesImage && g.Columns.SeesImage).Append((WindowAxis.Valid(7, 2, 2), WindowAxis.Valid(5, 3, 3))))
        {
            var x = Input("x", DType.F64, [2, 7, 5, 3]);
            var xs = Numbers(x.Shape, 1.3);
            var y = Windows.AveragePool(x, rows, columns);
            var expected = new double[y.Shape.Size];
            for (var i = 0; i < expected.Length; i++) expected[i] = Window(rows, columns, y.Shape, i).Average(p => xs[Offset(p, 3)]);
            Near(expected, Evaluate(y, (x, xs)), $"{rows} by {columns}");
        }
    }

    [Fact]
    public void TheMaximumsGradientGoesToTheFirstMaximumAndPaddingNeverWins()
    {
        foreach (var (rows, columns) in Grids.Where(g => g.Rows.SeesImage && g.Columns.SeesImage))
        {
            // All negative, so that a zero of the padding would win; few values, so that there are ties.
            var x = Input("x", DType.F64, [2, 7, 5, 3]);
            var xs = HostTensor.Of(x.Shape, [.. Enumerable.Range(0, x.Shape.Size).Select(i => -1.0 - i * 7 % 5)]);
            var y = Windows.MaxPool(x, rows, columns);
            var weights = Numbers(y.Shape, 0.7);
            double[] expected = new double[y.Shape.Size], gradient = new double[x.Shape.Size];
            for (var i = 0; i < expected.Length; i++)
            {
                var best = Window(rows, columns, y.Shape, i).Select(p => Offset(p, 3)).Aggregate((a, b) => xs[b] > xs[a] ? b : a);
                expected[i] = xs[best];
                gradient[best] += weights[i];
            }
            Near(expected, Evaluate(y, (x, xs)), $"maxima of {rows} by {columns}");
            Near(gradient, Evaluate(Vjp.Gradients(SumAll(y * Constant(weights)), [x])[0], (x, xs)), $"gradient of {rows} by {columns}");
        }
    }

    [Fact]
    public void SameWindowsSplitTheirPaddingAsTheFieldDoes()
    {
        Assert.Equal(new WindowAxis(28, 5, 1, 1, 2, 2), WindowAxis.Same(28, 5));
        Assert.Equal(new WindowAxis(28, 2, 1, 1, 0, 1), WindowAxis.Same(28, 2));
        Assert.Equal(new WindowAxis(7, 3, 2, 1, 1, 1), WindowAxis.Same(7, 3, 2));
        Assert.Equal(new WindowAxis(8, 3, 2, 1, 0, 1), WindowAxis.Same(8, 3, 2));
        foreach (var (image, size, stride, dilation) in from i in Enumerable.Range(1, 13) from k in Enumerable.Range(1, 4) from s in Enumerable.Range(1, 3) from d in Enumerable.Range(1, 3) select (i, k, s, d))
            Assert.Equal((image + stride - 1) / stride, WindowAxis.Same(image, size, stride, dilation).Count);
    }

    [Fact]
    public void PoolingRefusesWindowsOfPaddingAlone() =>
        Assert.Throws<ShapeException>(() => Windows.MaxPool(Input("x", DType.F64, [7, 5, 2]), new(7, 2, Low: 3, High: 1), WindowAxis.Valid(5, 1)));

    private static double[] Naive(HostTensor x, HostTensor w, WindowAxis rows, WindowAxis columns, int groups, Shape result)
    {
        int channels = x.Shape[^1], filters = w.Shape[^1], each = channels / groups, own = filters / groups;
        var y = new double[result.Size];
        for (var i = 0; i < y.Length; i++)
        {
            var f = i % filters;
            var (n, o, p) = (i / filters / result[2] / result[1], i / filters / result[2] % result[1], i / filters % result[2]);
            for (var kh = 0; kh < rows.Size; kh++)
            for (var kw = 0; kw < columns.Size; kw++)
            for (var c = 0; c < each; c++)
            {
                int h = o * rows.Stride + kh * rows.Dilation - rows.Low, v = p * columns.Stride + kw * columns.Dilation - columns.Low;
                if (h < 0 || h >= rows.Image || v < 0 || v >= columns.Image) continue;
                y[i] += x[((n * rows.Image + h) * columns.Image + v) * channels + f / own * each + c] * w[((kh * columns.Size + kw) * each + c) * filters + f];
            }
        }
        return y;
    }

    /// <summary>The positions (image, row, column, channel) inside the image that an element of a pool sees, in row-major order.</summary>
    private static IEnumerable<(int N, int Y, int X, int C)> Window(WindowAxis rows, WindowAxis columns, Shape result, int element)
    {
        var c = element % result[3];
        var (n, o, p) = (element / result[3] / result[2] / result[1], element / result[3] / result[2] % result[1], element / result[3] % result[2]);
        return from kh in Enumerable.Range(0, rows.Size)
               from kw in Enumerable.Range(0, columns.Size)
               let y = o * rows.Stride + kh * rows.Dilation - rows.Low
               let x = p * columns.Stride + kw * columns.Dilation - columns.Low
               where y >= 0 && y < rows.Image && x >= 0 && x < columns.Image
               select (n, y, x, c);
    }

    private static int Offset((int N, int Y, int X, int C) at, int channels) => ((at.N * 7 + at.Y) * 5 + at.X) * channels + at.C;

    private static HostTensor Numbers(Shape shape, double salt) => HostTensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => 1.4 * Math.Sin(1.7 * i + salt))]);

    private static double[] Evaluate(Tensor output, params (Tensor Input, HostTensor Value)[] inputs) =>
        Reference.Evaluate(new(inputs.Select(i => i.Input), [("y", output)]), [.. inputs.Select(i => i.Value)])[0].ToDoubles();

    private static void Near(double[] expected, double[] actual, string what, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
    }
}
