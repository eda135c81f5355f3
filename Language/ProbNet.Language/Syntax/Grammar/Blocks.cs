using ProbNet.Graph;
using Sprache;
using static ProbNet.Language.Syntax.Grammar.Combinators;
using static ProbNet.Language.Syntax.Grammar.Lexical;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>Forms whose extent is decided by layout: local definitions, functions, choices, <c>prob</c>.</summary>
internal static class Blocks
{
    private static readonly Parser<EqArray<LetBinding>> Bindings =
        (from binding in Later(() => LetBinding!)
         from separator in FirstOf(Mark(Virtual.Separator, Expectation.NewLine).Select(_ => ""), Word("in"))
         select binding).Repeated();

    /// <summary>Definitions and a result, on the lines of one block.</summary>
    public static readonly Parser<Expr> Block = Delimited(Expressions.Bare);

    // After `then` and `else` a tuple needs parentheses: `if c then a else b, c` has two readings.
    private static readonly Parser<Expr> Branch = Delimited(Expressions.Expression);

    private static Parser<Expr> Delimited(Parser<Expr> result)
    {
        var afterBindings = result.Named(Expectation.Result);
        var inner = (from bindings in Bindings
                     from value in bindings.IsEmpty ? result : afterBindings
                     select (Bindings: bindings, Value: value)).Located((block, span) => block.Bindings.IsEmpty ? block.Value : new Block(block.Bindings, block.Value) { Span = span });
        return from open in OpenBlock
               from expression in inner
               from close in CloseBlock
               select expression;
    }

    private static readonly Parser<EqArray<Parameter>> Parameters = Patterns.Parameter.Repeated();

    /// <summary><c>let pattern = body</c> or <c>let name parameters = body</c>.</summary>
    public static readonly Parser<LetBinding> LetBinding =
        (from word in Word("let")
         from pattern in Patterns.Pattern
         from parameters in pattern is Pattern.Variable ? Parameters : Parse.Return(default(EqArray<Parameter>))
         from sign in EqualsSign
         from body in Block
         select new LetBinding(pattern, parameters, body)).Located((binding, span) => binding with { Span = span });

    private static readonly Parser<EqArray<Parameter>> LambdaParameters = input =>
    {
        var result = Parameters(input);
        return result.WasSuccessful && result.Value.IsEmpty ? Expected<EqArray<Parameter>>(input, Expectation.Name) : result;
    };

    /// <summary><c>fun parameters -> body</c>.</summary>
    public static readonly Parser<Expr> Lambda =
        (from word in Word("fun")
         from parameters in LambdaParameters
         from arrow in Arrow
         from body in Block
         select (Expr)new Lambda(parameters, body)).Located();

    private static readonly Parser<(Expr Condition, Expr Then, int Start)> Case =
        from condition in Expressions.Expression
        from then in Word("then")
        from value in Branch
        select (condition, value, condition.Span.Start);

    private static readonly Parser<EqArray<(Expr Condition, Expr Then, int Start)>> Elifs =
        (from word in Word("elif") from next in Case select next).Located((next, span) => next with { Start = span.Start }).Repeated();

    /// <summary><c>if c then a else b</c>, with any number of <c>elif c then a</c> in between.</summary>
    public static readonly Parser<Expr> If =
        (from word in Word("if")
         from first in Case
         from others in Elifs
         from otherwise in Word("else")
         from last in Branch
         select (Expr)new If(first.Condition, first.Then, Nested(others, last))).Located();

    private static Expr Nested(EqArray<(Expr Condition, Expr Then, int Start)> cases, Expr last)
    {
        var result = last;
        for (var i = cases.Count - 1; i >= 0; i--)
        {
            var (condition, then, start) = cases[i];
            result = new If(condition, then, result) { Span = last.Span with { Start = start, Length = last.Span.End - start } };
        }
        return result;
    }

    private static readonly Parser<Statement> Statement = FirstOf<Statement>(
        from word in Word("let!")
        from pattern in Patterns.Pattern
        from sign in EqualsSign
        from value in Block
        select new Statement.LetBang(pattern, value),
        LetBinding.Select(binding => new Statement.Let(binding)),
        from word in Word("do!")
        from value in Expressions.Expression
        select new Statement.DoBang(value),
        from word in Word("return!")
        from value in Expressions.Expression
        select new Statement.ReturnBang(value),
        from word in Word("return")
        from value in Expressions.Bare
        select new Statement.Return(value)).Located((statement, span) => statement with { Span = span }).Named(Expectation.Statement);

    private static readonly Parser<EqArray<Statement>> Statements = Statement.SeparatedBy(ItemSeparator, '}');

    /// <summary><c>prob { statements }</c>.</summary>
    public static readonly Parser<Expr> Prob =
        (from word in Word("prob")
         from open in LeftBrace
         from statements in Statements
         from close in RightBrace
         select (Expr)new Prob(statements)).Located();
}
