using System.Diagnostics;
using System.Globalization;

namespace ProbNet.Gpu;

/// <summary>A check was not done, with the reason.</summary>
internal sealed class SkippedException(string why) : Exception(why);

/// <summary>All checks, one line each.</summary>
internal static class Checks
{
    /// <summary>Whether none failed.</summary>
    public static bool Run(Setting setting, TextWriter output)
    {
        int passed = 0, failed = 0, skipped = 0;
        foreach (var (name, check) in RegionChecks.All(setting).Concat(GraphChecks.All(setting)).Concat(FitChecks.All(setting)).Concat(DeviceChecks.All(setting)))
        {
            var watch = Stopwatch.StartNew();
            string verdict;
            try
            {
                check();
                passed++;
                verdict = "passed";
            }
            catch (SkippedException e)
            {
                skipped++;
                verdict = $"skipped: {e.Message}";
            }
            catch (Exception e)
            {
                failed++;
                verdict = $"FAILED: {e.GetType().Name}: {e.Message}";
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {verdict} ({watch.Elapsed.TotalSeconds:F1} s)"));
        }
        output.WriteLine($"{passed} passed, {failed} failed" + (skipped > 0 ? $", {skipped} skipped" : ""));
        return failed == 0;
    }
}
