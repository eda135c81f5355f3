using ProbNet.Graph;
using Sprache;
using static ProbNet.Language.Syntax.Grammar.Combinators;
using static ProbNet.Language.Syntax.Grammar.Lexical;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>Expressions: atoms, access, application, prefix operators, chains of infix operators.</summary>
internal static class Expressions
{
    // Blocks is built from this class, so it may be named here only where that happens later.
    private static readonly Parser<Expr> Block = Later(() => Blocks.Block);
    private static readonly Parser<Expr> Prob = Later(() => Blocks.Prob);
    private static readonly Parser<Expr> Lambda = Later(() => Blocks.Lambda);
    private static readonly Parser<Expr> If = Later(() => Blocks.If);

    /// <summary>Any expression but a tuple without parentheses.</summary>
    public static readonly Parser<Expr> Expression = Later(() => Chain!);

    /// <summary>Any expression; a tuple needs no parentheses.</summary>
    public static readonly Parser<Expr> Bare =
        Expression.SeparatedBy(Comma).Select(items => items.Count == 1 ? items[0] : new TupleLiteral(items) { Span = items[0].Span.To(items[^1].Span) });

    // ---- atoms ----

    private static readonly Parser<Expr> String = Text.Select(Expr (value) => new StringLiteral(value));

    private static readonly Parser<Expr> WordAtom = FirstOf(
        QualifiedName.Select(Expr (name) => new Name(name)),
        Word("true").Select(Expr (_) => new BoolLiteral(true)),
        Word("false").Select(Expr (_) => new BoolLiteral(false)),
        Prob);

    private static readonly Parser<Expr> Unit = RightParenthesis.Select(Expr (_) => new UnitLiteral());

    private static readonly Parser<Expr> Inner =
        from value in FirstOf(Block, Bare)
        from close in RightParenthesis
        select value;

    private static readonly Parser<Expr> InnerOrUnit = FirstOf(Unit, Inner);

    private static readonly Parser<Expr> Parenthesised = (from open in LeftParenthesis from inner in InnerOrUnit select inner).Located();

    private static readonly Parser<EqArray<Expr>> MoreItems = Expression.SeparatedBy(ItemSeparator, ']');

    // A separator may stand before the closing bracket.
    private static readonly Parser<EqArray<Expr>> AfterSeparator = input => !input.AtEnd && input.Current == ']' ? Sprache.Result.Success<EqArray<Expr>>([], input) : MoreItems(input);

    // `[a .. b]` is told from `[a; b]` after its first item.
    private static readonly Parser<Func<Expr, Expr>> AfterFirst = FirstOf(
        from dots in Dots
        from to in Expression
        select (Func<Expr, Expr>)(first => new RangeLiteral(first, to)),
        from separator in ItemSeparator
        from rest in AfterSeparator
        select (Func<Expr, Expr>)(first => new ListLiteral([first, .. rest])),
        Parse.Return<Func<Expr, Expr>>(first => new ListLiteral([first])));

    private static readonly Parser<Expr> Items = FirstOf(
        RightBracket.Select(Expr (_) => new ListLiteral([])),
        from first in Expression
        from rest in AfterFirst
        from close in RightBracket
        select rest(first));

    private static readonly Parser<Expr> List =
        from open in LeftBracket
        from items in Items
        select items;

    private static readonly Parser<Field> Field =
        from name in Identifier.Located((name, span) => (Text: name, Span: span))
        from sign in EqualsSign
        from value in Expression
        select new Field(name.Text, value) { NameSpan = name.Span };

    private static readonly Parser<EqArray<Field>> Fields = FirstOf(
        RightBrace.Select(_ => default(EqArray<Field>)),
        from fields in Field.SeparatedBy(ItemSeparator, '}')
        from close in RightBrace
        select fields);

    private static readonly Parser<Expr> Record =
        from open in LeftBrace
        from fields in Fields
        select (Expr)new RecordLiteral(fields);

    private static readonly Parser<Expr> Atom = ByFirst(Expectation.Expression, first => first switch
    {
        '(' => Parenthesised,
        '[' => List,
        '{' => Record,
        '"' => String,
        _ when Scan.IsDigit(first) => Number,
        _ when Scan.IsWordStart(first) => WordAtom,
        _ => null,
    }).Located();

    // ---- access: what may follow an atom without a blank ----

    private static readonly Parser<Expr?> RangeEnd = Expression.OrNull();

    private static readonly Parser<IndexItem> UpTo =
        from dots in Dots
        from to in RangeEnd
        select to is null ? (IndexItem)new IndexItem.All() : new IndexItem.Range(null, to);

    private static readonly Parser<(bool Is, Expr? To)> RangeRest = FirstOf(
        from dots in Dots
        from to in RangeEnd
        select (true, to),
        Parse.Return((false, (Expr?)null)));

    private static readonly Parser<IndexItem> AtOrFrom =
        from value in Expression
        from range in RangeRest
        select range.Is ? (IndexItem)new IndexItem.Range(value, range.To) : new IndexItem.At(value);

    private static readonly Parser<EqArray<IndexItem>> IndexItems =
        FirstOf(Symbol("*").Select(IndexItem (_) => new IndexItem.All()), UpTo, AtOrFrom).SeparatedBy(Comma);

    private static readonly Parser<Func<Expr, Expr>> IndexOrField = Tight(FirstOf(
        from open in LeftBracket
        from items in IndexItems
        from close in RightBracket
        select (Func<Expr, Expr>)(target => new Index(target, items)),
        from field in Identifier
        select (Func<Expr, Expr>)(target => new Member(target, field))));

    private static readonly Parser<Func<Expr, Expr>> Access = Tight(from dot in Dot from access in IndexOrField select access);

    // `f(x)` without a blank binds as tightly as access, as in F#.
    private static readonly Parser<Func<Expr, Expr>> AccessOrCall =
        FirstOf(Access, Tight(Parenthesised).Repeated().Where(calls => !calls.IsEmpty).Select(Func<Expr, Expr> (calls) => function => Apply(function, calls)));

    private static readonly Parser<Expr> Postfix = input =>
    {
        var start = (LaidOutInput)input;
        var target = Atom(input);
        while (target.WasSuccessful)
        {
            var access = (IsFunction(target.Value) ? AccessOrCall : Access)(target.Remainder);
            if (!access.WasSuccessful) return access.Remainder.Equals(target.Remainder) ? target : Sprache.Result.Failure<Expr>(access.Remainder, access.Message, access.Expectations);
            var value = access.Value(target.Value) with { Span = start.Text.Span(start.Index, ((LaidOutInput)access.Remainder).Index) };
            target = Sprache.Result.Success(value, access.Remainder);
        }
        return target;
    };

    // ---- application ----

    private static readonly Parser<Expr> Negative =
        (from minus in Symbol("-")
         from operand in Postfix
         select (Expr)new Unary(UnaryOperator.Negate, operand)).Located();

    // As in F#, `f -1` passes minus one, while `f - 1` and `f-1` subtract.
    private static readonly Parser<Expr> NegativeArgument = input =>
        ((LaidOutInput)input).AfterBlank && OperatorAt(input) == "-" && !((LaidOutInput)input.Advance()).BeforeBlank ? Negative(input) : Expected<Expr>(input, Expectation.Expression);

    // `x[0]` without a blank is an index that lacks its dot, not a list as an argument.
    private static readonly Parser<Expr> OrdinaryArgument = input =>
        ((LaidOutInput)input).Current == '[' && !((LaidOutInput)input).AfterBlank ? Expected<Expr>(input, Expectation.Operator) : Postfix(input);

    private static readonly Parser<EqArray<Expr>> Arguments = FirstOf(NegativeArgument, OrdinaryArgument).Repeated();

    /// <summary>A function applied to arguments, or something simpler.</summary>
    public static readonly Parser<Expr> Application =
        from function in Postfix
        from arguments in IsFunction(function) ? Arguments : Parse.Return(default(EqArray<Expr>))
        select arguments.IsEmpty ? function : Apply(function, arguments) with { Span = function.Span.To(arguments[^1].Span) };

    // Juxtaposition after a constant is always a slip, so it is no application.
    private static bool IsFunction(Expr e) =>
        e.Kind is not (ExprKind.Int or ExprKind.Float or ExprKind.String or ExprKind.Bool or ExprKind.Unit or ExprKind.List or ExprKind.Tuple or ExprKind.Record);

    private static Expr Apply(Expr function, EqArray<Expr> arguments) =>
        function is Apply inner ? new Apply(inner.Function, inner.Arguments.AddRange(arguments)) : new Apply(function, arguments);

    // ---- operators ----

    private static readonly Parser<UnaryOperator> Negation = Symbol("-").Select(_ => UnaryOperator.Negate), Complement = Word("not").Select(_ => UnaryOperator.Not);

    private static readonly Parser<EqArray<(UnaryOperator Operator, int Start)>> Prefixes =
        ByFirst(Expectation.Expression, first => first switch { '-' => Negation, 'n' => Complement, _ => null }).Located((op, span) => (op, span.Start)).Repeated();

    private static readonly Parser<Expr> LambdaOrApplication = FirstOf(Lambda, Application), IfOrApplication = FirstOf(If, Application);

    private static readonly Parser<Expr> Unprefixed =
        ByFirst(Expectation.Expression, first => first switch { 'f' => LambdaOrApplication, 'i' => IfOrApplication, _ => Application });

    private static readonly Parser<Expr> Operand =
        (from operators in Prefixes
         from operand in Unprefixed
         from end in operators.IsEmpty ? Parse.Return(true) : NoPower
         select operators.IsEmpty ? operand : Prefix(operators, operand)).Named(Expectation.Expression);

    private static Expr Prefix(EqArray<(UnaryOperator Operator, int Start)> operators, Expr operand)
    {
        for (var i = operators.Count - 1; i >= 0; i--)
        {
            var (op, start) = operators[i];
            operand = new Unary(op, operand) { Span = operand.Span with { Start = start, Length = operand.Span.End - start } };
        }
        return operand;
    }

    // `-x ** 2` is (-x) ** 2 in F# and -(x ** 2) in mathematics, so it is neither here.
    private static IResult<bool> NoPower(IInput input) =>
        OperatorAt(input) == "**" ? Expected<bool>(input, Expectation.NoPower) : Sprache.Result.Success(true, input);

    private static readonly Parser<EqArray<(Operation, Expr)>> Rest = (from operation in Operations.Of(_ => true) from operand in Operand select (operation, operand)).Repeated();

    private static readonly Parser<Expr> Chain =
        from first in Operand
        from rest in Rest
        select Operations.Fold(first, rest);

    private static Parser<T> Tight<T>(Parser<T> parser) => input => ((LaidOutInput)input).AfterBlank ? Expected<T>(input, Expectation.Expression) : parser(input);
}
