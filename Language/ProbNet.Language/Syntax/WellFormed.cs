namespace ProbNet.Language.Syntax;

/// <summary>The rules of syntax that the grammar does not state: how <c>prob</c> ends, unique fields, and how deep a tree may be.</summary>
internal static class WellFormed
{
    /// <summary>
    /// The deepest syntax tree that later stages must walk, in steps: one for a term of a chain of operators, which is as deep as it has terms,
    /// and <see cref="Step"/> for any other form.
    /// </summary>
    public const int MaximumDepth = 12_000;

    private const int Step = 4;

    /// <summary>What is wrong with a declaration. Walks with a stack of its own: this is where depth is checked.</summary>
    public static IEnumerable<Diagnostic> Check(Declaration declaration)
    {
        var waiting = new Stack<(Expr Expression, int Depth)>();
        foreach (var root in AstWalk.Expressions(declaration)) waiting.Push((root, 1));
        while (waiting.TryPop(out var next))
        {
            if (next.Depth > MaximumDepth)
            {
                yield return new Diagnostic(SyntaxCodes.TooDeep, $"an expression here has more than {MaximumDepth} operators in one chain, or more than {MaximumDepth / Step} levels", declaration.NameSpan.Source is null ? declaration.Span : declaration.NameSpan) { Hint = "give inner parts names with 'let'" };
                yield break;
            }
            foreach (var diagnostic in Check(next.Expression)) yield return diagnostic;
            foreach (var child in AstWalk.Children(next.Expression)) waiting.Push((child, next.Depth + (next.Expression is Binary ? 1 : Step)));
        }
    }

    private static IEnumerable<Diagnostic> Check(Expr expression) => expression switch
    {
        Prob prob => Return(prob),
        RecordLiteral record => Unique(record),
        _ => [],
    };

    private static IEnumerable<Diagnostic> Return(Prob prob)
    {
        for (var i = 0; i < prob.Statements.Count - 1; i++)
        {
            if (prob.Statements[i] is not (Statement.Return or Statement.ReturnBang)) continue;
            yield return new Diagnostic(SyntaxCodes.Return, "statements after 'return' are never reached", prob.Statements[i + 1].Span)
            {
                Notes = [new DiagnosticNote("the block returns here", prob.Statements[i].Span)],
                Hint = "'return' is the last statement of its block",
            };
            yield break;
        }
        if (prob.Statements[^1] is Statement.Return or Statement.ReturnBang) yield break;
        yield return new Diagnostic(SyntaxCodes.Return, "this 'prob' block does not return anything", prob.Statements[^1].Span)
        {
            Hint = prob.Statements[^1] switch
            {
                Statement.LetBang { Pattern: Pattern.Variable v } => $"end it with 'return {v.Name}'",
                Statement.Let { Binding.Pattern: Pattern.Variable v } => $"end it with 'return {v.Name}'",
                _ => "end it with 'return value', or with 'return ()' if there is nothing to return",
            },
        };
    }

    private static IEnumerable<Diagnostic> Unique(RecordLiteral record)
    {
        var seen = new Dictionary<string, SourceSpan>();
        foreach (var field in record.Fields)
        {
            if (seen.TryAdd(field.Name, field.NameSpan)) continue;
            yield return new Diagnostic(SyntaxCodes.DuplicateField, $"the field '{field.Name}' is given twice", field.NameSpan) { Notes = [new DiagnosticNote("first given here", seen[field.Name])] };
        }
    }
}
