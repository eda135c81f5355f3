using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>The meaning of operators and conditionals.</summary>
internal static class Operators
{
    public static Value Unary(Evaluator evaluator, Unary unary, Value operand)
    {
        if (unary.Operator == UnaryOperator.Not)
        {
            if (operand is Value.Truth truth) return new Value.Truth(!truth.Value_);
            if (Coerce.Tensor(evaluator, operand, unary.Operand.Span) is not { } condition) return Value.Unknown.It;
            if (condition.Element != ElementType.Bool) return evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, unary.Operand.Span, $"`not` needs a truth value, but this is {condition.Describe()}");
            return evaluator.Trace.Emit(ElementType.Bool, condition.Axes, unary.Span, () => Not(condition.Node!));
        }
        if (operand is Value.Static { Number: var number }) return new Value.Static(Dim.Of(-1) * number, unary.Span) { Rounded = ((Value.Static)operand).Rounded };
        if (Coerce.Tensor(evaluator, operand, unary.Operand.Span) is not { } tensor) return Value.Unknown.It;
        if (tensor.Element == ElementType.Bool) return Coerce.ToReal(evaluator, tensor, unary.Operand.Span) ?? (Value)Value.Unknown.It;
        return tensor.Literal is { } literal ? evaluator.Trace.Real(-literal) : evaluator.Trace.Emit(tensor.Element, tensor.Axes, unary.Span, () => -tensor.Node!) with { Source = SourceOf.Negated(tensor.Source) };
    }

    public static Value Binary(Evaluator evaluator, Binary binary, Value left, Value right)
    {
        if (left.IsUnknown || right.IsUnknown) return Value.Unknown.It;
        if (left is Value.Static a && right is Value.Static b && StaticBinary(evaluator, binary, a, b) is { } known) return known;
        if ((left, right) is (Value.Truth { Value_: var x }, Value.Truth { Value_: var y }) && binary.Operator is BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Equal or BinaryOperator.NotEqual)
        {
            return new Value.Truth(binary.Operator switch { BinaryOperator.And => x && y, BinaryOperator.Or => x || y, BinaryOperator.Equal => x == y, _ => x != y });
        }
        if ((left, right) is (Value.Text { Value_: var first }, Value.Text { Value_: var second }) && binary.Operator is BinaryOperator.Add or BinaryOperator.Equal or BinaryOperator.NotEqual)
            return binary.Operator == BinaryOperator.Add ? first.Length + second.Length <= Indexing.LongestRange ? new Value.Text(first + second)
                : evaluator.Trace.Report.Fail(CheckerCodes.BadSize, binary.Span, $"a string of {first.Length + second.Length} characters is too long", "strings are for names and choices") : new Value.Truth((first == second) == (binary.Operator == BinaryOperator.Equal));
        if (left is Value.List head && right is Value.List tail) return Lists(evaluator, binary, head, tail);
        if (left is not Value.Static { Rounded: true } && right is not Value.Static { Rounded: true } && Literal(left) is { } u && Literal(right) is { } v && StaticReal(evaluator, binary.Operator, u, v) is { } folded) return folded;
        // An integer beside a real number is a real constant, not one to be converted in the graph.
        if (left is Value.Static { Number.Constant: { } whole } && right is Value.TensorOf { Element: ElementType.Real }) left = evaluator.Trace.Real(whole);
        if (right is Value.Static { Number.Constant: { } integer } && left is Value.TensorOf { Element: ElementType.Real }) right = evaluator.Trace.Real(integer);
        // A list and a number, or the like, is told once for the side that is wrong.
        if (Coerce.Tensor(evaluator, left, binary.Left.Span) is not { } l || Coerce.Tensor(evaluator, right, binary.Right.Span) is not { } r) return Value.Unknown.It;
        var result = binary.Operator == BinaryOperator.MatMul ? MatrixProduct.Evaluate(evaluator, binary, l, r) : Elementwise(evaluator, binary, l, r);
        return evaluator.Trace.Report.Warns && result is Value.TensorOf tensor && SourceOf.Arithmetic(binary, l, r) is { } source ? tensor with { Source = source } : result;
    }

    /// <summary>A function of two tensors, elementwise over their broadcast; integers are converted where the other side is real.</summary>
    public static Value Elementwise(Evaluator evaluator, SourceSpan span, string operation, Value.TensorOf l, SourceSpan leftSpan, Value.TensorOf r, SourceSpan rightSpan, ElementType? result, Func<Tensor, Tensor, Tensor> build)
    {
        if (l.Element != r.Element || (l.Element == ElementType.Int && result is null))
        {
            if (Coerce.ToReal(evaluator, l, leftSpan) is not { } realLeft || Coerce.ToReal(evaluator, r, rightSpan) is not { } realRight) return Value.Unknown.It;
            (l, r) = (realLeft, realRight);
        }
        if (Shapes.Broadcast(l.Axes, r.Axes) is not { } axes)
        {
            Shapes.FailBroadcast(evaluator, span, operation, l, leftSpan, r, rightSpan);
            return Value.Unknown.It;
        }
        BroadcastLint.Check(evaluator.Trace.Report, span, operation, l, leftSpan, r, rightSpan);
        return evaluator.Trace.Emit(result ?? l.Element, axes, span, () => build(l.Node!, r.Node!));
    }

    public static Value If(Evaluator evaluator, If choice, Scope scope)
    {
        var condition = evaluator.Evaluate(choice.Condition, scope);
        if (condition is Value.Truth { Value_: var truth }) return evaluator.Evaluate(truth ? choice.Then : choice.Else, scope);
        var (then, otherwise) = (evaluator.Evaluate(choice.Then, scope), evaluator.Evaluate(choice.Else, scope));
        if (Coerce.Tensor(evaluator, condition, choice.Condition.Span) is not { } c) return Value.Unknown.It;
        if (c.Element != ElementType.Bool)
            return evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, choice.Condition.Span, $"a condition must be a truth value, but this is {c.Describe()}", "compare it with something, e.g. x > 0.0");
        if (Coerce.Tensor(evaluator, then, choice.Then.Span) is not { } x || Coerce.Tensor(evaluator, otherwise, choice.Else.Span) is not { } y) return Value.Unknown.It;
        if (x.Element != y.Element)
        {
            if (Coerce.ToReal(evaluator, x, choice.Then.Span) is not { } realX || Coerce.ToReal(evaluator, y, choice.Else.Span) is not { } realY) return Value.Unknown.It;
            (x, y) = (realX, realY);
        }
        if (Shapes.Broadcast(x.Axes, y.Axes) is not { } branches)
        {
            Shapes.FailBroadcast(evaluator, choice.Span, "`if`", x, choice.Then.Span, y, choice.Else.Span);
            return Value.Unknown.It;
        }
        if (Shapes.Broadcast(c.Axes, branches) is not { } axes)
        {
            Shapes.FailBroadcast(evaluator, choice.Span, "`if`", c, choice.Condition.Span, x with { Axes = branches }, choice.Then.Span);
            return Value.Unknown.It;
        }
        return evaluator.Trace.Emit(x.Element, axes, choice.Span, () => Select(c.Node!, x.Node!, y.Node!));
    }

    private static Value Elementwise(Evaluator evaluator, Binary binary, Value.TensorOf l, Value.TensorOf r)
    {
        var logical = binary.Operator is BinaryOperator.And or BinaryOperator.Or;
        if (logical && (l.Element != ElementType.Bool || r.Element != ElementType.Bool))
        {
            var (wrong, span) = l.Element != ElementType.Bool ? (l, binary.Left.Span) : (r, binary.Right.Span);
            return evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"`{Symbol(binary.Operator)}` needs truth values, but this is {wrong.Describe()}");
        }
        ElementType? result = logical || IsComparison(binary.Operator) ? ElementType.Bool
            : l.Element == ElementType.Int && r.Element == ElementType.Int && binary.Operator is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply ? ElementType.Int
            : null;
        if (result is null or ElementType.Int && (l.Element == ElementType.Bool || r.Element == ElementType.Bool))
        {
            var (wrong, span) = l.Element == ElementType.Bool ? (l, binary.Left.Span) : (r, binary.Right.Span);
            if (wrong.Element == ElementType.Bool) return (Value?)Coerce.ToReal(evaluator, wrong, span) ?? Value.Unknown.It;
        }
        if (result == ElementType.Int && l.Element != r.Element) result = null;
        return Elementwise(evaluator, binary.Span, $"`{Symbol(binary.Operator)}`", l, binary.Left.Span, r, binary.Right.Span, result, (x, y) => Build(binary.Operator, x, y));
    }

    // As in F#, `@` joins lists.
    private static Value Lists(Evaluator evaluator, Binary binary, Value.List head, Value.List tail) =>
        binary.Operator == BinaryOperator.MatMul ? head.Items.Count + tail.Items.Count <= Indexing.LongestRange ? new Value.List(head.Items.AddRange(tail.Items))
            : evaluator.Trace.Report.Fail(CheckerCodes.BadSize, binary.Span, $"a list of {head.Items.Count + tail.Items.Count} items is too long", "lists are for layers and the like; data belongs in tensors") : evaluator.Trace.Report.Fail(
            CheckerCodes.WrongKind, binary.Span, $"`{Symbol(binary.Operator)}` does not go between two lists", binary.Operator == BinaryOperator.Add ? "`@` joins lists: [1; 2] @ [3]" : "use `map` for what is done to each item");

    // The number that a value is written as, where the program itself says it.
    private static double? Literal(Value value) => value switch
    {
        Value.TensorOf { Literal: { } real } => real,
        Value.Static { Number.Constant: { } whole } => whole,
        _ => null,
    };

    // Reals that the program states stay known under arithmetic and comparison, so that `if` can decide on them.
    private static Value? StaticReal(Evaluator evaluator, BinaryOperator op, double x, double y) => op switch
    {
        BinaryOperator.Add => evaluator.Trace.Real(x + y),
        BinaryOperator.Subtract => evaluator.Trace.Real(x - y),
        BinaryOperator.Multiply => evaluator.Trace.Real(x * y),
        BinaryOperator.Divide => evaluator.Trace.Real(x / y),
        BinaryOperator.Equal => new Value.Truth(x == y),
        BinaryOperator.NotEqual => new Value.Truth(x != y),
        BinaryOperator.Less => new Value.Truth(x < y),
        BinaryOperator.LessEqual => new Value.Truth(x <= y),
        BinaryOperator.Greater => new Value.Truth(x > y),
        BinaryOperator.GreaterEqual => new Value.Truth(x >= y),
        _ => null,
    };

    private static Value? StaticBinary(Evaluator evaluator, Binary binary, Value.Static a, Value.Static b)
    {
        var (x, y) = (a.Number, b.Number);
        Value Number(Dim value, bool rounded = false) => new Value.Static(value, binary.Span) { Rounded = rounded || a.Rounded || b.Rounded };
        switch (binary.Operator)
        {
            case BinaryOperator.Add: return Number(x + y);
            case BinaryOperator.Subtract: return Number(x - y);
            case BinaryOperator.Multiply: return Number(x * y);
            case BinaryOperator.Divide:
                if (y.Constant == 0) return evaluator.Trace.Report.Fail(CheckerCodes.BadSize, binary.Right.Span, "an integer is divided by zero");
                return Number(Dim.FloorDivide(x, y), Dim.Divide(x, y) is null);
            case BinaryOperator.Power when x.Constant is { } power && y.Constant is { } exponent and >= 0 and < 63 && Math.Pow(Math.Abs(power), exponent) < 9e15:
                return Number(Dim.Of((long)Math.Round(Math.Pow(power, exponent))));
            default:
                if (!IsComparison(binary.Operator)) return null;
                if ((x - y).Constant is not { } difference)
                    return evaluator.Trace.Report.Fail(CheckerCodes.NotStatic, binary.Span, $"whether {x} {Symbol(binary.Operator)} {y} depends on the data, and it must be known while checking");
                return new Value.Truth(binary.Operator switch
                {
                    BinaryOperator.Equal => difference == 0,
                    BinaryOperator.NotEqual => difference != 0,
                    BinaryOperator.Less => difference < 0,
                    BinaryOperator.LessEqual => difference <= 0,
                    BinaryOperator.Greater => difference > 0,
                    _ => difference >= 0,
                });
        }
    }

    private static bool IsComparison(BinaryOperator op) =>
        op is BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessEqual or BinaryOperator.Greater or BinaryOperator.GreaterEqual;

    private static Tensor Build(BinaryOperator op, Tensor x, Tensor y) => op switch
    {
        BinaryOperator.Or => Or(x, y),
        BinaryOperator.And => And(x, y),
        BinaryOperator.Equal => Equal(x, y),
        BinaryOperator.NotEqual => Not(Equal(x, y)),
        BinaryOperator.Less => Less(x, y),
        BinaryOperator.LessEqual => LessEqual(x, y),
        BinaryOperator.Greater => Less(y, x),
        BinaryOperator.GreaterEqual => LessEqual(y, x),
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        BinaryOperator.Divide => x / y,
        BinaryOperator.Power => Pow(x, y),
        BinaryOperator.MatMul or BinaryOperator.Pipe or BinaryOperator.Compose or BinaryOperator.ComposeProb => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Symbol(BinaryOperator op) => Syntax.Operators.Symbol(op);
}
