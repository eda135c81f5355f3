using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Constant folding: a node over literals (or iotas) becomes the literal that the reference evaluator gives. Kept as they are: results or operands of
/// more than <see cref="Limit"/> elements; broadcasts, which a backend repeats for nothing; draws, whose numbers belong to the run and whose
/// literal would only be longer; loops; and indexing that would throw, which is left to throw where it is run.
/// </summary>
internal static class Folding
{
    public const int Limit = 4096;

    public static Tensor? Rewrite(Tensor node)
    {
        if (node.Inputs.IsEmpty || node.Op is OpCode.Broadcast or OpCode.StopGradient || node.Shape.Size > Limit) return null;
        var kind = OpTable.Rule(node.Op).Kind;
        if (kind is OpKind.Random or OpKind.Loop) return null;
        foreach (var operand in node.Inputs)
        {
            if (operand.Op is not (OpCode.Constant or OpCode.Iota) || operand.Shape.Size > Limit) return null;
        }
        var values = new HostTensor[node.Inputs.Length];
        for (var i = 0; i < values.Length; i++) values[i] = OpTable.Rule(node.Inputs[i].Op).Evaluate(node.Inputs[i], []);
        return kind == OpKind.Indexing && !InRange(node, values) ? null : Constant(OpTable.Rule(node.Op).Evaluate(node, values));
    }

    private static bool InRange(Tensor node, HostTensor[] values)
    {
        var (indices, rows) = node.Op == OpCode.Gather ? (values[1], values[0].Shape[0]) : (values[0], node.Shape[0]);
        foreach (var index in indices.Span<long>())
        {
            if (index < 0 || index >= rows) return false;
        }
        return true;
    }
}
