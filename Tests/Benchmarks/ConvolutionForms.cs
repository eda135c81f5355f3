using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>
/// Convolutions and pools as they are written in models: strided, grouped, depthwise, with few channels, along one axis, single and double precision. Each with its
/// share of what the machine can do: multiply-adds where arithmetic limits, the memory stream where bytes do.
/// </summary>
internal static class ConvolutionForms
{
    private readonly record struct Form(int Images, int Height, int Width, int Channels, int Window, int Filters, int Stride = 1, int Groups = 1, bool Valid = false, DType Type = DType.F32)
    {
        public WindowAxis Rows => Height == 1 ? WindowAxis.Valid(1, 1) : Axis(Height);

        public WindowAxis Columns => Axis(Width);

        private WindowAxis Axis(int image) => Valid ? WindowAxis.Valid(image, Window, Stride) : WindowAxis.Same(image, Window, Stride);

        public override string ToString() => FormattableString.Invariant(
            $"{Images} x {(Height == 1 ? "" : $"{Height} x ")}{Width} x {Channels}, {(Height == 1 ? "" : $"{Window} x ")}{Window} x {Filters}{(Stride > 1 ? $", stride {Stride}" : "")}{(Groups > 1 ? $", {Groups} groups" : "")}{(Type == DType.F64 ? ", f64" : "")}");
    }

    private static readonly Form[] Forms =
    [
        new(128, 28, 28, 1, 3, 16), new(64, 32, 32, 3, 3, 32), new(64, 14, 14, 16, 3, 32), new(64, 28, 28, 3, 5, 16, 2), new(64, 28, 28, 16, 3, 32, 2), new(64, 14, 14, 32, 3, 64, 2), new(32, 28, 28, 8, 4, 16, 4, Valid: true),
        new(64, 14, 14, 32, 3, 32, 1, 4), new(64, 14, 14, 32, 3, 64, 2, 2), new(64, 14, 14, 32, 3, 32, 1, 32), new(64, 14, 14, 64, 1, 32), new(64, 14, 14, 64, 1, 32, 2),
        new(64, 1, 128, 1, 7, 16), new(64, 1, 128, 16, 5, 32), new(64, 1, 128, 16, 5, 32, 2), new(64, 1, 128, 16, 5, 32, 1, 4),
        new(64, 28, 28, 1, 3, 16, Type: DType.F64), new(32, 14, 14, 16, 3, 32, Type: DType.F64), new(32, 14, 14, 16, 3, 32, 2, Type: DType.F64), new(32, 14, 14, 32, 3, 32, 1, 4, Type: DType.F64),
    ];

    /// <summary>Measures; or shows the plans of the forms whose text contains the filter.</summary>
    public static void Run(string filter)
    {
        if (filter != "")
        {
            foreach (var form in Forms.Where(f => f.ToString().Contains(filter))) Show(form);
            return;
        }
        double single = Peaks.MultiplyAdds<float>(1), twice = Peaks.MultiplyAdds<double>(1), stream = Peaks.Stream(1);
        Console.WriteLine(Text($"one thread: multiply-add peak {single / 1e9:F0} GFLOP/s f32, {twice / 1e9:F0} f64; stream {stream / 1e9:F1} GB/s"));
        Console.WriteLine($"{"convolution",-44} {"forward",8} {"of peak",8} {"d kernel",8} {"of peak",8} {"d image",8} {"of peak",8}");
        foreach (var form in Forms)
        {
            var (rows, columns) = (form.Rows, form.Columns);
            Tensor x = TensorMath.Input("x", form.Type, [form.Images, form.Height, form.Width, form.Channels]), w = TensorMath.Input("w", form.Type, [rows.Size, columns.Size, form.Channels / form.Groups, form.Filters]);
            var y = Windows.Convolve(x, w, rows, columns, form.Groups);
            var g = TensorMath.Input("g", form.Type, y.Shape);
            var gradients = Vjp.Gradients(y, [x, w], g);
            double work = 2.0 * y.Shape.Size * rows.Size * columns.Size * form.Channels / form.Groups, peak = form.Type == DType.F32 ? single : twice;
            double[] rates = [work / Seconds([x, w], y), work / Seconds([x, g], gradients[1]), work / Seconds([g, w], gradients[0])];
            Console.WriteLine(Text($"{form,-44} {string.Join(" ", rates.Select(r => Text($"{r / 1e9,8:F1} {r / peak,8:P0}")))}"));
        }
        Console.WriteLine($"\n{"pool: GB/s of image and result",-44} {"max",8} {"d max",8} {"mean",8} {"d mean",8}");
        foreach (var form in new Form[]
        {
            new(64, 28, 28, 16, 2, 0, 2, Valid: true), new(64, 14, 14, 32, 2, 0, 2, Valid: true), new(64, 28, 28, 32, 3, 0, 3, Valid: true), new(64, 28, 28, 16, 3, 0, 2), new(64, 28, 28, 3, 2, 0, 2, Valid: true), new(64, 28, 28, 1, 2, 0, 2, Valid: true), new(8, 126, 126, 8, 6, 0, 6, Valid: true), new(64, 1, 128, 16, 4, 0, 4, Valid: true), new(64, 28, 28, 16, 2, 0, 2, Valid: true, Type: DType.F64),
        })
        {
            var x = TensorMath.Input("x", form.Type, [form.Images, form.Height, form.Width, form.Channels]);
            Tensor max = Windows.MaxPool(x, form.Rows, form.Columns), mean = Windows.AveragePool(x, form.Rows, form.Columns), g = TensorMath.Input("g", form.Type, max.Shape);
            var bytes = (double)form.Type.Size() * (x.Shape.Size + max.Shape.Size);
            double[] rates = [bytes / Seconds([x], max), bytes / Seconds([x, g], Vjp.Gradients(max, [x], g)[0]), bytes / Seconds([x], mean), bytes / Seconds([g], Vjp.Gradients(mean, [x], g)[0])];
            Console.WriteLine(Text($"{form,-44} {string.Join(" ", rates.Select(r => Text($"{r / 1e9,8:F1}")))}"));
        }
    }

    private static void Show(Form form)
    {
        var (rows, columns) = (form.Rows, form.Columns);
        Tensor x = TensorMath.Input("x", form.Type, [form.Images, form.Height, form.Width, form.Channels]), w = TensorMath.Input("w", form.Type, [rows.Size, columns.Size, form.Channels / form.Groups, form.Filters]);
        var y = Windows.Convolve(x, w, rows, columns, form.Groups);
        var g = TensorMath.Input("g", form.Type, y.Shape);
        var gradients = Vjp.Gradients(y, [x, w], g);
        foreach (var (name, inputs, output) in new[] { ("forward", new[] { x, w }, y), ("d kernel", [x, g], gradients[1]), ("d image", [g, w], gradients[0]) })
        {
            using var executable = new CpuBackend().Compile(Pipeline.Optimize(new TensorGraph(inputs, [("y", output)])), new CompileOptions { Threads = 1 });
            Console.WriteLine($"{form}: {name}\n{executable.Describe()}");
        }
    }

    private static double Seconds(Tensor[] inputs, Tensor output)
    {
        using var executable = new CpuBackend().Compile(Pipeline.Optimize(new TensorGraph(inputs, [("y", output)])), new CompileOptions { Threads = 1 });
        for (var i = 0; i < inputs.Length; i++)
            executable.Write(i, HostTensor.FromDoubles(inputs[i].DType, inputs[i].Shape, [.. Enumerable.Range(0, inputs[i].Shape.Size).Select(k => 0.01 * (k * 7 % 23 - 11))]));
        return Measure.Seconds(executable.Run, 0.06).Best;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
