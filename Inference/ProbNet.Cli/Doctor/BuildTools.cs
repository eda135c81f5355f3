using ProbNet.Graph;

namespace ProbNet.Cli.Doctor;

/// <summary>Something that building the library for libtorch takes.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Path">Where it is, or null.</param>
/// <param name="Package">Debian's package with it.</param>
internal sealed record BuildTool(string Name, string? Path, string Package);

/// <summary>What building the library for libtorch takes.</summary>
internal static class BuildTools
{
    private static readonly string[] TorchFolders =
        ["/usr/lib/x86_64-linux-gnu/cmake/Torch", "/usr/lib/aarch64-linux-gnu/cmake/Torch", "/usr/share/cmake/Torch", "/usr/local/share/cmake/Torch", "/opt/homebrew/share/cmake/Torch"];

    /// <summary>What is there of it.</summary>
    /// <param name="environment">The value of a variable, or null.</param>
    public static EqArray<BuildTool> Find(Func<string, string?> environment)
    {
        string? OnPath(params string[] names) => names.SelectMany(n => (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(f => Path.Combine(f, OperatingSystem.IsWindows() ? $"{n}.exe" : n))).FirstOrDefault(File.Exists);
        return
        [
            new("cmake", OnPath("cmake"), "cmake"),
            new("C++ compiler", OnPath("c++", "g++", "clang++", "cl"), "g++"),
            new("make or ninja", OnPath("ninja", "make", "nmake"), "make"),
            new("libtorch headers", TorchFolders.FirstOrDefault(f => File.Exists(Path.Combine(f, "TorchConfig.cmake"))), "libtorch-dev"),
        ];
    }
}
