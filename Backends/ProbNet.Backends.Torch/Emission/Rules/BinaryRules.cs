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

    /// <summary>The function <c>f(x, y, out=z)</c> that computes into an existing tensor, which may be an operand; null where there is none.</summary>
    public static string? Function(OpCode op) => op switch
    {
        OpCode.Add => "torch.add",
        OpCode.Sub => "torch.sub",
        OpCode.Mul => "torch.mul",
        OpCode.Div => "torch.div",
        OpCode.Max => "torch.maximum",
        OpCode.Min => "torch.minimum",
        _ => null,
    };

    private static EmitRule Infix(OpCode op, string symbol) => new(op, (_, x, _) => $"{x[0]} {symbol} {x[1]}");
}
