using System.Diagnostics;

namespace ProbNet.Benchmarks;

/// <summary>Timing of short actions on a machine shared with others.</summary>
internal static class Measure
{
    /// <summary>
    /// Seconds one call takes: the median over batches, each long enough for the clock. The best batch is returned too; on a busy machine it is
    /// the steadier figure.
    /// </summary>
    public static (double Median, double Best) Seconds(Action action, double budget = 0.4)
    {
        for (var i = 0; i < 3; i++) action();
        var count = 1;
        while (Time(action, count) < 2e-3) count *= 2;
        var samples = new List<double>();
        var total = Stopwatch.StartNew();
        while (total.Elapsed.TotalSeconds < budget || samples.Count < 5) samples.Add(Time(action, count) / count);
        samples.Sort();
        return (samples[samples.Count / 2], samples[0]);
    }

    private static double Time(Action action, int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
