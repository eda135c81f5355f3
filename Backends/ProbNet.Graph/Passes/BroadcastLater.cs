using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Elementwise work on operands that are all repeated is done on the smallest common shape, and its result repeated.</summary>
internal static class BroadcastLater
{
    public static Tensor? Rewrite(Tensor node)
    {
        if (node.Inputs.IsEmpty || OpTable.Rule(node.Op).Kind != OpKind.Elementwise) return null;
        var shape = Shape.Scalar;
        foreach (var operand in node.Inputs)
        {
            if (operand.Op != OpCode.Broadcast) return null;
            if (Shape.Broadcast(shape, operand.Inputs[0].Shape) is not { } joined) return null;
            shape = joined;
        }
        if (shape.Size >= node.Shape.Size) return null;
        var operands = new Tensor[node.Inputs.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = BroadcastTo(node.Inputs[i].Inputs[0], shape);
        return BroadcastTo(Tensor.Create(node.Op, [.. operands], node.Attributes), node.Shape);
    }
}
