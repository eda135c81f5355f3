using ProbNet.Graph;
using Sprache;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>Written types and the dimensions in them.</summary>
internal static class Types
{
    private static readonly Parser<Expr> Dimension = Combinators.Later(() => DimensionChain!);

    private static readonly Parser<Expr> Operand = Combinators.FirstOf(
        Lexical.Identifier.Select(Expr (name) => new Name(name)).Located(),
        WholeNumber,
        (from open in Lexical.LeftParenthesis
         from inner in Dimension
         from close in Lexical.RightParenthesis
         select inner).Located()).Named(Expectation.Dimension);

    private static readonly Parser<Operation> Operation = Operations.Of(op => op is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide);

    private static readonly Parser<Expr> DimensionChain =
        from first in Operand
        from rest in (from operation in Operation from operand in Operand select (operation, operand)).Repeated()
        select Operations.Fold(first, rest);

    private static readonly Parser<EqArray<Expr>> Dimensions =
        from open in Lexical.LeftBracket
        from dimensions in Dimension.SeparatedBy(Lexical.Comma)
        from close in Lexical.RightBracket
        select dimensions;

    private static readonly Parser<string> Less = Lexical.Symbol("<"), Greater = Lexical.Symbol(">");

    private static readonly Parser<Expr> Bound =
        from less in Less
        from bound in Dimension
        from greater in Greater
        select bound;

    private static readonly Parser<TypeExpr> Tensor =
        from element in Combinators.FirstOf(Lexical.Word("real"), Lexical.Word("int"), Lexical.Word("bool"))
        from bound in element == "int" ? Bound.OrNull() : Parse.Return<Expr?>(null)
        from dimensions in Combinators.FirstOf(Dimensions, Parse.Return(default(EqArray<Expr>)))
        select (TypeExpr)new TypeExpr.Tensor(element, bound, dimensions);

    private static readonly Parser<Expr> Length =
        from open in Lexical.LeftBracket
        from length in Dimension
        from close in Lexical.RightBracket
        select length;

    private static readonly Parser<TypeExpr> List =
        from word in Lexical.Word("list")
        from length in Length.OrNull()
        select (TypeExpr)new TypeExpr.List(length);

    private static readonly Parser<TypeExpr> Text = Lexical.Word("string").Select(_ => (TypeExpr)new TypeExpr.Text());

    /// <summary><c>real[n, 4]</c>, <c>int&lt;c>[n]</c>, <c>list[2]</c> and so on.</summary>
    public static readonly Parser<TypeExpr> Type = Combinators.FirstOf(Tensor, List, Text).Named(Expectation.Type).Located((type, span) => type with { Span = span });

    // Dimensions are whole numbers; `real[2.5]` is refused here.
    private static IResult<Expr> WholeNumber(IInput input)
    {
        var result = Lexical.Number(input);
        if (!result.WasSuccessful || result.Value is not IntLiteral) return Combinators.Expected<Expr>(input, Expectation.Dimension);
        return Sprache.Result.Success(result.Value with { Span = ((LaidOutInput)input).Text.Span(((LaidOutInput)input).Index, ((LaidOutInput)result.Remainder).Index) }, result.Remainder);
    }
}
