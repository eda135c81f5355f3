using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Convolutions that read images, and pooling, against the reference; sizes that fill register tiles, and sizes that do not.</summary>
public class ConvolutionTests
{
    private static readonly (int Images, WindowAxis Rows, WindowAxis Columns, int Channels, int Filters)[] Cases =
    [
        (3, WindowAxis.Same(11, 3), WindowAxis.Same(7, 3), 5, 17),
        (2, WindowAxis.Valid(13, 5), WindowAxis.Valid(9, 2), 1, 7),
        (2, WindowAxis.Same(13, 3, stride: 2), WindowAxis.Same(11, 3, stride: 3), 16, 70),
        (1, WindowAxis.Same(9, 3, dilation: 2), WindowAxis.Same(10, 2, dilation: 3), 3, 5),
        (5, WindowAxis.Valid(6, 1), WindowAxis.Valid(5, 1), 19, 33),
        (2, new(6, 2, Low: 3, High: 1), new(5, 7, Low: 1, High: 2), 2, 3),
        (7, WindowAxis.Same(28, 3), WindowAxis.Same(28, 3), 8, 32),
    ];

    [Fact]
    public void Values_and_both_gradients_agree_with_the_reference()
    {
        foreach (var (images, rows, columns, channels, filters) in Cases)
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                var graph = Graph(images, rows, columns, channels, filters, type);
                HostTensor[] values = [.. graph.Inputs.Select((x, i) => Harness.Values(type, x.Shape, 7 + i))];
                var expected = Reference.Evaluate(graph, values);
                var optimised = Pipeline.Optimize(graph);
                // A sum of K products of numbers up to 4 has an error of some ulps of its largest partial sum.
                var scale = 4.0 * Math.Max(rows.Size * columns.Size * Math.Max(channels, filters), images * rows.Count * columns.Count);
                foreach (var backend in Harness.Backends)
                {
                    var actual = Harness.Run(backend, optimised, values);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 4, scale, $"{graph.Outputs[i].Name} of {rows} by {columns}, {channels} to {filters}, {type}");
                }
            }
        }
    }

    [Fact]
    public void Windows_that_products_use_are_not_written()
    {
        foreach (var (images, rows, columns, channels, filters) in Cases.Where(c => c is { Rows.Stride: 1, Columns.Stride: 1 } && c.Rows.Low < c.Rows.Extent))
        {
            using var executable = new CpuBackend().Compile(Pipeline.Optimize(Graph(images, rows, columns, channels, filters, DType.F32)), new CompileOptions { Threads = 1 });
            var plan = executable.Describe();
            Assert.DoesNotContain("fold ", plan);
            // A window of one position is no window at all.
            if (rows.Size > 1) Assert.Equal(3, plan.Split("convolution").Length - 1);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        foreach (var (images, rows, columns, channels, filters) in Cases)
        {
            var graph = Pipeline.Optimize(Graph(4 * images, rows, columns, channels, filters, DType.F32));
            HostTensor[] values = [.. graph.Inputs.Select((x, i) => Harness.Values(DType.F32, x.Shape, 7 + i))];
            var one = Harness.Run(new CpuBackend(), graph, values, threads: 1);
            foreach (var threads in new[] { 2, 3 }) Assert.Equal(one, Harness.Run(new CpuBackend(), graph, values, threads));
        }
    }

    [Fact]
    public void Many_kernels_and_many_images_at_once()
    {
        // Draws of a kernel: the first image batch is shared, the second has its own image for each draw.
        var axis = WindowAxis.Same(6, 3);
        Tensor x = Input("x", DType.F64, [2, 6, 6, 3]), w = Input("w", DType.F64, [3, 3, 3, 5]), v = Input("v", DType.F64, [3, 3, 5, 4]);
        var y = Windows.Convolve(Relu(Windows.Convolve(x, w, axis, axis)), v, axis, axis);
        Tensor many = Input("ws", DType.F64, [7, 3, 3, 3, 5]), others = Input("vs", DType.F64, [7, 3, 3, 5, 4]);
        var lifted = Vmap.Batch([y], new Dictionary<Tensor, Tensor> { [w] = many, [v] = others }, 7)[0];
        var graph = Pipeline.Optimize(new TensorGraph([x, many, others], [("y", lifted)]));
        HostTensor[] values = [.. graph.Inputs.Select((t, i) => Harness.Values(DType.F64, t.Shape, 3 + i))];
        foreach (var backend in Harness.Backends)
        {
            Compare.Close(Reference.Evaluate(graph, values)[0], Harness.Run(backend, graph, values)[0], 16, 1000, "draws of two kernels");
            using var executable = backend.Compile(graph, new CompileOptions { Threads = 1 });
            Assert.Equal(2, executable.Describe().Split("convolution").Length - 1);
        }
    }

    [Fact]
    public void Pools_agree_with_the_reference()
    {
        foreach (var (images, rows, columns, channels, _) in Cases.Where(c => c.Rows.SeesImage && c.Columns.SeesImage))
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                var x = Input("x", type, [images, rows.Image, columns.Image, channels]);
                Tensor max = Windows.MaxPool(Relu(x), rows, columns), mean = Windows.AveragePool(x, rows, columns);
                var g = Input("g", type, max.Shape);
                var graph = new TensorGraph([x, g], [("max", max), ("mean", mean), ("dmax", Vjp.Gradients(max, [x], g)[0]), ("dmean", Vjp.Gradients(mean, [x], g)[0])]);
                HostTensor[] values = [Harness.Values(type, x.Shape, 3), Harness.Values(type, g.Shape, 4)];
                var expected = Reference.Evaluate(graph, values);
                foreach (var backend in Harness.Backends)
                {
                    var actual = Harness.Run(backend, Pipeline.Optimize(graph), values);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 32, 2, $"{graph.Outputs[i].Name} of {rows} by {columns}, {type}");
                }
            }
        }
    }

    private static TensorGraph Graph(int images, WindowAxis rows, WindowAxis columns, int channels, int filters, DType type)
    {
        Tensor x = Input("x", type, [images, rows.Image, columns.Image, channels]), w = Input("w", type, [rows.Size, columns.Size, channels, filters]);
        var y = Windows.Convolve(x, w, rows, columns);
        var g = Input("g", type, y.Shape);
        var gradients = Vjp.Gradients(y, [x, w], g);
        return new([x, w, g], [("y", y), ("dx", gradients[0]), ("dw", gradients[1])]);
    }
}
