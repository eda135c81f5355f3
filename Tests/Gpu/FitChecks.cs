using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Backends.Torch;
using ProbNet.Benchmarks;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>Steps of fits on the device beside the embedded engine's, from the same seed.</summary>
internal static class FitChecks
{
    private static readonly (string Name, Func<IBackend, TrainingStep> Make, double Worst, double Mean)[] Fits =
    [
        ("4-64-64-3 flipout", b => TrainingStep.Mlp([4, 64, 64, 3], 32, 256, "flipout", 1, b), 0.05, 2e-4),
        ("4-64-64-3 local", b => TrainingStep.Mlp([4, 64, 64, 3], 32, 256, "local", 1, b), 0.05, 2e-4),
        ("small cnn shared", b => TrainingStep.Cnn(32, 128, "shared", 1, b), 0.05, 5e-4),
        ("eight schools f64", TrainingStep.Schools, 1e-6, 1e-7),
    ];

    public static IEnumerable<(string Name, Action Check)> All(Setting setting)
    {
        foreach (var (name, make, worst, mean) in Fits)
        {
            yield return ($"{name}: 100 steps as on the embedded engine", () => Beside(setting, make, worst, mean));
            yield return ($"{name}: captured steps have the bits of those that are not", () => Captured(setting, make, isExact: !name.Contains("cnn", StringComparison.Ordinal)));
        }
        yield return ("tf32 and bf16 stay within what they promise", () => Products(setting));
    }

    private static void Beside(Setting setting, Func<IBackend, TrainingStep> make, double worst, double mean)
    {
        using var ours = make(new CpuBackend());
        using var theirs = make(setting.Backend());
        for (var i = 0; i < 100; i++)
        {
            ours.Queue();
            theirs.Queue();
        }
        ours.Check();
        theirs.Check();
        for (var i = 0; i < ours.Parameters.Count; i++)
        {
            var apart = Agreement.Distance(ours.Executable.ReadInput(i, ours.Parameters[i]), theirs.Executable.ReadInput(i, theirs.Parameters[i]));
            if (!(apart.Worst <= worst && apart.Mean <= mean))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"parameter {i} is apart by {apart.Worst:G3} at worst and {apart.Mean:G3} in the mean"));
        }
    }

    private static void Captured(Setting setting, Func<IBackend, TrainingStep> make, bool isExact)
    {
        if (!setting.Device.IsCuda) throw new SkippedException("no graphs on the CPU");
        using var captured = make(setting.Backend());
        using var eager = make(setting.Backend(captures: false));
        for (var i = 0; i < 40; i++)
        {
            captured.Queue();
            eager.Queue();
        }
        captured.Check();
        var plan = captured.Executable.Describe();
        if (!plan.StartsWith("# captured", StringComparison.Ordinal)) throw new InvalidOperationException(plan.Split('\n')[0]);
        for (var i = 0; i < captured.Parameters.Count; i++)
        {
            var (expected, actual) = (eager.Executable.ReadInput(i, eager.Parameters[i]), captured.Executable.ReadInput(i, captured.Parameters[i]));
            // Libraries may add up the gradients of windows in an order that differs from run to run.
            if (isExact) Agreement.Check(expected, actual, 0, 0, $"parameter {i}");
            else if (!(Agreement.Distance(expected, actual).Worst <= 1e-3)) throw new InvalidOperationException($"parameter {i} is apart by {Agreement.Distance(expected, actual).Worst}");
        }
    }

    // |error| <= (2 u + u^2) sum |a| |b| of rounded operands, u half a unit of the operands' last place, beside what accumulation and the result's own rounding add.
    private static void Products(Setting setting)
    {
        const int m = 96, k = 320, n = 72;
        HostTensor a = Numbers.Reals(DType.F32, [m, k]), b = Numbers.Reals(DType.F32, [k, n]);
        Tensor x = TensorMath.Input("a", DType.F32, [m, k]), y = TensorMath.Input("b", DType.F32, [k, n]);
        var graph = new TensorGraph([x, y], [("c", TensorMath.MatMul(x, y))]);
        foreach (var (compute, u, result) in new[] { (TorchCompute.TF32, Math.Pow(2, -11), 0.0), (TorchCompute.BF16, Math.Pow(2, -8), Math.Pow(2, -8)) })
        {
            using var executable = setting.Backend(compute).Compile(graph, new CompileOptions());
            executable.Write(0, a);
            executable.Write(1, b);
            executable.Run();
            var c = executable.Read(0, new TensorType(DType.F32, [m, n]));
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    var (exact, size) = (0.0, 0.0);
                    for (var l = 0; l < k; l++)
                    {
                        var term = a[i * k + l] * b[l * n + j];
                        (exact, size) = (exact + term, size + Math.Abs(term));
                    }
                    var bound = (2 * u + u * u + k * Math.Pow(2, -23)) * size;
                    bound += result * (Math.Abs(exact) + bound);
                    if (!(Math.Abs(c[i * n + j] - exact) <= bound)) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{compute}: ({i}, {j}) is {c[i * n + j]}, not {exact} within {bound:G3}"));
                }
            }
        }
    }
}
