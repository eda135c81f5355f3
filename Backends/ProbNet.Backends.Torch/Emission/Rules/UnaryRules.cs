using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Functions of one operand.</summary>
internal static class UnaryRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.Neg, static (_, x, _) => $"torch.neg({x[0]})"),
        Named(OpCode.Abs, "abs"),
        // libtorch's sign of NaN is 0.
        new(OpCode.Sign, static (node, x, _) => node.DType.IsFloat() ? $"torch.where({x[0]} != {x[0]}, {x[0]}, torch.sign({x[0]}))" : $"torch.sign({x[0]})"),
        Named(OpCode.Floor, "floor"),
        Named(OpCode.Exp, "exp"),
        Named(OpCode.Expm1, "expm1"),
        Named(OpCode.Log, "log"),
        Named(OpCode.Log1p, "log1p"),
        Named(OpCode.Sqrt, "sqrt"),
        Named(OpCode.Tanh, "tanh"),
        Named(OpCode.Sigmoid, "sigmoid"),
        // softplus itself returns x above 20, where 2e-9 is missing.
        new(OpCode.Softplus, static (_, x, _) => $"torch.relu({x[0]}) + torch.log1p(torch.exp(torch.neg(torch.abs({x[0]}))))"),
        Named(OpCode.Sin, "sin"),
        Named(OpCode.Cos, "cos"),
        Named(OpCode.Atan, "atan"),
        Named(OpCode.Erf, "erf"),
        new(OpCode.Erfcx, static (_, x, _) => $"{x[0]}.special_erfcx()"),
        new(OpCode.ErfInv, static (node, x, script) => Script.Cast($"{script.Function("erf_inverse")}({Script.Cast(x[0], node.DType, DType.F64)})", DType.F64, node.DType)),
        Named(OpCode.Lgamma, "lgamma"),
        new(OpCode.Polygamma, static (node, x, script) =>
        {
            var order = ((Attributes.Order)node.Attributes).Value;
            return Script.Cast($"{script.Function("polygamma")}({order}, {Script.Cast(x[0], node.DType, DType.F64)})", DType.F64, node.DType);
        }),
    ];

    private static EmitRule Named(OpCode op, string function) => new(op, (_, x, _) => $"torch.{function}({x[0]})");
}
