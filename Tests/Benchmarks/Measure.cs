using System.Diagnostics;

namespace ProbNet.Benchmarks;

/// <summary>Timing of short actions on a machine shared with others.</summary>
internal static class Measure
{
    /// <summary>
    /// Seconds one call takes: the median over groups of calls, each long enough for the clock. The best group is returned too; on a busy machine it is
    /// the steadier figure.
    /// </summary>
    public static (double Median, double Best) Seconds(Action action, double budget = 0.4)
    {
        for (var i = 0; i < 3; i++) action();
        var samples = Samples(action, budget, 5);
        samples.Sort();
        return (samples[samples.Count / 2], samples[0]);
    }

    /// <summary>Seconds of each call for about so long; calls too short for the clock are timed in groups of at least a millisecond.</summary>
    public static List<double> Samples(Action action, double budget, int least)
    {
        var count = 1;
        while (count < 1 << 16 && Time(action, count) < 1e-3) count *= 2;
        var samples = new List<double>();
        var total = Stopwatch.StartNew();
        while (samples.Count < least || total.Elapsed.TotalSeconds < budget) samples.Add(Time(action, count) / count);
        return samples;
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>
    /// Managed bytes that a call allocates after warm-up, on this thread alone or on all threads: the least of several trials, since other threads of the
    /// process may allocate meanwhile but never give back.
    /// </summary>
    public static double Allocated(Action action, int calls, bool allThreads)
    {
        var least = long.MaxValue;
        for (var trial = 0; trial < 5 && least > 0; trial++)
        {
            var before = Now();
            for (var i = 0; i < calls; i++) action();
            least = Math.Min(least, Now() - before);
        }
        return (double)least / calls;

        long Now() => allThreads ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();
    }

    private static double Time(Action action, int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
