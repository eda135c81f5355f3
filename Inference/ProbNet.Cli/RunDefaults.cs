using System.Diagnostics;
using System.Reflection;

namespace ProbNet.Cli;

/// <summary>What fits and predictions have in common.</summary>
internal static class RunDefaults
{
    /// <summary>Posterior draws for predictions.</summary>
    public const int Draws = 100;

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(RunDefaults).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Returns what reading a large file left behind to the system before a fit takes its own memory. Small heaps are left alone: that would only cost time.</summary>
    public static void GiveBackReading()
    {
        if (GC.GetTotalMemory(false) > 64 << 20) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The age of the process. Systems tell its start in steps of up to 10 ms, rounded down, so it is never too young.</summary>
    public static TimeSpan SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return DateTime.Now - process.StartTime;
    }

    /// <summary>The process's largest working set so far, or null where the system does not tell.</summary>
    public static long? PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 is > 0 and var peak ? peak : null;
    }
}
