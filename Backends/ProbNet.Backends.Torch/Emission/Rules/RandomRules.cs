using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Counter-based draws with libtorch's own operators: the same bits as everywhere, by arithmetic on 64-bit integers.</summary>
internal static class RandomRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.RandomUniform, static (node, x, script) => Plain(node, x, script, node.DType == DType.F32 ? "uniform_f32" : "uniform_f64")),
        new(OpCode.RandomNormal, static (node, x, script) => Plain(node, x, script, node.DType == DType.F32 ? "normal_f32" : "normal_f64")),
        new(OpCode.RandomSign, static (node, x, script) => Plain(node, x, script, "random_sign")),
        new(OpCode.RandomGamma, static (node, x, script) => WithParameters(node, x, script, "random_gamma", node.DType == DType.F32 ? 1.17549435e-38 : 2.2250738585072014e-308)),
        new(OpCode.RandomPoisson, static (node, x, script) => WithParameters(node, x, script, "random_poisson")),
        new(OpCode.RandomBinomial, static (node, x, script) => WithParameters(node, x, script, "random_binomial")),
        new(OpCode.GammaPathwise, static (node, x, script) =>
            Script.Cast($"{script.Function("gamma_pathwise")}({Script.Cast(x[0], node.DType, DType.F64)}, {Script.Cast(x[1], node.DType, DType.F64)})", DType.F64, node.DType)),
    ];

    private static string Plain(Tensor node, string[] x, ScriptWriter script, string function)
    {
        var draw = Script.Cast($"{script.Function(function)}({Counter(node, x)}, {Spec(node).Event.Size})", function == "random_sign" ? DType.I64 : node.DType, node.DType);
        return Script.Reshape(draw, node.Shape);
    }

    private static string WithParameters(Tensor node, string[] x, ScriptWriter script, string function, double? last = null)
    {
        var size = Spec(node).Event.Size;
        var parameters = x.Skip(3).Select(p => Script.Reshape(Script.Cast(p, node.DType, DType.F64), [node.Inputs[2].Shape.Size, size]));
        if (last is { } number) parameters = parameters.Append(number.ToString("R", CultureInfo.InvariantCulture));
        var draw = $"{script.Function(function)}({Counter(node, x)}, {string.Join(", ", parameters)})";
        return Script.Reshape(Script.Cast(draw, DType.F64, node.DType), node.Shape);
    }

    // Seed, step and draws [d] of a stream.
    private static string Counter(Tensor node, string[] x) =>
        $"{x[0]}, {x[1]}, {(node.Inputs[2].Rank == 1 ? x[2] : Script.Reshape(x[2], [node.Inputs[2].Shape.Size]))}, {Spec(node).Stream.ToString(CultureInfo.InvariantCulture)}";

    private static Attributes.RandomSpec Spec(Tensor node) => (Attributes.RandomSpec)node.Attributes;
}
