using System.Globalization;
using System.Text;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli.Explain;

/// <summary>A syntax tree as nested parentheses: what the parser understood, with precedence and application made plain.</summary>
internal static class SyntaxText
{
    private const int Width = 100;

    /// <summary>The tree of a program.</summary>
    public static string Of(Language.Syntax.Program program) => Layout(new("module", [new(program.Module ?? "_"), .. program.Declarations.Select(Tree)]), 0) + "\n";

    private sealed record Node(string Label, params IReadOnlyList<Node> Children)
    {
        public override string ToString() => Children.Count == 0 ? Label : $"({Label} {string.Join(' ', Children)})";
    }

    // On one line where it fits, else the children below each other.
    private static string Layout(Node node, int indent)
    {
        var line = node.ToString();
        if (node.Children.Count == 0 || indent + line.Length <= Width) return line;
        var text = new StringBuilder().Append('(').Append(node.Label);
        // Names that come first stay on the line.
        var names = node.Children.TakeWhile(c => c.Children.Count == 0).Count();
        if (names == node.Children.Count) names = 1;
        foreach (var name in node.Children.Take(names)) text.Append(' ').Append(name.Label);
        foreach (var child in node.Children.Skip(names)) text.Append('\n').Append(' ', indent + 2).Append(Layout(child, indent + 2));
        return text.Append(')').ToString();
    }

    private static Node Tree(Declaration declaration) => declaration switch
    {
        Declaration.Open d => new("open", new Node(d.Module)),
        Declaration.Let d => Tree(d.Binding),
        Declaration.Model d => new("model", [new(d.Name), .. d.Dims.Select(n => new Node($"[{n}]")), .. d.Parameters.Select(Tree), Tree(d.Body)]),
        Declaration.Guide d => new("guide", [new(d.Name), .. d.Clauses.Select(c => c.Selector is null ? Tree(c.Family) : new Node("on", Tree(c.Family), Text(c.Selector)))]),
        Declaration.GuideProgram d => new("guide", [new(d.Name), new("for", new Node(d.ModelName)), .. d.Parameters.Select(Tree), Tree(d.Body)]),
        Declaration.Infer d => new("infer", new Node(d.Name), Tree(d.Algorithm)),
        Declaration.Data d => new("data", new Node(d.Name), Tree(d.DataSource)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Tree(LetBinding binding) => new("let", [Tree(binding.Pattern), .. binding.Parameters.Select(Tree), Tree(binding.Body)]);

    private static Node Tree(Statement statement) => statement switch
    {
        Statement.LetBang s => new("let!", Tree(s.Pattern), Tree(s.Value)),
        Statement.Let s => Tree(s.Binding),
        Statement.DoBang s => new("do!", Tree(s.Value)),
        Statement.Return s => new("return", Tree(s.Value)),
        Statement.ReturnBang s => new("return!", Tree(s.Value)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Tree(Parameter parameter) =>
        parameter.Type is not { } type ? Tree(parameter.Pattern)
        : parameter.Default is { } value ? new(":", Tree(parameter.Pattern), Tree(type), new Node("=", Tree(value)))
        : new(":", Tree(parameter.Pattern), Tree(type));

    private static Node Tree(Pattern pattern) => pattern switch
    {
        Pattern.Variable p => new(p.Name),
        Pattern.Wildcard => new("_"),
        Pattern.Tuple p => new(",", [.. p.Items.Select(Tree)]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Tree(TypeExpr type) => type switch
    {
        TypeExpr.Tensor t => new($"{t.Element}{(t.Bound is { } b ? $"<{Tree(b)}>" : "")}{(t.Dims.IsEmpty ? "" : $"[{string.Join(", ", t.Dims.Map(Tree))}]")}"),
        TypeExpr.List l => new(l.Length is { } length ? $"list[{Tree(length)}]" : "list"),
        TypeExpr.Text => new("string"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Tree(Expr expression) => expression switch
    {
        IntLiteral e => new(e.Value.ToString(CultureInfo.InvariantCulture)),
        FloatLiteral e => new(e.Value.ToString("R", CultureInfo.InvariantCulture) is var s && s.AsSpan().ContainsAny(".EN∞") ? s : s + ".0"),
        StringLiteral e => Text(e.Value),
        BoolLiteral e => new(e.Value ? "true" : "false"),
        UnitLiteral => new("()"),
        Name e => new(e.Identifier),
        Apply e => new("apply", [Tree(e.Function), .. e.Arguments.Select(Tree)]),
        Unary e => new(e.Operator == UnaryOperator.Not ? "not" : "negate", Tree(e.Operand)),
        Binary e => new(Symbol(e.Operator), Tree(e.Left), Tree(e.Right)),
        Lambda e => new("fun", [.. e.Parameters.Select(Tree), Tree(e.Body)]),
        If e => new("if", Tree(e.Condition), Tree(e.Then), Tree(e.Else)),
        ListLiteral e => e.Items.IsEmpty ? new("[]") : new("list", [.. e.Items.Select(Tree)]),
        RangeLiteral e => new("..", Tree(e.From), Tree(e.To)),
        TupleLiteral e => new(",", [.. e.Items.Select(Tree)]),
        RecordLiteral e => new("record", [.. e.Fields.Select(f => new Node("=", new Node(f.Name), Tree(f.Value)))]),
        Language.Syntax.Index e => new("index", [Tree(e.Target), .. e.Items.Select(Tree)]),
        Member e => new("field", Tree(e.Target), new Node(e.Field)),
        Block e => new("block", [.. e.Bindings.Select(Tree), Tree(e.Result)]),
        Prob e => new("prob", [.. e.Statements.Select(Tree)]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Tree(IndexItem item) => item switch
    {
        IndexItem.At i => Tree(i.Value),
        IndexItem.All => new("*"),
        IndexItem.Range i => new("..", i.From is null ? new("_") : Tree(i.From), i.To is null ? new("_") : Tree(i.To)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Node Text(string value) => new($"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"");

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Pipe => "|>",
        BinaryOperator.Compose => ">>",
        BinaryOperator.ComposeProb => ">=>",
        BinaryOperator.Or => "||",
        BinaryOperator.And => "&&",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.MatMul => "@",
        BinaryOperator.Power => "**",
    };
}
