using ProbNet.Backends.Torch;

namespace ProbNet.Cli.Tests;

/// <summary>Whether libtorch can be had as the command finds it.</summary>
internal static class TorchNeeded
{
    /// <summary>Why tests that need it are skipped, or null; with PROBNET_REQUIRE_TORCH=1 they run and fail instead.</summary>
    public static string? Missing() =>
        Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") == "1" ? null : TorchLibrary.Open(TorchLibrary.Probe()) is TorchOpening.Failed failed ? failed.Fault.Message : null;
}

/// <summary>A test that needs libtorch.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = TorchNeeded.Missing();
}

/// <summary>A test of several cases that needs libtorch.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = TorchNeeded.Missing();
}
