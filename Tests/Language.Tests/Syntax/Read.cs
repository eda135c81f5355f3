using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

/// <summary>Parses text that must be without fault.</summary>
internal static class Read
{
    public static Program Program(string text)
    {
        var result = Parser.Parse(new SourceText("test.prob", text));
        Assert.True(result.Diagnostics.IsEmpty, DiagnosticRenderer.Render(result.Diagnostics) + "\n" + text);
        return result.Program;
    }

    public static Declaration Declaration(string text) => Assert.Single(Program(text).Declarations);

    /// <summary>The value of <c>let it = text</c>, whose first line is not indented further than given.</summary>
    public static Expr Expression(string text) => Assert.IsType<Declaration.Let>(Declaration("let it = " + text)).Binding.Body;

    public static IReadOnlyList<Diagnostic> Diagnostics(string text) => Parser.Parse(new SourceText("test.prob", text)).Diagnostics;

    /// <summary>The only diagnostic of a text.</summary>
    public static Diagnostic Diagnostic(string text) => Assert.Single(Diagnostics(text));
}
