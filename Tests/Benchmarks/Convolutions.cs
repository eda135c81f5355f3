using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Benchmarks;

/// <summary>
/// Convolutions with their gradients and pooling, each beside the plain matrix product of the same sizes whose left operand already lies in memory; one core, f32.
/// </summary>
internal static class Convolutions
{
    public static void Run()
    {
        Console.WriteLine("\nconvolutions (same padding, stride 1), f32, one core, best runs: GFLOP/s and ratio to the matrix product of the same sizes");
        Console.WriteLine($"{"images",22} {"kernel",12} {"product",9} {"forward",9} {"",6} {"dkernel",9} {"",6} {"dimage",9} {"",6}");
        foreach (var (n, side, channels, window, filters) in new[]
        {
            (64, 28, 1, 3, 16), (64, 28, 16, 3, 32), (64, 14, 32, 3, 64), (64, 28, 16, 5, 32), (16, 28, 32, 5, 64), (32, 14, 64, 3, 64), (32, 7, 128, 3, 128), (8, 126, 1, 5, 8), (8, 56, 8, 5, 16),
        }) Row(n, side, channels, window, filters);
        Console.WriteLine("\npooling, f32, one core: GB/s of image and result read and written");
        foreach (var (n, side, channels, window) in new[] { (64, 28, 16, 2), (64, 28, 32, 3), (8, 126, 8, 6) }) Pool(n, side, channels, window);
    }

    private static void Row(int n, int side, int channels, int window, int filters)
    {
        var axis = WindowAxis.Same(side, window);
        int rows = n * side * side, width = window * window * channels;
        Tensor x = Input("x", DType.F32, [n, side, side, channels]), w = Input("w", DType.F32, [window, window, channels, filters]), g = Input("g", DType.F32, [n, side, side, filters]);
        var y = Windows.Convolve(x, w, axis, axis);
        var gradients = Vjp.Gradients(y, [x, w], g);
        Tensor patches = Input("p", DType.F32, [rows, width]), flat = Input("f", DType.F32, [width, filters]);
        var work = 2.0 * rows * width * filters / 1e9;
        var product = work / Seconds([patches, flat], MatMul(patches, flat));
        double forward = work / Seconds([x, w], y), kernel = work / Seconds([x, g], gradients[1]), image = work / Seconds([g, w], gradients[0]);
        Console.WriteLine($"{$"{n} x {side} x {side} x {channels}",22} {$"{window} x {window} x {filters}",12} {product,9:F1} {forward,9:F1} {forward / product,6:P0} {kernel,9:F1} {kernel / product,6:P0} {image,9:F1} {image / product,6:P0}");
    }

    private static void Pool(int n, int side, int channels, int window)
    {
        var axis = WindowAxis.Valid(side, window, window);
        var x = Input("x", DType.F32, [n, side, side, channels]);
        var y = Windows.MaxPool(x, axis, axis);
        var g = Input("g", DType.F32, y.Shape);
        var bytes = 4.0 * (x.Shape.Size + y.Shape.Size) / 1e9;
        var average = Windows.AveragePool(x, axis, axis);
        Console.WriteLine($"{$"{n} x {side} x {side} x {channels}",22} {$"{window} x {window}",8}   max {bytes / Seconds([x], y),6:F1}   gradient {bytes / Seconds([x, g], Vjp.Gradients(y, [x], g)[0]),6:F1}   mean {bytes / Seconds([x], average),6:F1}");
    }

    private static double Seconds(Tensor[] inputs, Tensor output)
    {
        using var executable = new CpuBackend().Compile(Pipeline.Optimize(new TensorGraph(inputs, [("y", output)])), new CompileOptions { Threads = 1 });
        for (var i = 0; i < inputs.Length; i++)
            executable.Write(i, HostTensor.FromDoubles(DType.F32, inputs[i].Shape, [.. Enumerable.Range(0, inputs[i].Shape.Size).Select(k => 0.01 * (k * 7 % 23 - 11))]));
        return Measure.Seconds(executable.Run, 0.3).Best;
    }
}
