using System.Diagnostics;
using System.Globalization;
using ProbNet.Backends.Torch;
using ProbNet.Benchmarks;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>Times of steps, beside those of peers that run.sh measured, as a table for spec/performance.md.</summary>
internal static class Bench
{
    private static readonly string[] Peers = ["PyTorch eager", "PyTorch graphs", "NumPyro"];

    public static void Run(Setting setting, string? peers, TextWriter output)
    {
        var theirs = Read(peers);
        output.WriteLine();
        output.WriteLine("| step | ProbNet us | best | captured | compile s | " + string.Join(" | ", Peers.Select(p => $"{p} us")) + " | eager / ours | NumPyro / ours | of the product rate |");
        output.WriteLine("|---|---:|---:|---|---:|" + string.Concat(Peers.Select(_ => "---:|")) + "---:|---:|---:|");
        foreach (var net in Nets.All(setting.IsQuick))
        {
            string row;
            try
            {
                row = Row(setting, net, theirs);
            }
            catch (Exception e)
            {
                row = $"| {net.Name} | failed: {e.Message.Split('\n')[0].Replace('|', '/')} |";
            }
            output.WriteLine(row);
        }
        output.WriteLine();
    }

    private static string Row(Setting setting, Net net, Dictionary<(string Step, string Peer), double> theirs)
    {
        var watch = Stopwatch.StartNew();
        using var step = net.Make(setting.Backend(net.Compute));
        for (var i = 0; i < 8; i++) step.Queue();
        step.Check();
        setting.Wait();
        var compile = watch.Elapsed.TotalSeconds;
        var (median, best) = Time(setting, step.Queue, setting.IsQuick ? 0.5 : 2);
        step.Check();
        var captured = step.Executable.Describe().StartsWith("# captured", StringComparison.Ordinal);
        var refusal = step.Executable.Describe().StartsWith("# not captured", StringComparison.Ordinal) ? step.Executable.Describe().Split('\n')[0] : null;
        if (refusal is not null) Console.WriteLine(refusal);
        var rate = net.Operations > 0 ? Rate(setting, net.Compute) : double.NaN;
        var cells = Peers.Select(p => theirs.TryGetValue((net.Name, p), out var us) ? Number(us) : "-");
        return $"| {net.Name} | {Number(median * 1e6)} | {Number(best * 1e6)} | {(captured ? "yes" : "no")} | {Number(compile)} | {string.Join(" | ", cells)} | {Ratio("PyTorch eager")} | {Ratio("NumPyro")} | "
            + (net.Operations > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100 * net.Operations / median / rate:F0} % of {rate / 1e12:F1} Tflop/s |") : "- |");

        string Ratio(string peer) => theirs.TryGetValue((net.Name, peer), out var us) ? string.Create(CultureInfo.InvariantCulture, $"{us / 1e6 / median:F2}") : "-";
    }

    /// <summary>Seconds of one call: the median and the best of groups of calls, each of which the device is waited for.</summary>
    private static (double Median, double Best) Time(Setting setting, Action queue, double budget)
    {
        var count = 1;
        while (Group(count) < 0.02 && count < 1 << 14) count *= 2;
        var samples = new List<double>();
        var total = Stopwatch.StartNew();
        while (samples.Count < 5 || total.Elapsed.TotalSeconds < budget) samples.Add(Group(count) / count);
        samples.Sort();
        return (samples[samples.Count / 2], samples[0]);

        double Group(int calls)
        {
            setting.Wait();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) queue();
            setting.Wait();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    /// <summary>Floating-point operations a second of large matrix products on random numbers, as libtorch does them.</summary>
    private static double Rate(Setting setting, TorchCompute compute)
    {
        var size = setting.IsQuick ? 512 : 8192;
        const int products = 8;
        var cast = compute == TorchCompute.BF16 ? ".to(15)" : "";
        using var script = setting.Runtime.Compile($"""
            def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:
                a = inputs[0]{cast}
                b = inputs[1]{cast}
                c = torch.mm(a, b)
                for i in range({products - 1}):
                    c = torch.mm(a, b)
                return [c]

            """);
        ITorchTensor[] operands = [setting.Runtime.Create(setting.Device, DType.F32, [size, size]), setting.Runtime.Create(setting.Device, DType.F32, [size, size])];
        foreach (var operand in operands) operand.Write<float>((float[])Numbers.Reals(DType.F32, [size, size]).Data);
        setting.Runtime.SetTf32(compute == TorchCompute.TF32);
        using var step = setting.Runtime.Bind(script, "step", operands, []);
        var (median, _) = Time(setting, step.Run, 0.5);
        foreach (var operand in operands) operand.Dispose();
        return products * 2.0 * size * size * size / median;
    }

    // Lines of step, peer and microseconds, with tabs between.
    private static Dictionary<(string, string), double> Read(string? file) => file is null || !File.Exists(file) ? []
        : File.ReadLines(file).Select(line => line.Split('\t')).Where(words => words.Length == 3 && Peers.Contains(words[1]))
            .GroupBy(words => (words[0], words[1])).ToDictionary(g => g.Key, g => double.Parse(g.Last()[2], CultureInfo.InvariantCulture));

    private static string Number(double value) => value.ToString(value >= 1000 ? "N0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
