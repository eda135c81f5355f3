using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>The libtorch that the tests run on: the shim named by PROBNET_LIBTORCH (a file or its folder), else the one that CMake built in the tree.</summary>
internal static class TorchTestRuntime
{
    private static readonly Lazy<(ShimRuntime? Runtime, string Reason)> Loaded = new(Load);

    /// <summary>Whether PROBNET_REQUIRE_TORCH=1 makes a missing library a failure.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") == "1";

    /// <summary>Why the tests cannot run, or null where they can.</summary>
    public static string? Missing => Loaded.Value.Runtime is null ? Loaded.Value.Reason : null;

    /// <summary>The runtime, loaded once.</summary>
    public static ShimRuntime Runtime => Loaded.Value.Runtime ?? throw new InvalidOperationException(Loaded.Value.Reason);

    private static (ShimRuntime?, string) Load()
    {
        var path = Candidates().FirstOrDefault(File.Exists);
        if (path is null) return (null, "no libprobnet_torch.so: set PROBNET_LIBTORCH, or run cmake in Backends/ProbNet.Backends.Torch/Native");
        try
        {
            return (ShimRuntime.Load(path), "");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return (null, $"{path} does not load: {e.Message}");
        }
    }

    private static IEnumerable<string> Candidates()
    {
        const string name = "libprobnet_torch.so";
        if (Environment.GetEnvironmentVariable("PROBNET_LIBTORCH") is { Length: > 0 } named)
        {
            yield return named;
            yield return Path.Combine(named, name);
            yield break;
        }
        yield return Path.Combine(Root(), "Backends", "ProbNet.Backends.Torch", "Native", "build", name);
    }

    private static string Root([CallerFilePath] string caller = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, "..", ".."));
}

/// <summary>A test that needs libtorch: skipped with the reason where it is missing, unless PROBNET_REQUIRE_TORCH=1, when it then fails with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute()
    {
        if (!TorchTestRuntime.IsRequired) Skip = TorchTestRuntime.Missing;
    }
}
