using ProbNet.Graph;
using ProbNet.Language.Syntax.Grammar;
using Sprache;

namespace ProbNet.Language.Syntax;

/// <summary>
/// Reads source text. Layout cuts it into top-level declarations, and each is parsed alone: a mistake costs one declaration and one report. Time is linear
/// in the length of the text, and no text makes it throw.
/// </summary>
public static class Parser
{
    // Sources nested deeper than this are parsed on a stack of their own.
    private const int OrdinaryDepth = 40;

    private static readonly EqArray<string> DeclarationWords = ["let", "model", "guide", "infer", "data", "open", "module"];

    /// <summary>The program that <paramref name="source"/> holds and everything that is wrong with it.</summary>
    public static ParseResult Parse(SourceText source)
    {
        var (text, diagnostics) = Layout.Of(source);
        return text.Chunks.Any(c => c.Depth > OrdinaryDepth) ? DeepStack.Run(() => Read(text, diagnostics)) : Read(text, diagnostics);
    }

    private static ParseResult Read(LaidOutText text, List<Diagnostic> diagnostics)
    {
        string? module = null;
        var declarations = new List<Declaration>();
        var broken = new List<string>();
        var afterBroken = false;
        foreach (var chunk in text.Chunks)
        {
            var first = text.Tokens[chunk.FirstToken];
            var begins = first.Kind == TokenKind.Word && DeclarationWords.Contains(first.Text);
            // What follows a broken declaration without an empty line and begins none itself is the rest of it.
            if (afterBroken && !begins && first.Line <= text.Tokens[chunk.FirstToken - 1].Line + 1) continue;
            var found = new List<Diagnostic>();
            if (first.Is("module")) ReadModule(text, chunk, ref module, found);
            else if (ReadDeclaration(text, chunk, found) is { } declaration) declarations.Add(declaration);
            afterBroken = found.Count > 0 || chunk.Abandoned;
            if (!afterBroken) continue;
            if (begins && chunk.EndToken > chunk.FirstToken + 1 && text.Tokens[chunk.FirstToken + 1] is { Kind: TokenKind.Word } name) broken.Add(name.Text);
            // After something was found wrong with characters or layout, what the grammar says is mostly an echo of it.
            if (found.Count > 0 && found[0].Span.Start < chunk.DoubtfulFrom) diagnostics.AddRange(found);
        }
        return new ParseResult(new Program(module, declarations.ToEqArray()), diagnostics.OrderBy(d => d.Span.Start).ToEqArray(), broken.ToEqArray());
    }

    private static void ReadModule(LaidOutText text, Chunk chunk, ref string? module, List<Diagnostic> found)
    {
        if (!Run(Declarations.Module, text, chunk, found, out var name)) return;
        if (chunk.FirstToken == 0)
        {
            module = name.Text;
            return;
        }
        found.Add(new Diagnostic(SyntaxCodes.ModuleHeader, module is null ? "the module header must come first" : "a file is one module", text.Span(chunk.Start, chunk.End))
        {
            Hint = module is null ? "move this line to the top of the file" : $"this file is module '{module}'; put the other module into a file of its own",
        });
    }

    private static Declaration? ReadDeclaration(LaidOutText text, Chunk chunk, List<Diagnostic> found)
    {
        if (chunk.Abandoned || !Run(Declarations.Declaration, text, chunk, found, out var declaration)) return null;
        found.AddRange(WellFormed.Check(declaration));
        return found.Count > 0 ? null : declaration with { Doc = text.Tokens[chunk.FirstToken].Doc ?? "" };
    }

    private static bool Run<T>(Parser<T> parser, LaidOutText text, Chunk chunk, List<Diagnostic> found, out T value)
    {
        var result = parser(new LaidOutInput(text, chunk.Start, chunk.End));
        value = result.WasSuccessful ? result.Value : default!;
        if (result.WasSuccessful && result.Remainder.AtEnd) return true;
        found.Add(Slips.Explain(new Failure(text, chunk, (LaidOutInput)result.Remainder, result.WasSuccessful ? [Expectation.End] : result.Expectations.ToEqArray())));
        return false;
    }
}
