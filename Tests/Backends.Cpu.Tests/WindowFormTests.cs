using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Convolutions and pools of random shapes, strides, groups, dilations and paddings against the reference: values and gradients, both precisions, all register widths.</summary>
public class WindowFormTests
{
    private const int Forms = 60;

    [Fact]
    public void ConvolutionsAndBothGradientsAgreeWithTheReference()
    {
        for (var seed = 0; seed < Forms; seed++)
        {
            var (graph, what) = Convolution(seed);
            Agrees(graph, seed, what);
        }
    }

    [Fact]
    public void PoolsAndTheirGradientsAgreeWithTheReference()
    {
        for (var seed = 0; seed < Forms; seed++)
        {
            var (graph, what) = Pool(seed);
            Agrees(graph, seed, what);
        }
    }

    [Fact]
    public void ResultsDoNotDependOnThreads()
    {
        for (var seed = 0; seed < Forms; seed++)
        {
            foreach (var (graph, what) in new[] { Convolution(seed, images: 61), Pool(seed, images: 67) })
            {
                var optimised = Pipeline.Optimize(graph);
                HostTensor[] values = [.. graph.Inputs.Select((x, i) => Harness.Values(x.DType, x.Shape, seed + i))];
                var one = Harness.Run(new CpuBackend(), optimised, values, threads: 1);
                var two = Harness.Run(new CpuBackend(), optimised, values, threads: 2);
                for (var i = 0; i < one.Length; i++) Assert.True(one[i].Equals(two[i]), $"{graph.Outputs[i].Name} of {what} differs between one thread and two");
            }
        }
    }

    [Fact]
    public void MaximaOfWindowsWithNaNAndTiesGoToTheFirst()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var channels in new[] { 1, 19 })
            {
                // Ties in most windows; in some a NaN first, in the middle, or twice.
                var x = Input("x", type, [3, 6, 7, channels]);
                var random = new Random(5);
                var image = HostTensor.FromDoubles(type, x.Shape, [.. Enumerable.Range(0, x.Shape.Size).Select(_ => random.Next(9) switch { 0 => double.NaN, 1 => double.NegativeInfinity, var n => n / 3 })]);
                WindowAxis rows = WindowAxis.Valid(6, 3, 2), columns = WindowAxis.Valid(7, 2, 2);
                var y = Windows.MaxPool(x, rows, columns);
                var g = Input("g", type, y.Shape);
                var graph = new TensorGraph([x, g], [("y", y), ("dx", Vjp.Gradients(y, [x], g)[0])]);
                HostTensor[] values = [image, Harness.Values(type, g.Shape, 7)];
                var expected = Reference.Evaluate(graph, values);
                foreach (var backend in Harness.Backends)
                {
                    var actual = Harness.Run(backend, Pipeline.Optimize(graph), values);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 4, 4, $"{graph.Outputs[i].Name} with {channels} channels, {type}");
                }
            }
        }
    }

    [Fact]
    public void GradientsOfStridedConvolutionsAndGroupsWriteNoWindows()
    {
        foreach (var (stride, groups) in new[] { (2, 1), (3, 1), (1, 4), (2, 4) })
        {
            WindowAxis rows = WindowAxis.Same(13, 3, stride), columns = WindowAxis.Same(11, 3, stride);
            var plan = Plan(Convolution(DType.F32, 5, rows, columns, 8, 12, groups));
            Assert.DoesNotContain("unfold ", plan);
            Assert.DoesNotContain(" fold ", plan.Replace("product and fold", ""));
        }
    }

    private static string Plan(TensorGraph graph)
    {
        using var executable = new CpuBackend().Compile(Pipeline.Optimize(graph), new CompileOptions { Threads = 1 });
        return executable.Describe();
    }

    private static void Agrees(TensorGraph graph, int seed, string what)
    {
        HostTensor[] values = [.. graph.Inputs.Select((x, i) => Harness.Values(x.DType, x.Shape, seed + i))];
        var expected = Reference.Evaluate(graph, values);
        var optimised = Pipeline.Optimize(graph);
        // A sum of K products of numbers up to 4 has an error of some ulps of its largest partial sum; no sum here is longer than all inputs together.
        var scale = 4.0 * Math.Max(graph.Inputs.Max(x => x.Shape.Size), 16);
        foreach (var backend in Harness.Backends)
        {
            var actual = Harness.Run(backend, optimised, values);
            for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 4, scale, $"{graph.Outputs[i].Name} of {what}");
        }
    }

    private static (TensorGraph Graph, string What) Convolution(int seed, int? images = null)
    {
        var random = new Random(seed);
        var (rows, columns) = (random.Next(4) == 0 ? WindowAxis.Valid(1, 1) : Axis(random), Axis(random));
        var groups = random.Next(3) == 0 ? 2 + random.Next(4) : 1;
        int channels = groups * Pick(random, 1, 2, 3, 5, 8), filters = groups * Pick(random, 1, 3, 7, 16, 19);
        // Each channel with a kernel of its own.
        if (random.Next(4) == 0) groups = channels = filters = Pick(random, 4, 5, 19, 37);
        var type = random.Next(2) == 0 ? DType.F32 : DType.F64;
        var graph = Convolution(type, images ?? 1 + random.Next(5), rows, columns, channels, filters, groups);
        return (graph, $"{rows} by {columns}, {channels} to {filters} in {groups} groups, {type}, seed {seed}");
    }

    private static TensorGraph Convolution(DType type, int images, WindowAxis rows, WindowAxis columns, int channels, int filters, int groups)
    {
        Tensor x = Input("x", type, [images, rows.Image, columns.Image, channels]), w = Input("w", type, [rows.Size, columns.Size, channels / groups, filters]);
        var y = Windows.Convolve(x, w, rows, columns, groups);
        var g = Input("g", type, y.Shape);
        var gradients = Vjp.Gradients(y, [x, w], g);
        return new([x, w, g], [("y", y), ("dx", gradients[0]), ("dw", gradients[1])]);
    }

    private static (TensorGraph Graph, string What) Pool(int seed, int? images = null)
    {
        var random = new Random(seed + 1000);
        WindowAxis rows = random.Next(4) == 0 ? WindowAxis.Valid(1, 1) : Axis(random), columns = Axis(random);
        if (random.Next(2) == 0) columns = WindowAxis.Valid(columns.Image, columns.Size, columns.Size);
        if (!rows.SeesImage || !columns.SeesImage) return Pool(seed + 7919, images);
        var type = random.Next(2) == 0 ? DType.F32 : DType.F64;
        var x = Input("x", type, [images ?? 1 + random.Next(5), rows.Image, columns.Image, Pick(random, 1, 3, 5, 8, 16, 37)]);
        Tensor max = Windows.MaxPool(x, rows, columns), mean = Windows.AveragePool(x, rows, columns), g = Input("g", type, max.Shape);
        var graph = new TensorGraph([x, g], [("max", max), ("mean", mean), ("dmax", Vjp.Gradients(max, [x], g)[0]), ("dmean", Vjp.Gradients(mean, [x], g)[0])]);
        return (graph, $"{rows} by {columns}, {x.Shape}, {type}, seed {seed}");
    }

    private static WindowAxis Axis(Random random)
    {
        var (image, size, stride, dilation) = (5 + random.Next(9), 1 + random.Next(4), 1 + random.Next(3), random.Next(4) == 0 ? 2 : 1);
        if (dilation * (size - 1) + 1 > image) dilation = 1;
        return random.Next(2) == 0 ? WindowAxis.Same(image, size, stride, dilation) : WindowAxis.Valid(image, size, stride, dilation);
    }

    private static int Pick(Random random, params int[] from) => from[random.Next(from.Length)];
}
