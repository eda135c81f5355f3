using System.Globalization;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>A plan as text.</summary>
internal static class Description
{
    public static string Of(TensorGraph graph, int bits, IReadOnlyList<Kernel> kernels, nint arena, nint scratch, int inPlace, int copied)
    {
        var text = new StringBuilder();
        Line(text, $"cpu plan: {kernels.Count} kernels on {bits}-bit vectors, arena {Bytes(arena)}, scratch {Bytes(scratch)}");
        Line(text, $"inputs: {string.Join(", ", graph.Inputs.Select(x => $"{x.InputName()} {x.DType.Name()}{x.Shape}"))}");
        Line(text, $"outputs: {string.Join(", ", graph.Outputs.Select(x => $"{x.Name} {x.Value.DType.Name()}{x.Value.Shape}"))}");
        Line(text, $"carried state: {inPlace} in place, {copied} copied after the run");
        long traffic = 0;
        double operations = 0;
        for (var i = 0; i < kernels.Count; i++)
        {
            var kernel = kernels[i];
            Line(text, $"{i,4}  {kernel.Describe()}{(kernel.Chunks > 1 ? $" in {kernel.Chunks} chunks" : "")}  | {Bytes(kernel.Traffic)}, {Count(kernel.Operations)}");
            traffic += kernel.Traffic;
            operations += kernel.Operations;
        }
        Line(text, $"total: {Bytes(traffic)} moved, {Count(operations)}");
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Bytes(long bytes) => Scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB"]);

    private static string Count(double operations) => Scaled(operations, 1000, ["flop", "kflop", "Mflop", "Gflop", "Tflop"]);

    private static string Scaled(double value, double step, string[] units)
    {
        var unit = 0;
        for (; value >= step && unit < units.Length - 1; unit++) value /= step;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
