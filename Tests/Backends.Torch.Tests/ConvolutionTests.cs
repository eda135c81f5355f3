using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Graph.Windows;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Products of windows and maxima of windows become libtorch's convolutions and pooling, forwards and backwards, with the reference's values.</summary>
public class ConvolutionTests
{
    private static IEnumerable<(WindowAxis Rows, WindowAxis Columns)> Forms()
    {
        yield return (WindowAxis.Valid(7, 3), WindowAxis.Valid(5, 2));
        yield return (WindowAxis.Same(7, 3), WindowAxis.Same(5, 3));
        // Even kernels pad one end more than the other.
        yield return (WindowAxis.Same(7, 4), WindowAxis.Same(5, 2));
        yield return (WindowAxis.Same(8, 3, stride: 2), WindowAxis.Same(9, 5, stride: 3));
        yield return (WindowAxis.Same(9, 3, dilation: 2), WindowAxis.Valid(11, 3, stride: 2, dilation: 3));
        // The last rows and columns are in no window.
        yield return (WindowAxis.Valid(8, 2, stride: 3), WindowAxis.Valid(10, 3, stride: 4));
        yield return (WindowAxis.Valid(1, 1), WindowAxis.Valid(6, 1, stride: 2));
        yield return (new(5, 3, Low: 2, High: 1), new(6, 2, Stride: 2, Low: 1, High: 0));
    }

    [TorchFact]
    public void Convolutions_and_their_gradients_agree_with_the_reference()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var (rows, columns) in Forms())
            {
                var (images, channels, filters) = (3, 2, 5);
                var (x, w) = (Input("x", type, [images, rows.Image, columns.Image, channels]), Input("w", type, [rows.Size * columns.Size * channels, filters]));
                var g = Input("g", type, [images, rows.Count, columns.Count, filters]);
                var windows = Unfold(x, rows, columns);
                var y = Reshape(MatMul(Reshape(windows, [images * rows.Count * columns.Count, rows.Size * columns.Size * channels]), w), [images, rows.Count, columns.Count, filters]);
                var gradients = Vjp.Gradients(SumAll(Exp(y * 0.1) * g), [x, w]);
                var text = Check(new([x, w, g], [("y", y), ("dx", gradients[0]), ("dw", gradients[1])]), 512);
                Assert.Contains("torch.conv2d(", text);
                Assert.Contains("torch.convolution_backward(", text);
                Assert.DoesNotContain("unfold", text);
            }
        }
    }

    [TorchFact]
    public void A_convolution_for_each_of_several_draws_of_its_kernel_agrees()
    {
        var (rows, columns) = (WindowAxis.Same(6, 3), WindowAxis.Same(5, 3));
        var (x, w) = (Input("x", DType.F64, [2, 6, 5, 3]), Input("w", DType.F64, [4, 27, 2]));
        var windows = Reshape(Unfold(x, rows, columns), [60, 27]);
        var y = MatMul(BroadcastTo(windows, [4, 60, 27]), w);
        var gradients = Vjp.Gradients(SumAll(Sin(y)), [x, w]);
        Check(new([x, w], [("y", y), ("dx", gradients[0]), ("dw", gradients[1])]), 512);
    }

    [TorchFact]
    public void Maxima_of_windows_and_their_gradients_agree_with_the_reference()
    {
        foreach (var (rows, columns) in Forms().Where(f => f.Rows.SeesImage && f.Columns.SeesImage))
        {
            var x = Input("x", DType.F64, [3, rows.Image, columns.Image, 2]);
            var g = Input("g", DType.F64, [3, rows.Count, columns.Count, 2]);
            var y = WindowPick(x, x, rows, columns);
            var text = Check(new([x, g], [("y", y), ("dx", Vjp.Gradients(SumAll(y * g), [x])[0])]), 64);
            var isEven = rows.Low == rows.High && columns.Low == columns.High && 2 * rows.Low <= rows.Size && 2 * columns.Low <= columns.Size;
            Assert.Equal(isEven, text.Contains("torch.max_pool2d_with_indices_backward(", StringComparison.Ordinal));
            // The places are found once.
            if (isEven) Assert.Equal(2, text.Split("max_pool2d_with_indices(").Length);
        }
    }

    [TorchFact]
    public void Of_equal_values_the_first_is_the_maximum()
    {
        var axis = WindowAxis.Valid(4, 2, stride: 2);
        var (x, g) = (Input("x", DType.F32, [1, 4, 4, 1]), Input("g", DType.F32, [1, 2, 2, 1]));
        var route = Vjp.Gradients(SumAll(WindowPick(x, x, axis, axis) * g), [x])[0];
        var graph = new TensorGraph([x, g], [("dx", route)]);
        HostTensor[] values = [HostTensor.Of([1, 4, 4, 1], new float[16]), HostTensor.Of([1, 2, 2, 1], [1f, 2, 3, 5])];
        Assert.Equal(Reference.Evaluate(graph, values)[0], Fused.Run(graph, values)[0]);
    }

    private static string Check(TensorGraph graph, double ulps)
    {
        var optimised = Pipeline.Optimize(graph);
        HostTensor[] values = [.. graph.Inputs.Select((input, i) => Fused.Values(input.DType, input.Shape, i + 1))];
        var (expected, actual) = (Reference.Evaluate(graph, values), Fused.Run(optimised, values));
        var text = FusedEmitter.Emit(optimised, [], TorchCompute.F32).Text;
        for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], ulps, 1, $"{graph.Outputs[i].Name} of {graph.Inputs[0]}\n{text}");
        return text;
    }
}
