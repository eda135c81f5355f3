using ProbNet.Graph;
using Sprache;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>What definitions and functions name.</summary>
internal static class Patterns
{
    private static readonly Parser<Pattern> Item = Combinators.FirstOf(
        Lexical.Identifier.Select(Pattern (name) => new Pattern.Variable(name)).Located(At),
        Lexical.Word("_").Select(Pattern (_) => new Pattern.Wildcard()).Located(At),
        (from open in Lexical.LeftParenthesis
         from inner in Combinators.Later(() => Pattern!)
         from close in Lexical.RightParenthesis
         select inner).Located(At)).Named(Expectation.Name);

    /// <summary>A name, <c>_</c>, or several with commas between them.</summary>
    public static readonly Parser<Pattern> Pattern =
        Item.SeparatedBy(Lexical.Comma).Select(items => items.Count == 1 ? items[0] : new Pattern.Tuple(items)).Located(At);

    private static readonly Parser<TypeExpr> Annotation =
        from colon in Lexical.Colon
        from type in Types.Type
        select type;

    // A type belongs to one item: `(a, b : real)` would leave open which.
    private static readonly Parser<Parameter> Parenthesised =
        from open in Lexical.LeftParenthesis
        from first in Item
        from rest in (from comma in Lexical.Comma from item in Item select item).Repeated()
        from type in rest.IsEmpty ? Annotation.OrNull() : Parse.Return<TypeExpr?>(null)
        from close in Lexical.RightParenthesis
        select new Parameter(rest.IsEmpty ? first : new Pattern.Tuple([first, .. rest]) { Span = first.Span.To(rest[^1].Span) }, type);

    /// <summary>A parameter of a function: a name, <c>_</c>, <c>(a, b)</c>, or one of them with its type in parentheses.</summary>
    public static readonly Parser<Parameter> Parameter = Combinators.FirstOf(Parenthesised, Item.Select(pattern => new Parameter(pattern, null)));

    private static readonly Parser<Parameter> GuideParameter =
        from pattern in Lexical.Identifier.Select(Pattern (name) => new Pattern.Variable(name)).Located(At)
        from type in Annotation.OrNull()
        select new Parameter(pattern, type);

    private static readonly Parser<Expr> Default =
        from sign in Lexical.EqualsSign
        from value in Combinators.Later(() => Expressions.Expression)
        select value;

    private static readonly Parser<Parameter> ModelParameter =
        from parameter in GuideParameter
        from value in parameter.Type is null ? Parse.Return<Expr?>(null) : Default.OrNull()
        select parameter with { Default = value };

    /// <summary>The parameters of a model: named values, several in one pair of parentheses, with defaults where they are static.</summary>
    public static readonly Parser<EqArray<Parameter>> ModelParameters = Groups(ModelParameter);

    /// <summary>The parameters of a guide: named values, several in one pair of parentheses.</summary>
    public static readonly Parser<EqArray<Parameter>> GuideParameters = Groups(GuideParameter);

    private static Parser<EqArray<Parameter>> Groups(Parser<Parameter> parameter) => Combinators.FirstOf(
        from open in Lexical.LeftParenthesis
        from parameters in parameter.SeparatedBy(Lexical.Comma)
        from close in Lexical.RightParenthesis
        select parameters,
        Lexical.Identifier.Select(Pattern (name) => new Pattern.Variable(name)).Located(At).Select(pattern => (EqArray<Parameter>)[new Parameter(pattern, null)]))
        .Repeated().Select(groups => groups.SelectMany(g => g).ToEqArray());

    private static Pattern At(Pattern pattern, SourceSpan span) => pattern with { Span = span };
}
