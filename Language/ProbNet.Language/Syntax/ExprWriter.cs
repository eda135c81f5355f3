using System.Globalization;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>
/// Writes expressions in canonical form. A function or a choice reaches as far right as it can, so it stands without parentheses only where nothing of the
/// same expression follows (<c>last</c> below).
/// </summary>
internal sealed class ExprWriter(StringBuilder output)
{
    private const int Step = 4;


    private int _indent;

    /// <summary><c>let pattern parameters = body</c>.</summary>
    public void Binding(LetBinding binding)
    {
        Head(binding);
        Body(binding.Body);
    }

    private void Head(LetBinding binding)
    {
        output.Append("let ");
        Write(binding.Pattern);
        foreach (var parameter in binding.Parameters)
        {
            output.Append(' ');
            Parameter(parameter);
        }
    }

    /// <summary><c> = body</c>, a block of definitions on lines of its own.</summary>
    public void Body(Expr body)
    {
        output.Append(" =");
        if (body is not Block block)
        {
            output.Append(' ');
            Inline(body);
            return;
        }
        _indent += Step;
        foreach (var binding in block.Bindings)
        {
            Line();
            Binding(binding);
        }
        Line();
        Chained(block.Result, 0, true);
        _indent -= Step;
    }

    private void Line() => output.Append('\n').Append(' ', _indent);

    /// <summary>An expression, or definitions and their result, on one line.</summary>
    public void Inline(Expr expression)
    {
        if (expression is not Block block)
        {
            Chained(expression, 0, true);
            return;
        }
        foreach (var binding in block.Bindings)
        {
            Head(binding);
            output.Append(" = ");
            Inline(binding.Body);
            output.Append(" in ");
        }
        Chained(block.Result, 0, true);
    }

    /// <summary>An application or anything that binds tighter.</summary>
    public void Application(Expr expression)
    {
        if (expression is not Apply apply)
        {
            Postfix(expression);
            return;
        }
        Postfix(apply.Function);
        foreach (var argument in apply.Arguments)
        {
            output.Append(' ');
            if (argument is Unary { Operator: UnaryOperator.Negate, Operand: var operand } && IsAtom(operand))
            {
                output.Append('-');
                Postfix(operand);
            }
            else Postfix(argument);
        }
    }

    // An operand in a chain: infix operators looser than `minimum` need parentheses.
    private void Chained(Expr expression, int minimum, bool last)
    {
        switch (expression)
        {
            case Binary binary when Operators.Level(binary.Operator) >= minimum:
                Chain(binary, minimum, last);
                break;
            case Unary unary:
                Prefixed(unary);
                break;
            case Lambda lambda when last:
                output.Append("fun");
                foreach (var parameter in lambda.Parameters)
                {
                    output.Append(' ');
                    Parameter(parameter);
                }
                output.Append(" -> ");
                Inline(lambda.Body);
                break;
            case If choice when last:
                Choice(choice);
                break;
            default:
                Application(expression);
                break;
        }
    }

    // Left operands nest as deep as a chain is long (and right ones of powers), so both are walked in loops.
    private void Chain(Binary binary, int minimum, bool last)
    {
        var spine = new Stack<Binary>();
        Expr head = binary;
        while (head is Binary left && Operators.Level(left.Operator) >= minimum)
        {
            spine.Push(left);
            minimum = Operators.Level(left.Operator) + (Operators.IsRightAssociative(left.Operator) ? 1 : 0);
            head = left.Left;
        }
        LeftOperand(head, spine.Peek(), minimum);
        while (spine.TryPop(out var next))
        {
            var right = next.Right;
            Sign(next);
            while (Operators.IsRightAssociative(next.Operator) && right is Binary tail && tail.Operator == next.Operator)
            {
                LeftOperand(tail.Left, tail, Operators.Level(tail.Operator) + 1);
                Sign(tail);
                right = tail.Right;
            }
            Chained(right, Operators.Level(next.Operator) + (Operators.IsRightAssociative(next.Operator) ? 0 : 1), last && spine.Count == 0);
        }
    }

    private void LeftOperand(Expr operand, Binary parent, int minimum)
    {
        // A prefix operator may not stand before a power without parentheses.
        if (operand is Unary && parent.Operator == BinaryOperator.Power) Parenthesised(operand);
        else Chained(operand, minimum, false);
    }

    private void Sign(Binary binary) => output.Append(' ').Append(Operators.Symbol(binary.Operator)).Append(' ');

    private void Prefixed(Unary unary)
    {
        Expr operand = unary;
        while (operand is Unary next)
        {
            output.Append(next.Operator == UnaryOperator.Negate ? "-" : "not ");
            operand = next.Operand;
        }
        Application(operand);
    }

    private void Choice(If choice)
    {
        output.Append("if ");
        while (true)
        {
            Chained(choice.Condition, 0, false);
            output.Append(" then ");
            Inline(choice.Then);
            if (choice.Else is not If next) break;
            output.Append(" elif ");
            choice = next;
        }
        output.Append(" else ");
        Inline(choice.Else);
    }

    private static bool IsAtom(Expr expression) => expression.Kind is not (ExprKind.Apply or ExprKind.Unary or ExprKind.Binary or ExprKind.Lambda or ExprKind.If or ExprKind.Block);

    // An atom, or accesses to one; anything looser in parentheses.
    private void Postfix(Expr expression)
    {
        var spine = new Stack<Expr>();
        while (expression is Index or Member)
        {
            spine.Push(expression);
            expression = expression is Index i ? i.Target : ((Member)expression).Target;
        }
        if (!IsAtom(expression) || (spine.TryPeek(out var first) && NeedsParentheses(expression, first))) Parenthesised(expression);
        else Atom(expression);
        while (spine.TryPop(out var access))
        {
            output.Append('.');
            if (access is Member member) output.Append(member.Field);
            else Items((Index)access);
        }
    }

    // `1.x` would begin a real number, and `Priors.x` is a qualified name.
    private static bool NeedsParentheses(Expr target, Expr access) => target switch
    {
        IntLiteral or FloatLiteral => true,
        Name name => access is Member && Scan.IsUpper(name.Identifier[name.Identifier.LastIndexOf('.') + 1]),
        _ => false,
    };

    private void Parenthesised(Expr expression)
    {
        output.Append('(');
        Inline(expression);
        output.Append(')');
    }

    private void Atom(Expr expression)
    {
        switch (expression)
        {
            case IntLiteral i:
                output.Append(i.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatLiteral f:
                output.Append(AstPrinter.Real(f.Value));
                break;
            case StringLiteral s:
                output.Append(AstPrinter.Quote(s.Value));
                break;
            case BoolLiteral b:
                output.Append(b.Value ? "true" : "false");
                break;
            case UnitLiteral:
                output.Append("()");
                break;
            case Name name:
                output.Append(name.Identifier);
                break;
            case ListLiteral list:
                Separated("[", list.Items, "; ", "]", item => Chained(item, 0, true));
                break;
            case RangeLiteral range:
                output.Append('[');
                Chained(range.From, 0, false);
                output.Append(" .. ");
                Chained(range.To, 0, true);
                output.Append(']');
                break;
            case TupleLiteral tuple:
                var ends = tuple.Items.Count - 1;
                var at = 0;
                Separated("(", tuple.Items, ", ", ")", item => Chained(item, 0, at++ == ends));
                break;
            case RecordLiteral { Fields.IsEmpty: true }:
                output.Append("{}");
                break;
            case RecordLiteral record:
                Separated("{ ", record.Fields, "; ", " }", field =>
                {
                    output.Append(field.Name).Append(" = ");
                    Chained(field.Value, 0, true);
                });
                break;
            case Prob prob:
                output.Append("prob {");
                _indent += Step;
                foreach (var statement in prob.Statements)
                {
                    Line();
                    Statement(statement);
                }
                _indent -= Step;
                Line();
                output.Append('}');
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Items(Index index) => Separated("[", index.Items, ", ", "]", item =>
    {
        switch (item)
        {
            case IndexItem.All:
                output.Append('*');
                break;
            case IndexItem.At position:
                Chained(position.Value, 0, false);
                break;
            case IndexItem.Range range:
                if (range.From is { } from)
                {
                    Chained(from, 0, false);
                    output.Append(' ');
                }
                output.Append("..");
                if (range.To is not { } to) break;
                output.Append(' ');
                Chained(to, 0, false);
                break;
        }
    });

    private void Separated<T>(string open, EqArray<T> items, string separator, string close, Action<T> write)
    {
        output.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.Append(separator);
            write(items[i]);
        }
        output.Append(close);
    }

    private void Statement(Statement statement)
    {
        switch (statement)
        {
            case Statement.LetBang draw:
                output.Append("let! ");
                Write(draw.Pattern);
                Body(draw.Value);
                break;
            case Statement.Let let:
                Binding(let.Binding);
                break;
            case Statement.DoBang effect:
                output.Append("do! ");
                Chained(effect.Value, 0, true);
                break;
            case Statement.Return result:
                output.Append("return ");
                Chained(result.Value, 0, true);
                break;
            case Statement.ReturnBang result:
                output.Append("return! ");
                Chained(result.Value, 0, true);
                break;
        }
    }

    private void Parameter(Parameter parameter)
    {
        if (parameter.Type is not { } type)
        {
            Write(parameter.Pattern);
            return;
        }
        output.Append('(');
        Write(parameter.Pattern);
        output.Append(" : ");
        Write(type);
        output.Append(')');
    }

    /// <summary>An expression after <c>=</c> in a list of parameters.</summary>
    public void Default(Expr expression)
    {
        output.Append(" = ");
        Chained(expression, 0, false);
    }

    /// <summary>A pattern, tuples in parentheses.</summary>
    public void Write(Pattern pattern)
    {
        switch (pattern)
        {
            case Pattern.Variable variable:
                output.Append(variable.Name);
                break;
            case Pattern.Wildcard:
                output.Append('_');
                break;
            case Pattern.Tuple tuple:
                Separated("(", tuple.Items, ", ", ")", Write);
                break;
        }
    }

    /// <summary>A written type.</summary>
    public void Write(TypeExpr type)
    {
        switch (type)
        {
            case TypeExpr.Tensor tensor:
                output.Append(tensor.Element);
                if (tensor.Bound is { } bound)
                {
                    output.Append('<');
                    Chained(bound, 0, false);
                    output.Append('>');
                }
                if (!tensor.Dims.IsEmpty) Separated("[", tensor.Dims, ", ", "]", dimension => Chained(dimension, 0, false));
                break;
            case TypeExpr.List list:
                output.Append("list");
                if (list.Length is not { } length) break;
                output.Append('[');
                Chained(length, 0, false);
                output.Append(']');
                break;
            case TypeExpr.Text:
                output.Append("string");
                break;
        }
    }
}
