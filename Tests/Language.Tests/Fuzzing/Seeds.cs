using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>A program to mutate: its text and the places of its parts.</summary>
/// <param name="Text">The text; it parses.</param>
/// <param name="Expressions">Every expression of it.</param>
/// <param name="Statements">The statements of its <c>prob</c> blocks.</param>
/// <param name="Names">The names it uses.</param>
/// <param name="IsGood">Whether it has no errors and has a model.</param>
internal sealed record Seed(string Text, IReadOnlyList<Expr> Expressions, IReadOnlyList<Statement> Statements, IReadOnlyList<string> Names, bool IsGood)
{
    /// <summary>The source text of a part.</summary>
    public string Of(SourceSpan span) => Text.Substring(span.Start, span.Length);
}

/// <summary>Small programs of every kind: one for each model of the examples, the shared samples, the specification and the corpus of bad programs.</summary>
internal static class Seeds
{
    // Short inputs are many inputs.
    private const int Longest = 1_100;

    /// <summary>All of them, in a fixed order.</summary>
    public static IReadOnlyList<Seed> All { get; } =
    [
        .. GoodTexts().Concat(SpecBlocks.All.Where(b => b.Language == "prob").Select(b => b.Text))
            .Concat(RepositoryFiles.Below("Tests/Language.Tests/Corpus/bad", ".prob").Where(f => !f.Contains("syntax", StringComparison.Ordinal)).Select(File.ReadAllText))
            .SelectMany(Parts).Where(t => t.Length <= Longest).Distinct().Select(Of),
    ];

    private static IEnumerable<string> GoodTexts() => Syntax.GoodPrograms.All.Select(p => p.Text);

    // A program with several models is a program for each of them.
    private static IEnumerable<string> Parts(string text)
    {
        var parsed = Parser.Parse(new SourceText("seed.prob", text));
        if (!parsed.Diagnostics.IsEmpty) yield break;
        var models = parsed.Program.Declarations.OfType<Declaration.Model>().ToList();
        if (models.Count <= 1)
        {
            yield return text;
            yield break;
        }
        foreach (var model in models)
        {
            yield return AstPrinter.Print(parsed.Program with { Declarations = [.. parsed.Program.Declarations.Where(d => d is not Declaration.Model m || m == model)] });
        }
    }

    private static Seed Of(string text)
    {
        var source = new SourceText("seed.prob", text);
        var expressions = new List<Expr>();
        var rest = new Stack<Expr>(Parser.Parse(source).Program.Declarations.SelectMany(AstWalk.Expressions));
        while (rest.TryPop(out var expression))
        {
            if (expression.Span.Source is not null && expression.Span.Length > 0) expressions.Add(expression);
            foreach (var child in AstWalk.Children(expression)) rest.Push(child);
        }
        var program = Language.Elaboration.Checker.Check(source);
        return new(text, expressions, [.. expressions.OfType<Prob>().SelectMany(p => p.Statements).Where(s => s.Span.Length > 0)], [.. expressions.OfType<Name>().Select(n => n.Identifier).Distinct()], program.IsValid && !program.Models.IsEmpty);
    }
}
