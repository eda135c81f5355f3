using static ProbNet.Graph.Elementwise;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the elementwise primitives of one numeric operand.</summary>
internal static class UnaryOps
{
    private static readonly double TwoOverRootPi = 2 / Math.Sqrt(Math.PI);

    public static OpRule[] Rows =>
    [
        Unary(OpCode.Neg, x => -x, (x, _) => Full(x.DType, x.Shape, -1), [0.5, -2, 3], x => unchecked(-x), SimplifyNeg) with
        {
            Vjp = static (_, g) => [Masked.Chain(g, h => -h)],
        },
        Unary(OpCode.Abs, Math.Abs, (x, _) => Sign(x), [0.5, -2, 3, -1e-3], x => x == long.MinValue ? x : Math.Abs(x), node =>
            node.Inputs[0].Op is OpCode.Abs ? node.Inputs[0] : node.Inputs[0].Op is OpCode.Neg ? Abs(node.Inputs[0].Inputs[0]) : null),
        Unary(OpCode.Sign, x => x > 0 ? 1 : x < 0 ? -1 : x, null, [0.5, -2, 3], x => Math.Sign(x)),
        Unary(OpCode.Floor, Math.Floor, null, [0.5, -2.25, 3.75]),
        Unary(OpCode.Exp, Math.Exp, (_, y) => y, [0.5, -2, 3, 1e-9, -30]),
        Unary(OpCode.Expm1, SpecialFunctions.Expm1, (_, y) => y + 1, [0.5, -2, 3, 1e-12, -1e-5]),
        Unary(OpCode.Log, Math.Log, (x, _) => 1 / x, [0.5, 2, 3, 0.02, 40]),
        Unary(OpCode.Log1p, SpecialFunctions.Log1p, (x, _) => 1 / (x + 1), [-0.5, 2, 1e-12, 30, -1e-5]),
        Unary(OpCode.Sqrt, Math.Sqrt, (_, y) => 0.5 / y, [0.5, 2, 9, 0.02]),
        Unary(OpCode.Tanh, Math.Tanh, (_, y) => 1 - y * y, [0.5, -2, 1e-9, 0.01]),
        Unary(OpCode.Sigmoid, SpecialFunctions.Sigmoid, (_, y) => y * (1 - y), [0.5, -2, 3, -8, 1e-9]),
        Unary(OpCode.Softplus, SpecialFunctions.Softplus, (x, _) => Sigmoid(x), [0.5, -2, 3, -20, 20]),
        Unary(OpCode.Sin, Math.Sin, (x, _) => Cos(x), [0.5, -2, 3, 11]),
        Unary(OpCode.Cos, Math.Cos, (x, _) => -Sin(x), [0.5, -2, 3, 11]),
        Unary(OpCode.Atan, Math.Atan, (x, _) => 1 / (x * x + 1), [0.5, -2, 1e-9, 30]),
        Unary(OpCode.Erfcx, SpecialFunctions.Erfcx, (x, y) => 2 * (x * y) - TwoOverRootPi, [0.5, -1.2, 0.01, 3, 20]),
        Unary(OpCode.Erf, SpecialFunctions.Erf, (x, _) => TwoOverRootPi * Exp(-(x * x)), [0.5, -2, 0.01, 1.7]),
        Unary(OpCode.ErfInv, SpecialFunctions.ErfInv, (_, y) => 1 / TwoOverRootPi * Exp(y * y), [0.5, -0.2, 0.01, 0.95, -0.7]),
        Unary(OpCode.Lgamma, SpecialFunctions.Lgamma, (x, _) => Digamma(x), [0.5, 2.5, 30, 1, 2, -0.3, -2.6]),
        Polygamma,
    ];

    private static OpRule Polygamma
    {
        get
        {
            var row = Unary(OpCode.Polygamma, _ => 0, null, [0.5, 2.5, 30, 1.1, -0.3, -2.6]);
            return row with
            {
                Infer = static (x, a) =>
                {
                    var order = Require.Attribute<Attributes.Order>(OpCode.Polygamma, a).Value;
                    Require.That(OpCode.Polygamma, order >= 0, $"order {order} is negative");
                    return SameAsFirst(OpCode.Polygamma, x, 1, Takes.Floats);
                },
                Evaluate = static (node, x) =>
                {
                    var order = ((Attributes.Order)node.Attributes).Value;
                    return HostArrays.Map(x[0], v => SpecialFunctions.Polygamma(order, v));
                },
                Vjp = static (node, g) =>
                [
                    Masked.Chain(g, h => h * TensorMath.Polygamma(((Attributes.Order)node.Attributes).Value + 1, node.Inputs[0])),
                ],
                Samples = type =>
                    from order in new[] { 0, 1, 2 }
                    from sample in row.Samples(type)
                    select sample with { Attributes = new Attributes.Order(order), Differentiable = sample.Operands[0].Equals(row.Samples(type).First().Operands[0]) },
            };
        }
    }

    // -(a - b) = b - a differs only in the sign of a zero.
    private static Tensor? SimplifyNeg(Tensor node)
    {
        var x = node.Inputs[0];
        if (x.Op == OpCode.Neg) return x.Inputs[0];
        if (x.Op == OpCode.Sub) return x.Inputs[1] - x.Inputs[0];
        if (x.Op == OpCode.Mul && x.DType.IsFloat() && Match.Uniform(x.Inputs[1]) is { } c) return x.Inputs[0] * -c;
        return null;
    }
}
