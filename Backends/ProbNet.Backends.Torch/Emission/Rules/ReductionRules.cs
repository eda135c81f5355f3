using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Reductions.</summary>
internal static class ReductionRules
{
    public static EmitRule[] Rows =>
    [
        // An empty list of axes would mean all of them.
        new(OpCode.ReduceSum, static (node, x, _) => Axes(node).Count == 0 ? x[0] : $"torch.sum({x[0]}, {Script.List(Axes(node))})"),
        new(OpCode.ReduceMax, static (node, x, script) =>
        {
            if (Axes(node).Count == 0) return x[0];
            // The maximum of nothing, which libtorch refuses.
            if (Axes(node).Any(axis => node.Inputs[0].Shape[axis] == 0)) return Script.Expand(script.Constant(Lowest(node.DType)), node.Shape);
            return $"torch.amax({x[0]}, {Script.List(Axes(node))})";
        }),
        new(OpCode.ArgMax, static (_, x, _) => $"torch.argmax({x[0]}, -1)"),
    ];

    private static EqArray<int> Axes(Tensor node) => ((Attributes.Axes)node.Attributes).Value;

    private static HostTensor Lowest(DType type) => type == DType.I64 ? HostTensor.Scalar(long.MinValue) : HostTensor.Scalar(type, double.NegativeInfinity);
}
