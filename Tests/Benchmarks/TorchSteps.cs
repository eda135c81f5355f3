using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Backends.Torch;
using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Steps on libtorch's CPU beside our engine's, and how far apart their parameters are after some of them.</summary>
internal static class TorchSteps
{
    public static void Run(string filter, int threads)
    {
        using var runtime = ShimRuntime.Load(Environment.GetEnvironmentVariable("PROBNET_LIBTORCH")!);
        runtime.SetThreads(threads);
        var torch = new TorchBackend(runtime, TorchDevice.Cpu, new TorchOptions());
        foreach (var (name, make) in Made())
        {
            if (!name.Contains(filter, StringComparison.Ordinal)) continue;
            using var ours = make(new CpuBackend());
            using var theirs = make(torch);
            if (filter == name) Console.WriteLine(theirs.Executable.Describe());
            for (var i = 0; i < 20; i++)
            {
                ours.Run();
                theirs.Run();
            }
            var apart = Apart(ours, theirs);
            Measure.Samples(theirs.Run, 0.5, 2);
            var (median, best) = Measure.Seconds(theirs.Run, 1.0);
            var (cpu, _) = Measure.Seconds(ours.Run, 0.5);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} torch {median * 1e6,10:F1} (best {best * 1e6:F1}) cpu {cpu * 1e6,10:F1} us; apart {apart:G3} after 20 steps"));
        }
    }

    private static double Apart(TrainingStep a, TrainingStep b)
    {
        var worst = 0.0;
        for (var i = 0; i < a.Parameters.Count; i++)
        {
            var (x, y) = (a.Executable.ReadInput(i, a.Parameters[i]), b.Executable.ReadInput(i, b.Parameters[i]));
            for (var k = 0; k < x.Data.Length; k++) worst = Math.Max(worst, Math.Abs(x[k] - y[k]));
        }
        return worst;
    }

    private static IEnumerable<(string Name, Func<IBackend, TrainingStep> Make)> Made()
    {
        foreach (var estimator in new[] { "deterministic", "shared", "local", "flipout" })
        {
            yield return ($"4-64-64-3 {estimator}", b => TrainingStep.Mlp([4, 64, 64, 3], 32, 1024, estimator, 1, b));
            yield return ($"784-256-256-10 {estimator}", b => TrainingStep.Mlp([784, 256, 256, 10], 512, 2048, estimator, 1, b));
            yield return ($"cnn {estimator}", b => TrainingStep.Cnn(128, 1024, estimator, 1, b));
        }
    }
}
