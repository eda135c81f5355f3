using System.Runtime.CompilerServices;

namespace ProbNet.Language.Tests;

/// <summary>Finds the repository from where this file was compiled, so that tests read and accept files in place wherever the build puts its output.</summary>
internal static class RepositoryFiles
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>The files below a folder of the repository with that extension, in name order, build output left out.</summary>
    public static IEnumerable<string> Below(string folder, string extension) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory.GetFiles(Path.Combine(Root, folder), "*" + extension, SearchOption.AllDirectories)
                .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts")).Order(StringComparer.Ordinal)
            : [];

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
