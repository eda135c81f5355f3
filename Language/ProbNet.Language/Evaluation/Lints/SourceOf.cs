using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>What arithmetic leaves of what is known about where values lie.</summary>
internal static class SourceOf
{
    /// <summary>The source of the result of a binary operator.</summary>
    public static ValueSource? Arithmetic(Binary binary, Value.TensorOf l, Value.TensorOf r)
    {
        var op = binary.Operator;
        if (op is not (BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.MatMul)) return null;
        var (left, right) = (l.Source?.Elements, r.Source?.Elements);
        if (left is not null && right is not null && left.Site == right.Site) return null;
        // Added to or multiplied by what does not depend on it, a value of both signs and any size stays one.
        if (left is { IsReal: true } && r.Literal != 0 && !Mentions(binary.Right, left)) return left with { IsDraw = false };
        if (right is { IsReal: true } && op != BinaryOperator.Divide && l.Literal != 0 && !Mentions(binary.Left, right)) return right with { IsDraw = false };
        // A positive multiple of a value from 0 upwards is one.
        if (left is { Low: 0, High: double.PositiveInfinity } && op is BinaryOperator.Multiply or BinaryOperator.Divide && r.Literal > 0) return left with { IsDraw = false };
        if (right is { Low: 0, High: double.PositiveInfinity } && op == BinaryOperator.Multiply && l.Literal > 0) return right with { IsDraw = false };
        return op == BinaryOperator.Subtract && l.Literal == 1 && right is { IsProbability: true } ? right with { IsDraw = false } : null;
    }

    /// <summary>The source of a negated value.</summary>
    public static ValueSource? Negated(ValueSource? source) => source?.Elements is { IsReal: true } real ? real with { IsDraw = false } : null;

    /// <summary>The source of a part of a tensor that keeps its last axes, or does not.</summary>
    public static ValueSource? Part(ValueSource? source, bool keepsEvents) => keepsEvents ? source : source?.Elements;

    private static bool Mentions(Expr expression, ValueSource source) => expression switch
    {
        IntLiteral or FloatLiteral => false,
        _ => source.Binding is { } name && Elaboration.Mentions.Names(expression).Any(n => n.Identifier == name),
    };
}
