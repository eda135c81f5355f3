using System.Text.RegularExpressions;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>The C# that the specification shows is compiled somewhere: in the examples or in these tests.</summary>
public sealed partial class EmbeddedSpecTests
{
    [Fact]
    public void Blocks_of_csharp_stand_in_compiled_files()
    {
        var blocks = SpecBlocks.All.Where(b => b.Language == "csharp").ToList();
        Assert.True(blocks.Count >= 4);
        string[] folders = ["Examples/Embedded", "Tests/Language.Tests/Embedded"];
        var compiled = folders.SelectMany(f => Directory.GetFiles(Path.Combine(RepositoryFiles.Root, f), "*.cs")).Select(f => Plain(File.ReadAllText(f))).ToList();
        Assert.All(blocks, b => Assert.True(compiled.Exists(c => c.Contains(Plain(b.Text), StringComparison.Ordinal)), $"{b.Place} stands in no compiled file:\n{b.Text}"));
    }

    private static string Plain(string code) => Blanks().Replace(code, " ").Trim();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
