using System.Text.RegularExpressions;

namespace ProbNet.Language.Tests;

/// <summary>
/// The fenced blocks of <c>spec/**/*.md</c> that hold programs: <c>prob ok</c> must have no errors, <c>prob error PN0000 …</c> must get those codes.
/// </summary>
public partial class SpecTests
{
    /// <summary>A block: where it stands, its tag, and its text.</summary>
    private sealed record Code(string Place, string Tag, string Text);

    public static TheoryData<string> Places => new(Blocks().Select(b => b.Place));

    [Theory]
    [MemberData(nameof(Places))]
    public void A_block_does_what_its_tag_says(string place)
    {
        var block = Blocks().Single(b => b.Place == place);
        var diagnostics = SourceCheck.Run(new SourceText(place, block.Text));
        var rendered = DiagnosticRenderer.Render(diagnostics);
        if (block.Tag == "ok")
        {
            Assert.True(diagnostics.All(d => d.Code.Severity != Severity.Error), rendered);
            return;
        }
        var match = ErrorTag().Match(block.Tag);
        Assert.True(match.Success, $"{place}: a block of prob is tagged 'ok' or 'error' and codes, not '{block.Tag}'");
        foreach (var code in match.Groups[1].Captures.Select(c => c.Value))
        {
            Assert.NotNull(DiagnosticCodes.Find(code));
            Assert.True(diagnostics.Any(d => d.Code.Id == code), $"{place} should get {code} but gets\n{rendered}");
        }
    }

    [Fact]
    public void The_grammar_is_specified_by_programs() => Assert.True(Blocks().Count(b => b.Place.StartsWith("language.md", StringComparison.Ordinal)) >= 10);

    private static IEnumerable<Code> Blocks()
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
                if (open.Groups[2].Value == "prob") yield return new Code($"{name}:{i + 1}", open.Groups[3].Value.Trim(), string.Join("\n", lines[(i + 1)..end]) + "\n");
                i = end;
            }
        }
    }

    [GeneratedRegex("^(`{3,})\\s*(\\w*)(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("^error(?:\\s+(PN[0-9]{4}))+$")]
    private static partial Regex ErrorTag();
}
