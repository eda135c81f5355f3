using System.Diagnostics;
using System.Globalization;
using ProbNet.Backends.Cpu;

namespace ProbNet.Benchmarks;

/// <summary>Our whole steps alone, single-threaded: times, and where within a step the time goes.</summary>
internal static class Steps
{
    /// <summary>Times of all cases whose name has the filter in it.</summary>
    public static void Run(string filter)
    {
        Console.WriteLine($"{"step",-36} {"us",10} {"best",10} {"kernels",8} {"Mflop",8} {"B alloc",8} {"arena MiB",10}");
        foreach (var (name, work, executable) in Made(filter))
        {
            using (work)
            {
                Measure.Samples(work.Run, 0.5, 2);
                var (median, best) = Measure.Seconds(work.Run, 1.0);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-36} {median * 1e6,10:F2} {best * 1e6,10:F2} {executable.Kernels.Count,8} {executable.Kernels.Sum(k => k.Operations) / 1e6,8:F1} {Measure.Allocated(work.Run, 50, allThreads: false),8} {executable.ArenaBytes / 1048576.0,10:F1}"));
            }
        }
    }

    /// <summary>The time each kernel takes within running steps, with the plan.</summary>
    public static void Profile(string filter)
    {
        foreach (var (name, work, executable) in Made(filter))
        {
            using (work)
            {
                Measure.Samples(work.Run, 0.5, 100);
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
                var (_, best) = Measure.Seconds(work.Run, 1.0);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{name}: {ticks.Sum() * 1e6 / Stopwatch.Frequency:F1} us as the sum of each kernel's best, {best * 1e6:F1} us the best whole run"));
                Console.WriteLine(executable.Describe());
                foreach (var k in Enumerable.Range(0, ticks.Length).OrderByDescending(k => ticks[k]).Take(40))
                {
                    var seconds = (double)ticks[k] / Stopwatch.Frequency;
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{seconds * 1e6,9:F2} us {100.0 * ticks[k] / ticks.Sum(),5:F1} % {kernels[k].Operations / seconds / 1e9,7:F1} Gop/s {kernels[k].Traffic / seconds / 1e9,7:F1} GB/s  {k,3} {kernels[k].Describe()}"));
                }
            }
        }
    }

    // Executables of one thread: a step's own, or the gradient's.
    private static IEnumerable<(string Name, IWork Work, CpuExecutable Executable)> Made(string filter)
    {
        foreach (var item in Cases.Steps(filter))
        {
            var work = item.Make(new CpuBackend(), 1);
            yield return (item.Name, work, (CpuExecutable)(work is TrainingStep step ? step.Executable : ((EightSchools)work).Executable));
        }
    }
}
