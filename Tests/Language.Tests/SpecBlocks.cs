using System.Text.RegularExpressions;

namespace ProbNet.Language.Tests;

/// <summary>A fenced block of a page of <c>spec</c>.</summary>
/// <param name="Place">Page and line.</param>
/// <param name="Language">The word after the fence.</param>
/// <param name="Tag">What follows that word.</param>
/// <param name="Text">The lines inside.</param>
internal sealed record SpecBlock(string Place, string Language, string Tag, string Text);

/// <summary>Reads the fenced blocks of the specification.</summary>
internal static partial class SpecBlocks
{
    /// <summary>All of them, page by page.</summary>
    public static IReadOnlyList<SpecBlock> All { get; } = [.. Read()];

    private static IEnumerable<SpecBlock> Read()
    {
        foreach (var file in RepositoryFiles.Below("spec", ".md"))
        {
            var name = Path.GetRelativePath(Path.Combine(RepositoryFiles.Root, "spec"), file).Replace('\\', '/');
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (Fence().Match(lines[i]) is not { Success: true } open) continue;
                var end = Array.FindIndex(lines, i + 1, l => l.TrimEnd() == open.Groups[1].Value);
                Assert.True(end > i, $"{name}:{i + 1}: this block is never closed");
                yield return new SpecBlock($"{name}:{i + 1}", open.Groups[2].Value, open.Groups[3].Value.Trim(), string.Join("\n", lines[(i + 1)..end]) + "\n");
                i = end;
            }
        }
    }

    [GeneratedRegex("^(`{3,})\\s*(\\w*)(.*)$")]
    private static partial Regex Fence();
}
