using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Comparisons, truth values, selection and change of type.</summary>
internal static class LogicRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.Equal, static (_, x, _) => $"{x[0]} == {x[1]}"),
        new(OpCode.Less, static (_, x, _) => $"{x[0]} < {x[1]}"),
        new(OpCode.LessEqual, static (_, x, _) => $"{x[0]} <= {x[1]}"),
        new(OpCode.And, static (_, x, _) => $"torch.logical_and({x[0]}, {x[1]})"),
        new(OpCode.Or, static (_, x, _) => $"torch.logical_or({x[0]}, {x[1]})"),
        new(OpCode.Not, static (_, x, _) => $"torch.logical_not({x[0]})"),
        new(OpCode.IsFinite, static (_, x, _) => $"torch.isfinite({x[0]})"),
        new(OpCode.Select, static (_, x, _) => $"torch.where({x[0]}, {x[1]}, {x[2]})"),
        // What a conversion of NaN or of a number too large gives is the processor's choice in libtorch.
        new(OpCode.Convert, static (node, x, script) => (node.Inputs[0].DType.IsFloat(), node.DType) is (true, DType.I64)
            ? $"{script.Function("to_integer")}({x[0]})"
            : Script.Cast(x[0], node.Inputs[0].DType, node.DType)),
        new(OpCode.StopGradient, static (_, x, _) => x[0]),
    ];
}
