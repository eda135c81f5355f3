using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli;

/// <summary>The paths that <c>--data name=path</c> gives.</summary>
internal static class DataPaths
{
    /// <summary>The paths, every name being a data declaration of the program.</summary>
    /// <exception cref="CommandFailure">A name is none, or a file is not there.</exception>
    public static IReadOnlyDictionary<string, string> Known(CheckedProgram program, Dictionary<string, string> paths)
    {
        foreach (var name in paths.Keys) Named.Find(name, program.Declarations<Declaration.Data>(), d => d.Name, "data");
        return paths;
    }

    /// <summary>The declarations to consider: those the command line names, or null for all.</summary>
    public static IReadOnlyCollection<Declaration.Data>? Chosen(CheckedProgram program, IReadOnlyDictionary<string, string> paths) =>
        paths.Count == 0 ? null : [.. program.Declarations<Declaration.Data>().Where(d => paths.ContainsKey(d.Name))];
}
