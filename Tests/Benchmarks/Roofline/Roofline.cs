using System.Globalization;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Benchmarks;

/// <summary>Each important kernel against what the machine can do: the share of the multiply-add peak where arithmetic limits, of the memory stream where bytes do.</summary>
internal static class Roofline
{
    public static void Run(TextWriter output)
    {
        output.WriteLine(Machine.Here(null));
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            double single = Peaks.MultiplyAdds<float>(threads), twice = Peaks.MultiplyAdds<double>(threads), stream = Peaks.Stream(threads);
            output.WriteLine(Text($"\n{(threads == 1 ? "one thread" : $"{threads} threads")}: multiply-add peak {single / 1e9:F0} GFLOP/s f32, {twice / 1e9:F0} GFLOP/s f64; stream {stream / 1e9:F1} GB/s"));
            output.WriteLine($"| {"kernel",-44} | {"us",10} | {"best",10} | {"rate",8} | {"unit",-8} | {"of peak",8} |");
            output.WriteLine($"|{new string('-', 46)}|{new string('-', 11)}:|{new string('-', 11)}:|{new string('-', 9)}:|{new string('-', 10)}|{new string('-', 9)}:|");
            foreach (var (name, make, amount, kind) in Kernels())
            {
                using var work = make(threads);
                Measure.Samples(work.Run, 0.2, 2);
                var (median, best) = Measure.Seconds(work.Run, 0.4);
                var peak = kind switch { Kind.F32 => single, Kind.F64 => twice, Kind.Bytes => stream, _ => 0 };
                var rate = kind == Kind.Numbers ? median * 1e9 / amount : amount / median / 1e9;
                var unit = kind switch { Kind.F32 or Kind.F64 => "GFLOP/s", Kind.Bytes or Kind.CachedBytes => "GB/s", _ => "ns each" };
                output.WriteLine(Text($"| {name,-44} | {median * 1e6,10:F1} | {best * 1e6,10:F1} | {rate,8:F2} | {unit,-8} | {(peak > 0 ? $"{100 * amount / median / peak:F0} %" : "-"),8} |"));
            }
        }
    }

    private enum Kind { F32, F64, Bytes, CachedBytes, Numbers }

    private static IEnumerable<(string Name, Func<int, Primitive> Make, double Amount, Kind Kind)> Kernels()
    {
        foreach (var (m, k, n) in new[] { (512, 784, 256), (1024, 1024, 1024), (512, 256, 256), (512, 256, 10), (4, 784, 256), (32, 64, 64), (10000, 256, 10) })
            yield return ($"product f32 {m} x {k} x {n}", t => Primitive.Product(m, k, n, t), 2.0 * m * k * n, Kind.F32);
        foreach (var (m, k, n) in new[] { (784, 512, 256), (256, 512, 10) })
        {
            Tensor a = Input("a", DType.F32, [k, m]), b = Input("b", DType.F32, [k, n]);
            yield return ($"product f32 {m} x {k} x {n}, left transposed", t => new([a, b], MatMul(Transpose(a, [1, 0]), b), t), 2.0 * m * k * n, Kind.F32);
        }
        foreach (var (m, k, n) in new[] { (512, 784, 256), (1024, 1024, 1024) })
            yield return ($"product f64 {m} x {k} x {n}", t => Primitive.Product(m, k, n, t, DType.F64), 2.0 * m * k * n, Kind.F64);
        foreach (var (images, side, channels, filters) in new[] { (128, 28, 1, 16), (128, 14, 16, 32) })
        {
            var axis = WindowAxis.Same(side, 3);
            Tensor x = Input("x", DType.F32, [images, side, side, channels]), w = Input("w", DType.F32, [3, 3, channels, filters]), g = Input("g", DType.F32, [images, side, side, filters]);
            var y = Windows.Convolve(x, w, axis, axis);
            var gradients = Vjp.Gradients(y, [x, w], g);
            var work = 2.0 * images * side * side * 9 * channels * filters;
            var name = $"convolution {images} x {side}^2 x {channels}, 3x3x{filters}";
            yield return (name + " forward", t => new([x, w], y, t), work, Kind.F32);
            yield return (name + " d kernel", t => new([x, g], gradients[1], t), work, Kind.F32);
            yield return (name + " d image", t => new([g, w], gradients[0], t), work, Kind.F32);
        }
        foreach (var (place, count, kind) in new[] { ("cache", 1 << 16, Kind.CachedBytes), ("memory", 1 << 25, Kind.Bytes) })
        {
            Tensor a = Input("a", DType.F32, [count]), b = Input("b", DType.F32, [count]);
            yield return ($"a + 2 b, {count} in {place}", t => new([a, b], a + b * 2, t), 12.0 * count, kind);
            yield return ($"sum, {count} in {place}", t => new([a], SumAll(a), t), 4.0 * count, kind);
        }
        Tensor e = Input("e", DType.F32, [1 << 16]);
        yield return ("exp f32", t => new([e], Exp(e), t), 1 << 16, Kind.Numbers);
        yield return ("softplus f32", t => new([e], Softplus(e), t), 1 << 16, Kind.Numbers);
        yield return ("normal f32 (Philox)", t => Primitive.Normals(1 << 20, t), 1 << 20, Kind.Numbers);
        yield return ("normal f64 (Philox)", t => Primitive.Normals(1 << 20, t, DType.F64), 1 << 20, Kind.Numbers);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
