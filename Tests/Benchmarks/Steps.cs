using System.Diagnostics;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Whole training steps, single-threaded.</summary>
internal static class Steps
{
    public static void Run(string filter)
    {
        Console.WriteLine($"{"step",-34} {"us",9} {"best",9} {"kernels",8} {"Mflop",7} {"B alloc",8} {"plan ms",8}");
        foreach (var (name, widths, batch, rows, estimator) in Cases())
        {
            if (!name.Contains(filter, StringComparison.Ordinal)) continue;
            var (graph, options, inputs) = BayesNet.Step(widths, batch, rows, estimator);
            var watch = Stopwatch.StartNew();
            using var executable = (CpuExecutable)new CpuBackend().Compile(graph, options);
            var compile = watch.Elapsed.TotalMilliseconds;
            for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
            executable.Run();
            float[] x = (float[])inputs[0].Data;
            long[] y = (long[])inputs[1].Data;
            var (median, best) = Measure.Seconds(() =>
            {
                executable.Write<float>(0, x);
                executable.Write<long>(1, y);
                executable.Run();
            }, 1.0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            executable.Run();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Console.WriteLine($"{name,-34} {median * 1e6,9:F1} {best * 1e6,9:F1} {executable.Kernels.Count,8} {executable.Kernels.Sum(k => k.Operations) / 1e6,7:F1} {allocated,8} {compile,8:F1}");
        }
    }

    /// <summary>The time each kernel takes within running steps, with the plan.</summary>
    public static void Profile(string filter)
    {
        foreach (var (name, widths, batch, rows, estimator) in Cases())
        {
            if (!name.Contains(filter, StringComparison.Ordinal)) continue;
            var (graph, options, inputs) = BayesNet.Step(widths, batch, rows, estimator);
            using var executable = (CpuExecutable)new CpuBackend().Compile(graph, options);
            for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
            for (var i = 0; i < 200; i++) executable.Run();
            var kernels = executable.Kernels;
            // The least time of each kernel: other work on the machine only ever adds.
            var ticks = new long[kernels.Count];
            Array.Fill(ticks, long.MaxValue);
            const int repetitions = 300;
            for (var repetition = 0; repetition < repetitions; repetition++)
            {
                for (var k = 0; k < ticks.Length; k++)
                {
                    var start = Stopwatch.GetTimestamp();
                    for (var chunk = 0; chunk < kernels[k].Chunks; chunk++) kernels[k].Run(chunk, 0);
                    kernels[k].Finish();
                    ticks[k] = Math.Min(ticks[k], Stopwatch.GetTimestamp() - start);
                }
            }
            Console.WriteLine($"\n{name}: {ticks.Sum() * 1e6 / Stopwatch.Frequency:F1} us as the sum of each kernel's best");
            Console.WriteLine(executable.Describe());
            foreach (var k in Enumerable.Range(0, ticks.Length).OrderByDescending(k => ticks[k]).Take(40))
                Console.WriteLine($"{ticks[k] * 1e6 / Stopwatch.Frequency,8:F2} us {kernels[k].Operations / (ticks[k] * 1e9 / Stopwatch.Frequency),7:F1} Gop/s  {k,3} {kernels[k].Describe()}");
        }
    }

    private static IEnumerable<(string Name, int[] Widths, int Batch, int Rows, Estimator Estimator)> Cases() =>
    [
        ("4-64-64-3 b32 deterministic", [4, 64, 64, 3], 32, 120, Estimator.Deterministic),
        ("4-64-64-3 b32 shared", [4, 64, 64, 3], 32, 120, Estimator.Shared),
        ("4-64-64-3 b32 flipout", [4, 64, 64, 3], 32, 120, Estimator.Flipout),
        ("4-100-3 b150 shared", [4, 100, 3], 150, 150, Estimator.Shared),
        ("784-256-256-10 b512 deterministic", [784, 256, 256, 10], 512, 60000, Estimator.Deterministic),
        ("784-256-256-10 b512 shared", [784, 256, 256, 10], 512, 60000, Estimator.Shared),
        ("784-256-256-10 b512 flipout", [784, 256, 256, 10], 512, 60000, Estimator.Flipout),
    ];
}
