using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Constants and counters: tensors handed over with each call, so that no device has to be named and nothing is made anew.</summary>
internal static class LeafRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.Constant, static (node, _, script) => script.Constant(((Attributes.Literal)node.Attributes).Value)),
        new(OpCode.Iota, static (node, _, script) =>
        {
            var axis = ((Attributes.IotaSpec)node.Attributes).Along;
            var size = node.Shape[axis];
            var numbers = script.Constant(HostTensor.Of([size], [.. Enumerable.Range(0, size).Select(i => (long)i)]));
            if (node.Rank == 1) return numbers;
            return Script.Expand(Script.Reshape(numbers, [.. Enumerable.Range(0, node.Rank).Select(i => i == axis ? size : 1)]), node.Shape);
        }),
    ];
}
