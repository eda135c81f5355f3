namespace ProbNet.Language.Tests.Syntax;

/// <summary>Programs as people write them: the library, the examples, and the shared samples where they are at hand.</summary>
internal static class GoodPrograms
{
    /// <summary>Where the shared samples lie, or null.</summary>
    public static string? Samples { get; } = Directory.Exists(SamplesFolder) ? SamplesFolder : null;

    private static string SamplesFolder => Path.Combine(RepositoryFiles.Root, "..", "shared", "samples");

    /// <summary>All of them, in name order.</summary>
    public static IReadOnlyList<SourceText> All { get; } =
        RepositoryFiles.Below("Language", ".prob").Concat(RepositoryFiles.Below("Examples", ".prob"))
            .Concat(Samples is null ? [] : Directory.GetFiles(Samples, "*.prob").Order(StringComparer.Ordinal))
            .Select(file => new SourceText(Path.GetFileName(file), File.ReadAllText(file))).ToArray();
}
