using System.Globalization;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

/// <summary>Syntax as fully bracketed prefix text, so that tests can state how something groups.</summary>
internal static class Sexp
{
    public static string Of(Expr expression) => expression switch
    {
        IntLiteral i => i.Value.ToString(CultureInfo.InvariantCulture),
        FloatLiteral f => f.Value.ToString("0.0###############", CultureInfo.InvariantCulture),
        StringLiteral s => $"\"{s.Value}\"",
        BoolLiteral b => b.Value ? "true" : "false",
        UnitLiteral => "unit",
        Name n => n.Identifier,
        Apply a => $"({Of(a.Function)} {string.Join(" ", a.Arguments.Select(Of))})",
        Unary u => $"({(u.Operator == UnaryOperator.Negate ? "neg" : "not")} {Of(u.Operand)})",
        Binary b => $"({Operators.Symbol(b.Operator)} {Of(b.Left)} {Of(b.Right)})",
        Lambda l => $"(fun ({string.Join(" ", l.Parameters.Select(Of))}) {Of(l.Body)})",
        If i => $"(if {Of(i.Condition)} {Of(i.Then)} {Of(i.Else)})",
        ListLiteral l => $"[{string.Join(" ", l.Items.Select(Of))}]",
        RangeLiteral r => $"[{Of(r.From)} .. {Of(r.To)}]",
        TupleLiteral t => $"(tuple {string.Join(" ", t.Items.Select(Of))})",
        RecordLiteral r => $"{{{string.Join(" ", r.Fields.Select(f => $"{f.Name}={Of(f.Value)}"))}}}",
        Language.Syntax.Index i => $"(at {Of(i.Target)} {string.Join(" ", i.Items.Select(Of))})",
        Member m => $"(get {Of(m.Target)} {m.Field})",
        Block b => $"(block {string.Join(" ", b.Bindings.Select(Of))} {Of(b.Result)})",
        Prob p => $"(prob {string.Join(" ", p.Statements.Select(Of))})",
        _ => throw new ArgumentException(expression.GetType().Name),
    };

    public static string Of(Statement statement) => statement switch
    {
        Statement.LetBang l => $"(let! {Of(l.Pattern)} {Of(l.Value)})",
        Statement.Let l => Of(l.Binding),
        Statement.DoBang d => $"(do! {Of(d.Value)})",
        Statement.Return r => $"(return {Of(r.Value)})",
        Statement.ReturnBang r => $"(return! {Of(r.Value)})",
        _ => throw new ArgumentException(statement.GetType().Name),
    };

    public static string Of(LetBinding binding) =>
        $"(let {string.Join(" ", [Of(binding.Pattern), .. binding.Parameters.Select(Of)])} {Of(binding.Body)})";

    public static string Of(Parameter parameter) =>
        (parameter.Type is { } type ? $"{Of(parameter.Pattern)}:{Of(type)}" : Of(parameter.Pattern)) + (parameter.Default is { } value ? $"={Of(value)}" : "");

    public static string Of(Pattern pattern) => pattern switch
    {
        Pattern.Variable v => v.Name,
        Pattern.Wildcard => "_",
        Pattern.Tuple t => $"(tuple {string.Join(" ", t.Items.Select(Of))})",
        _ => throw new ArgumentException(pattern.GetType().Name),
    };

    public static string Of(TypeExpr type) => type switch
    {
        TypeExpr.Tensor t => t.Element + (t.Bound is { } bound ? $"<{Of(bound)}>" : "") + (t.Dims.IsEmpty ? "" : $"[{string.Join(" ", t.Dims.Select(Of))}]"),
        TypeExpr.List l => l.Length is { } length ? $"list[{Of(length)}]" : "list",
        TypeExpr.Text => "string",
        _ => throw new ArgumentException(type.GetType().Name),
    };

    public static string Of(Declaration declaration) => declaration switch
    {
        Declaration.Open o => $"(open {o.Module})",
        Declaration.Let l => Of(l.Binding),
        Declaration.Model m => $"(model {m.Name} [{string.Join(" ", m.Dims)}] ({string.Join(" ", m.Parameters.Select(Of))}) {Of(m.Body)})",
        Declaration.Guide g => $"(guide {g.Name} {string.Join(" ", g.Clauses.Select(c => c.Selector is null ? Of(c.Family) : $"(on \"{c.Selector}\" {Of(c.Family)})"))})",
        Declaration.GuideProgram g => $"(guide {g.Name} for {g.ModelName} ({string.Join(" ", g.Parameters.Select(Of))}) {Of(g.Body)})",
        Declaration.Infer i => $"(infer {i.Name} {Of(i.Algorithm)})",
        Declaration.Data d => $"(data {d.Name} {Of(d.DataSource)})",
        _ => throw new ArgumentException(declaration.GetType().Name),
    };

    private static string Of(IndexItem item) => item switch
    {
        IndexItem.All => "*",
        IndexItem.At a => Of(a.Value),
        IndexItem.Range r => $"{(r.From is null ? "" : Of(r.From))}..{(r.To is null ? "" : Of(r.To))}",
        _ => throw new ArgumentException(item.GetType().Name),
    };
}
