using static ProbNet.Graph.Elementwise;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the elementwise primitives of two numeric operands.</summary>
internal static class BinaryOps
{
    private static readonly (double, double)[] Ordinary = [(0.5, 2), (-2, 0.7), (3, -1.1), (1e-3, 50), (-0.2, -0.9)];

    public static OpRule[] Rows =>
    [
        Binary(OpCode.Add, (x, y) => x + y, ((_, g) => g, (_, g) => g), Ordinary, (x, y) => unchecked(x + y), SimplifyAdd),
        Binary(OpCode.Sub, (x, y) => x - y, ((_, g) => g, (_, g) => -g), Ordinary, (x, y) => unchecked(x - y), SimplifySub),
        Binary(OpCode.Mul, (x, y) => x * y, ((n, g) => g * n.Inputs[1], (n, g) => g * n.Inputs[0]), Ordinary, (x, y) => unchecked(x * y), SimplifyMul),
        Binary(OpCode.Div, (x, y) => x / y, ((n, g) => g / n.Inputs[1], (n, g) => -(g * n / n.Inputs[1])), Ordinary, null, SimplifyDiv),
        Binary(OpCode.Pow, Math.Pow, (PowBase, PowExponent), [(0.5, 2), (2, 0.7), (3, -1.1), (1.5, 0), (0.04, 3)], null, SimplifyPow),
        // A tie passes its whole cotangent to the second operand, so that relu(x) = max(x, 0) has slope 0 at 0.
        Binary(OpCode.Max, Math.Max, ((n, g) => Chosen(Less(n.Inputs[1], n.Inputs[0]), g, true), (n, g) => Chosen(Less(n.Inputs[1], n.Inputs[0]), g, false)),
            Ordinary, Math.Max, Idempotent),
        Binary(OpCode.Min, Math.Min, ((n, g) => Chosen(Less(n.Inputs[0], n.Inputs[1]), g, true), (n, g) => Chosen(Less(n.Inputs[0], n.Inputs[1]), g, false)),
            Ordinary, Math.Min, Idempotent),
    ];

    private static Tensor Chosen(Tensor condition, Tensor g, bool chosen) => Masked.WithZeros(condition, g, chosen);

    // y x^(y-1); the derivative of x^0 is 0 at x = 0 too, where 0 * 0^-1 would be NaN.
    private static Tensor PowBase(Tensor node, Tensor g)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        return Select(And(Equal(y, Like(y, 0)), Equal(x, Like(x, 0))), Like(y, 0), g * y * Pow(x, y - 1));
    }

    // x^y log x; at x = 0 the derivative is 0 for y > 0, where 0 * -inf would be NaN.
    private static Tensor PowExponent(Tensor node, Tensor g)
    {
        var x = node.Inputs[0];
        var zero = Equal(x, Like(x, 0));
        return Select(zero, Like(x, 0), g * node * Log(Select(zero, Like(x, 1), x)));
    }

    private static Tensor? SimplifyAdd(Tensor node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        if (Match.IsZero(y)) return x;
        if (Match.IsZero(x)) return y;
        if (y.Op == OpCode.Neg) return x - y.Inputs[0];
        return x.Op == OpCode.Neg ? y - x.Inputs[0] : null;
    }

    private static Tensor? SimplifySub(Tensor node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        if (Match.IsZero(y)) return x;
        if (Match.IsZero(x)) return -y;
        return y.Op == OpCode.Neg ? x + y.Inputs[0] : null;
    }

    private static Tensor? SimplifyMul(Tensor node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        // A constant factor goes second, where the rules of other rows look for it.
        if (Match.Uniform(x) is not null) return Match.Uniform(y) is null ? y * x : null;
        if (Match.Is(y, 1)) return x;
        if (Match.Is(y, -1)) return -x;
        if (x.Op != OpCode.Neg) return y.Op == OpCode.Neg ? -(x * y.Inputs[0]) : null;
        if (y.Op == OpCode.Neg) return x.Inputs[0] * y.Inputs[0];
        return x.DType.IsFloat() && Match.Uniform(y) is { } c ? x.Inputs[0] * -c : -(x.Inputs[0] * y);
    }

    private static Tensor? SimplifyDiv(Tensor node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        if (x.Op == OpCode.Neg && y.Op == OpCode.Neg) return x.Inputs[0] / y.Inputs[0];
        if (Match.Uniform(y) is not { } c) return null;
        if (c == 1) return x;
        // The reciprocal of a power of two is exact and the product rounds as the quotient does, also where it underflows.
        return Math.ILogB(c) is > -120 and < 120 && Math.Abs(c) == Math.ScaleB(1, Math.ILogB(c)) ? x * (1 / c) : null;
    }

    private static Tensor? SimplifyPow(Tensor node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        return Match.Uniform(y) switch
        {
            0 => OnesLike(x),
            1 => x,
            2 => x * x,
            -1 => 1 / x,
            _ => null,
        };
    }

    private static Tensor? Idempotent(Tensor node) => ReferenceEquals(node.Inputs[0], node.Inputs[1]) ? node.Inputs[0] : null;
}
