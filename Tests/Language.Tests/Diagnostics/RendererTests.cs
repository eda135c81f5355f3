using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Diagnostics;

public class RendererTests
{
    private static readonly DiagnosticCode Code = new("PN0401", Severity.Error, "shapes");

    private static string Render(string text, int start, int length) =>
        DiagnosticRenderer.Render(new Diagnostic(Code, "message", new SourceSpan(new SourceText("f.prob", text), start, length)));

    private static string Expected(params string[] lines) => string.Join("\n", lines) + "\n";

    [Fact]
    public void A_diagnostic_shows_its_line_its_notes_and_a_hint()
    {
        var source = new SourceText("iris.prob", "let a = 1\n\nlet b =\n    a + c\n");
        var text = DiagnosticRenderer.Render(new Diagnostic(Code, "there is no 'c'", new SourceSpan(source, 27, 1))
        {
            Notes = [new DiagnosticNote("'a' is defined here", new SourceSpan(source, 4, 1)), new DiagnosticNote("names are looked up at the end", default)],
            Hint = "did you mean 'a'?",
        });
        Assert.Equal(Expected(
            "error[PN0401]: there is no 'c'",
            " --> iris.prob:4:9",
            "  |",
            "4 |     a + c",
            "  |         ^",
            "note: 'a' is defined here",
            " --> iris.prob:1:5",
            "  |",
            "1 | let a = 1",
            "  |     ^",
            "note: names are looked up at the end",
            "hint: did you mean 'a'?"), text);
    }

    [Fact]
    public void Warnings_and_places_without_source_are_said_plainly() =>
        Assert.Equal("warning[PN0901]: unused\n", DiagnosticRenderer.Render(new Diagnostic(new DiagnosticCode("PN0901", Severity.Warning, "t"), "unused", default)));

    [Fact]
    public void Spans_of_several_lines_are_underlined_on_each() =>
        Assert.Equal(Expected("error[PN0401]: message", "  --> f.prob:9:3", "   |", " 9 | a b (", "   |   ^^^", "10 |   c", "   |   ^", "11 | ) d", "   | ^"), Render("\n\n\n\n\n\n\n\na b (\n  c\n) d\n", 10, 9));

    [Fact]
    public void Long_spans_show_their_ends() =>
        Assert.Equal(Expected("error[PN0401]: message", " --> f.prob:1:1", "  |", "1 | a1", "  | ^^", "...", "7 | a7", "  | ^^"), Render("a1\na2\na3\na4\na5\na6\na7\na8", 0, 20));

    [Theory]
    [InlineData("\tab\tc", 4, "    ab    c", "          ^")]
    [InlineData("\u4e2d\u6587 x", 3, "\u4e2d\u6587 x", "     ^")]
    [InlineData("\u4e2d\u6587 x", 0, "\u4e2d\u6587 x", "^^")]
    [InlineData("e\u0301 x", 3, "e\u0301 x", "  ^")]
    [InlineData("\U0001F600 x", 3, "\U0001F600 x", "   ^")]
    [InlineData("\U0001F600 x", 1, "\U0001F600 x", " ^")]
    [InlineData("a\u0001b", 2, "a\uFFFDb", "  ^")]
    [InlineData("abc\r\n", 2, "abc", "  ^")]
    [InlineData("abc", 3, "abc", "   ^")]
    public void Carets_stand_under_what_they_mean(string text, int start, string shown, string carets) =>
        Assert.Equal(Expected("error[PN0401]: message", $" --> f.prob:1:{start + 1}", "  |", $"1 | {shown}", $"  | {carets}"), Render(text, start, 1));

    [Fact]
    public void The_end_of_a_file_can_be_pointed_at() =>
        Assert.Equal(Expected("error[PN0401]: message", " --> f.prob:2:1", "  |", "2 |", "  | ^"), Render("abc\n", 4, 0));

    [Fact]
    public void Very_long_lines_are_cut()
    {
        var lines = Render(new string('a', 500) + "!" + new string('b', 500), 500, 1).Split('\n');
        Assert.Equal(4 + 3 + 160 + 3, lines[3].Length);
        Assert.Equal(lines[3].IndexOf('!'), lines[4].IndexOf('^'));
    }

    [Fact]
    public void Any_span_of_any_text_renders()
    {
        var random = new Random(7);
        const string Characters = "ab \t\r\n\u4e2d\u0301\uD83D\uDE00\uFEFF\0";
        for (var i = 0; i < 5_000; i++)
        {
            var text = new string(Enumerable.Range(0, random.Next(40)).Select(_ => Characters[random.Next(Characters.Length)]).ToArray());
            var start = random.Next(text.Length + 1);
            Assert.EndsWith("\n", Render(text, start, random.Next(text.Length - start + 1)));
        }
    }

    [Fact]
    public void Colour_adds_escape_sequences_only()
    {
        var diagnostic = Assert.Single(Parser.Parse(new SourceText("f.prob", "let a = [1, 2]")).Diagnostics);
        var coloured = DiagnosticRenderer.Render(diagnostic, RenderStyle.Ansi);
        Assert.Contains("\e[1;31merror[PN0207]\e[0m", coloured);
        Assert.Equal(DiagnosticRenderer.Render(diagnostic), System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
    }
}
