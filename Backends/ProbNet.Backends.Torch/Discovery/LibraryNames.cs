using System.Runtime.InteropServices;

namespace ProbNet.Backends.Torch;

/// <summary>What files are called on this system.</summary>
internal static class LibraryNames
{
    /// <summary>The shim.</summary>
    public static string Shim { get; } = Of("probnet_torch");

    /// <summary>The library of libtorch that no installation is without.</summary>
    public static string TorchCpu { get; } = Of("torch_cpu");

    /// <summary>The libraries of libtorch in the order in which they are loaded; those of CUDA are not everywhere.</summary>
    public static IReadOnlyList<string> Torch { get; } = [Of("c10"), Of("torch_cpu"), Of("c10_cuda"), Of("torch_cuda"), Of("torch")];

    /// <summary>The system as packages name it, e.g. <c>linux-x64</c>.</summary>
    public static string Rid { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Whether a library that another one needs is libtorch's, whatever its version: <c>libtorch_cpu.so.1.13</c>, <c>libc10.so</c>.</summary>
    public static bool IsTorch(string name) => name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("libc10", StringComparison.Ordinal);

    private static string Of(string name) => OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
