using System.Text.RegularExpressions;

namespace ProbNet.Language.Tests;

/// <summary>
/// The fenced blocks of <c>spec/**/*.md</c> that hold programs: <c>prob ok</c> must have no errors, <c>prob error PN0000 …</c> must get those codes, and
/// <c>prob warning PN0000 …</c> those codes and no errors.
/// </summary>
public partial class SpecTests
{
    public static TheoryData<string> Places => new(Blocks().Select(b => b.Place));

    [Theory]
    [MemberData(nameof(Places))]
    public void A_block_does_what_its_tag_says(string place)
    {
        var block = Blocks().Single(b => b.Place == place);
        var diagnostics = SourceCheck.Run(new SourceText(place, block.Text));
        var rendered = DiagnosticRenderer.Render(diagnostics);
        if (!block.Tag.StartsWith("error", StringComparison.Ordinal)) Assert.True(diagnostics.All(d => d.Code.Severity != Severity.Error), rendered);
        if (block.Tag == "ok") return;
        var match = CodesTag().Match(block.Tag);
        Assert.True(match.Success, $"{place}: a block of prob is tagged 'ok', or 'error' or 'warning' and codes, not '{block.Tag}'");
        foreach (var code in match.Groups[1].Captures.Select(c => c.Value))
        {
            Assert.NotNull(DiagnosticCodes.Find(code));
            Assert.True(diagnostics.Any(d => d.Code.Id == code), $"{place} should get {code} but gets\n{rendered}");
        }
    }

    [Fact]
    public void The_grammar_is_specified_by_programs() => Assert.True(Blocks().Count(b => b.Place.StartsWith("language.md", StringComparison.Ordinal)) >= 10);

    [Fact]
    public void The_read_me_shows_a_message_as_it_is() => Assert.Contains(
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Tests/Language.Tests/Corpus/bad/shapes/transposed_weights.expected")).ReplaceLineEndings("\n").TrimEnd(),
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md")).ReplaceLineEndings("\n"));

    private static IEnumerable<SpecBlock> Blocks() => SpecBlocks.All.Where(b => b.Language == "prob");

    [GeneratedRegex("^(?:error|warning)(?:\\s+(PN[0-9]{4}))+$")]
    private static partial Regex CodesTag();
}
