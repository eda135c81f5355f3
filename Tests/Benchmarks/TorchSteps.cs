using System.Diagnostics;
using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Our steps on libtorch's CPU beside those of the embedded engine, by turns in one process, and how far apart what they compute is after some of them.</summary>
internal static class TorchSteps
{
    private const int Rounds = 5, Together = 20;

    /// <summary>Measures all steps whose name has the filter in it; where it is a name, prints the script too.</summary>
    public static int Run(string filter, int threads, TextWriter output)
    {
        if (!Processes.IsSettled(threads)) return Apart(filter, threads);
        var (torch, words) = Libtorch.Open(threads);
        if (torch is null)
        {
            Console.Error.WriteLine($"libtorch cannot be used: {words}");
            return 2;
        }
        output.WriteLine(Machine.Here(null) with { Libtorch = words });
        output.WriteLine($"{"step",-36} {"libtorch us",12} {"best",10} {"engine us",12} {"best",10} {"ratio",6}  apart after {Together} steps");
        foreach (var item in Cases.Steps(filter))
        {
            using IWork engine = item.Make(new CpuBackend(), threads), other = item.Make(torch, threads);
            if (filter == item.Name && other is TrainingStep step) output.WriteLine(step.Executable.Describe());
            for (var i = 0; i < Together; i++)
            {
                engine.Run();
                other.Run();
            }
            var apart = Values(engine).Zip(Values(other), (a, b) => Math.Abs(a - b)).Max();
            Measure.Samples(other.Run, 0.5, 2);
            Measure.Samples(engine.Run, 0.5, 2);
            var (ours, theirs) = (new List<IReadOnlyList<double>>(), new List<IReadOnlyList<double>>());
            for (var round = 0; round < Rounds; round++)
            {
                ours.Add(Measure.Samples(other.Run, 0.2, 3));
                theirs.Add(Measure.Samples(engine.Run, 0.2, 3));
            }
            var (a, b) = (Timing.Of(ours), Timing.Of(theirs));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{item.Name,-36} {a.Median * 1e6,12:F1} {a.Best * 1e6,10:F1} {b.Median * 1e6,12:F1} {b.Best * 1e6,10:F1} {a.Over(b),6:F2}  {apart:G2}"));
        }
        return 0;
    }

    // libtorch's matrix library has read its environment when it is loaded, so what must be different there needs another process.
    private static int Apart(string filter, int threads)
    {
        using var process = Process.Start(Processes.Itself("torch", filter, threads.ToString(CultureInfo.InvariantCulture)).Settled(threads))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // What was computed: the parameters, or a value and its gradient.
    private static IEnumerable<double> Values(IWork work) => work is TrainingStep step
        ? Enumerable.Range(0, step.Parameters.Count).SelectMany(i => step.Executable.ReadInput(i, step.Parameters[i]) is var x ? Enumerable.Range(0, x.Data.Length).Select(k => x[k]) : [])
        : ((EightSchools)work).Answer;
}
