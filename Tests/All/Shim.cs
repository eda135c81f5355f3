using System.Diagnostics;
using System.Globalization;

/// <summary>What came of building the shim.</summary>
/// <param name="Failed">Whether it could have been built and was not.</param>
/// <param name="Message">What to say of it.</param>
internal readonly record struct ShimBuild(bool Failed, string Message);

/// <summary>Builds the library through which libtorch is used, so that the tests of it run. Where CI may, what it takes is installed first.</summary>
internal static class Shim
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private static readonly string[] TorchFolders = ["/usr/lib/x86_64-linux-gnu/cmake/Torch", "/usr/lib/aarch64-linux-gnu/cmake/Torch", "/usr/share/cmake/Torch", "/usr/local/share/cmake/Torch"];

    // Each with what of it must be there.
    private static readonly (string Package, Func<bool> IsThere)[] Needs =
    [
        ("cmake", () => OnPath("cmake")), ("g++", () => OnPath("c++") || OnPath("g++") || OnPath("clang++")), ("make", () => OnPath("make") || OnPath("ninja")), ("libtorch-dev", () => Torch() is not null),
    ];

    // With it archives that were written are read back by PyTorch.
    private static readonly (string Package, Func<bool> IsThere) Python = ("python3-torch", () => Directory.Exists("/usr/lib/python3/dist-packages/torch"));

    // A file of the shim takes up to a gigabyte to compile.
    private static string Jobs => Math.Min(Environment.ProcessorCount, 4).ToString(CultureInfo.InvariantCulture);

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") is "1";

    /// <summary>Builds it.</summary>
    /// <param name="root">The repository.</param>
    public static ShimBuild Build(string root)
    {
        var watch = Stopwatch.StartNew();
        var refusal = IsCi ? Install() : null;
        var missing = Needs.Where(n => !n.IsThere()).Select(n => n.Package).ToList();
        if (missing.Count > 0)
            return new(false, $"libtorch: the shim is not built, and tests that need it are skipped: {string.Join(", ", missing)} not found{(refusal is null ? "" : $" ({refusal})")}; apt-get install {string.Join(' ', missing)}");
        var source = Path.Combine(root, "Backends", "ProbNet.Backends.Torch", "Native");
        var build = Path.Combine(source, "build");
        string[] configure = ["-S", source, "-B", build, .. Torch() is { Length: > 0 } prefix ? new[] { $"-DTorch_DIR={prefix}" } : []];
        var log = Run("cmake", configure);
        // What an earlier build remembers may be gone.
        if (log.Failed && File.Exists(Path.Combine(build, "CMakeCache.txt")))
        {
            Directory.Delete(build, recursive: true);
            log = Run("cmake", configure);
        }
        if (!log.Failed) log = Run("cmake", "--build", build, "--parallel", Jobs);
        return log.Failed ? new(true, $"libtorch: the shim does not build:\n{log.Tail}") : new(false, string.Create(CultureInfo.InvariantCulture, $"libtorch: the shim is built, {watch.Elapsed.TotalSeconds:F0} s"));
    }

    private static string? Install()
    {
        var packages = Needs.Append(Python).Where(n => !n.IsThere()).Select(n => n.Package).ToArray();
        if (packages.Length == 0) return null;
        if (!OnPath("apt-get")) return "there is no apt-get to install it with";
        if (!Environment.IsPrivilegedProcess) return "only root may install it";
        string[] install = ["install", "-y", "-qq", "--no-install-recommends", .. packages];
        var log = Run("apt-get", install);
        if (log.Failed && !Run("apt-get", "update", "-qq").Failed) log = Run("apt-get", install);
        return log.Failed ? $"apt-get does not install it: {log.Tail.Split('\n')[^1]}" : null;
    }

    // The folder of TorchConfig.cmake; empty where the environment leads CMake to it.
    private static string? Torch()
    {
        if (Environment.GetEnvironmentVariable("CMAKE_PREFIX_PATH") is { Length: > 0 } || Environment.GetEnvironmentVariable("Torch_DIR") is { Length: > 0 }) return "";
        return Array.Find(TorchFolders, f => File.Exists(Path.Combine(f, "TorchConfig.cmake")));
    }

    private static bool OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(f => File.Exists(Path.Combine(f, OperatingSystem.IsWindows() ? name + ".exe" : name)));

    // Quietly: what it wrote matters only if it fails.
    private static (bool Failed, string Tail) Run(string command, params string[] arguments)
    {
        const int shown = 30;
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        var lines = new Queue<string>();
        void Keep(string? line)
        {
            if (string.IsNullOrWhiteSpace(line)) return;
            lock (lines)
            {
                lines.Enqueue(line);
                if (lines.Count > shown) lines.Dequeue();
            }
        }
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExit(Limit);
        if (ended) process.WaitForExit();
        else
        {
            process.Kill(entireProcessTree: true);
            Keep($"{command} was ended after {Limit.TotalMinutes} minutes");
        }
        lock (lines) return (!ended || process.ExitCode != 0, string.Join('\n', lines));
    }
}
