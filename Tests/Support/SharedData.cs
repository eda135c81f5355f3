using System.Runtime.CompilerServices;

namespace ProbNet.Tests.Support;

/// <summary>Data sets beside the repository, for tests that use them where they are.</summary>
public static class SharedData
{
    /// <summary>The path of a file in a folder called <c>shared</c> beside the repository's root, or null if it is not there.</summary>
    /// <param name="name">The path in that folder.</param>
    /// <param name="caller">The calling source file, from which the root is found wherever the build puts its output.</param>
    public static string? Find(string name, [CallerFilePath] string caller = "")
    {
        for (var folder = Path.GetDirectoryName(caller); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            var file = Path.GetFullPath(Path.Combine(folder, "..", "shared", name));
            if (File.Exists(Path.Combine(folder, "ProbNet.sln")) && File.Exists(file)) return file;
        }
        return null;
    }
}
