using ProbNet.Graph;
using Sprache;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>An infix operator where it stands.</summary>
internal readonly record struct Operation(BinaryOperator Operator, SourceSpan Span);

/// <summary>Chains of infix operators, read flat and then grouped by how tightly each binds.</summary>
internal static class Operations
{
    /// <summary>An infix operator that satisfies <paramref name="allowed"/>.</summary>
    public static Parser<Operation> Of(Func<BinaryOperator, bool> allowed) => input =>
    {
        var at = (LaidOutInput)input;
        if (at.AtEnd || Lexical.OperatorAt(input) is not { } symbol || !Operators.TryBinary(symbol, out var op) || !allowed(op)) return Combinators.Expected<Operation>(input, "an operator");
        var end = at.Index + symbol.Length;
        return Sprache.Result.Success(new Operation(op, at.Text.Span(at.Index, end)), at.SkipTo(end));
    };

    /// <summary>
    /// Groups a chain by precedence and associativity with two explicit stacks (E. W. Dijkstra's shunting yard, Mathematisch Centrum report MR 35, 1961),
    /// so that neither its length nor its grouping costs stack depth.
    /// </summary>
    public static Expr Fold(Expr first, EqArray<(Operation Operation, Expr Operand)> rest)
    {
        if (rest.IsEmpty) return first;
        var operands = new Stack<Expr>([first]);
        var waiting = new Stack<Operation>();
        foreach (var (operation, operand) in rest)
        {
            while (waiting.TryPeek(out var top) && BindsFirst(top.Operator, operation.Operator)) Combine(operands, waiting);
            waiting.Push(operation);
            operands.Push(operand);
        }
        while (waiting.Count > 0) Combine(operands, waiting);
        return operands.Pop();
    }

    private static bool BindsFirst(BinaryOperator left, BinaryOperator right) =>
        Operators.Level(left) > Operators.Level(right) || (Operators.Level(left) == Operators.Level(right) && !Operators.IsRightAssociative(right));

    private static void Combine(Stack<Expr> operands, Stack<Operation> waiting)
    {
        var (operation, right, left) = (waiting.Pop(), operands.Pop(), operands.Pop());
        operands.Push(new Binary(operation.Operator, left, right) { Span = left.Span.To(right.Span), OperatorSpan = operation.Span });
    }
}
