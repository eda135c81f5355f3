namespace ProbNet.Language.Syntax;

/// <summary>The parts of syntax trees, for analyses that treat all forms alike.</summary>
public static class AstWalk
{
    /// <summary>The expressions directly inside one, in source order, those in its bindings, statements and types included.</summary>
    public static IEnumerable<Expr> Children(Expr expression) => expression.Kind switch
    {
        ExprKind.Int or ExprKind.Float or ExprKind.String or ExprKind.Bool or ExprKind.Unit or ExprKind.Name => [],
        ExprKind.Apply when expression is Apply a => [a.Function, .. a.Arguments],
        ExprKind.Unary when expression is Unary u => [u.Operand],
        ExprKind.Binary when expression is Binary b => [b.Left, b.Right],
        ExprKind.Lambda when expression is Lambda l => [.. l.Parameters.SelectMany(Expressions), l.Body],
        ExprKind.If when expression is If i => [i.Condition, i.Then, i.Else],
        ExprKind.List when expression is ListLiteral l => l.Items,
        ExprKind.Range when expression is RangeLiteral r => [r.From, r.To],
        ExprKind.Tuple when expression is TupleLiteral t => t.Items,
        ExprKind.Record when expression is RecordLiteral r => r.Fields.Select(f => f.Value),
        ExprKind.Index when expression is Index i => [i.Target, .. i.Items.SelectMany(Expressions)],
        ExprKind.Member when expression is Member m => [m.Target],
        ExprKind.Block when expression is Block b => [.. b.Bindings.SelectMany(Expressions), b.Result],
        ExprKind.Prob when expression is Prob p => p.Statements.SelectMany(Expressions),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The expressions directly inside a declaration, in source order.</summary>
    public static IEnumerable<Expr> Expressions(Declaration declaration) => declaration switch
    {
        Declaration.Let l => Expressions(l.Binding),
        Declaration.Model m => [.. m.Parameters.SelectMany(Expressions), m.Body],
        Declaration.Guide g => g.Clauses.Select(c => c.Family),
        Declaration.GuideProgram g => [.. g.Parameters.SelectMany(Expressions), g.Body],
        Declaration.Infer i => [i.Algorithm],
        Declaration.Data d => [d.DataSource],
        _ => [],
    };

    private static IEnumerable<Expr> Expressions(Statement statement) => statement switch
    {
        Statement.LetBang l => [l.Value],
        Statement.Let l => Expressions(l.Binding),
        Statement.DoBang d => [d.Value],
        Statement.Return r => [r.Value],
        Statement.ReturnBang r => [r.Value],
        _ => [],
    };

    /// <summary>The expressions directly inside a definition, in source order, its written types included.</summary>
    public static IEnumerable<Expr> Expressions(LetBinding binding) => [.. binding.Parameters.SelectMany(Expressions), binding.Body];

    private static IEnumerable<Expr> Expressions(Parameter parameter) => parameter.Default is { } value ? Types(parameter).Append(value) : Types(parameter);

    private static IEnumerable<Expr> Types(Parameter parameter) => parameter.Type switch
    {
        TypeExpr.Tensor { Bound: { } bound } t => [bound, .. t.Dims],
        TypeExpr.Tensor t => t.Dims,
        TypeExpr.List { Length: { } length } => [length],
        _ => [],
    };

    private static IEnumerable<Expr> Expressions(IndexItem item) => item switch
    {
        IndexItem.At a => [a.Value],
        IndexItem.Range { From: { } from, To: { } to } => [from, to],
        IndexItem.Range { From: { } from } => [from],
        IndexItem.Range { To: { } to } => [to],
        _ => [],
    };
}
