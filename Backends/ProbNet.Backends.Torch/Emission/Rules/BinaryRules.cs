using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Functions of two operands.</summary>
internal static class BinaryRules
{
    public static EmitRule[] Rows =>
    [
        Infix(OpCode.Add, "+"),
        Infix(OpCode.Sub, "-"),
        Infix(OpCode.Mul, "*"),
        Infix(OpCode.Div, "/"),
        new(OpCode.Pow, static (_, x, _) => $"torch.pow({x[0]}, {x[1]})"),
        new(OpCode.Max, static (_, x, _) => $"torch.maximum({x[0]}, {x[1]})"),
        new(OpCode.Min, static (_, x, _) => $"torch.minimum({x[0]}, {x[1]})"),
    ];

    private static EmitRule Infix(OpCode op, string symbol) => new(op, (_, x, _) => $"{x[0]} {symbol} {x[1]}");
}
