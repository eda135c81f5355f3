using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Inference.Memory;

/// <summary>The memory that a fit starts from, and the most that its process may come to.</summary>
/// <param name="Used">Bytes the process holds now: runtime, program and data as read.</param>
/// <param name="Peak">The most bytes it has held so far.</param>
/// <param name="Limit">The most bytes it may hold.</param>
/// <param name="Reason">What sets the limit, for messages.</param>
public sealed record MemoryBudget(long Used, long Peak, long Limit, string Reason)
{
    /// <summary>What this process holds, with the limit that the machine or its container sets, or a smaller one that is given.</summary>
    /// <param name="limit">The most bytes the process may come to, or null for all that can be had.</param>
    public static MemoryBudget OfProcess(long? limit = null)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var (used, peak) = (process.WorkingSet64, Math.Max(process.PeakWorkingSet64, process.WorkingSet64));
        if (limit is { } given) return new(used, peak, given, "the limit given");
        var (free, reason) = Free();
        return new(used, peak, used + free, reason);
    }

    /// <summary>The same process with no limit but what can be addressed: for forecasts that nothing is refused for.</summary>
    public MemoryBudget WithoutLimit => this with { Limit = long.MaxValue };

    // The least of what the system, the container and the runtime have left.
    private static (long Bytes, string Reason) Free()
    {
        var info = GC.GetGCMemoryInfo();
        var load = info.MemoryLoadBytes > 0 ? info.MemoryLoadBytes : 0;
        var best = (Bytes: info.TotalAvailableMemoryBytes - load, Reason: "the memory free");
        if (Field("/proc/meminfo", "MemAvailable:") is { } available) best = (available * 1024, "the memory free on this machine");
        // A container's count holds cached files, which give way.
        if (Number("/sys/fs/cgroup/memory.max") is { } max && Number("/sys/fs/cgroup/memory.current") is { } current)
        {
            var left = max - current + (Field("/sys/fs/cgroup/memory.stat", "inactive_file") ?? 0);
            if (left < best.Bytes) best = (left, "the memory free in this container");
        }
        return (Math.Max(best.Bytes, 0), best.Reason);
    }

    private static long? Field(string file, string name) =>
        Lines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(words => words.Length > 1 && words[0] == name) is { } found
        && long.TryParse(found[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static long? Number(string file) => Lines(file) is [var line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    // Systems without these files, or that keep them from us, tell nothing.
    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
