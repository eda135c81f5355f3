using ProbNet.Graph;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Data rows through loops: they may lie along an axis of the state, of the sequences below their leading axis, and of the constants. Going over the rows
/// themselves makes each depend on those before it.
/// </summary>
internal static class LoopRows
{
    /// <summary>The status of a loop's result, which is all its parts laid end to end.</summary>
    public static RowStatus Apply(Tensor node, RowStatus[] operands)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var inputs = new RowStatus[operands.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = operands[i];
            if (i < loop.Carries || i >= loop.Carries + loop.Sequences || operands[i] is not RowStatus.Row(var axis)) continue;
            if (axis == 0) return new RowStatus.Mixed(node, "goes over the data rows one after the other");
            inputs[i] = RowStatus.Along(axis - 1);
        }
        // A state that starts without rows, such as zeros, comes to hold them with the first step.
        while (true)
        {
            var outputs = Body(loop.Body, inputs);
            var changed = false;
            for (var i = 0; i < outputs.Length; i++)
            {
                if (outputs[i] is RowStatus.Mixed) return outputs[i];
                if (i >= loop.Carries || outputs[i].Equals(inputs[i]) || outputs[i] is RowStatus.None) continue;
                if (inputs[i] is RowStatus.Row) return new RowStatus.Mixed(node, "moves the data rows of its state to another axis from step to step");
                (inputs[i], changed) = (outputs[i], true);
            }
            if (changed) continue;
            for (var i = 0; i < outputs.Length; i++) outputs[i] = i < loop.Carries ? inputs[i] : outputs[i] is RowStatus.Row(var axis) ? RowStatus.Along(axis + 1) : outputs[i];
            return new RowStatus.Packed(Enumerable.Range(0, outputs.Length).Select(i => (loop.Parts[i], outputs[i])).ToEqArray());
        }
    }

    /// <summary>The status of what is taken out of a loop's result.</summary>
    public static RowStatus Unpack(Tensor node, RowStatus.Packed packed)
    {
        switch (node.Attributes)
        {
            case Attributes.Box box when node.Op == OpCode.Slice:
                var start = 0;
                foreach (var (shape, status) in packed.Parts)
                {
                    if (box.Start[0] == start && box.Stop[0] == start + shape.Size)
                        return status is RowStatus.None || shape.Rank == 1 ? status : new RowStatus.Packed([(shape, status)]);
                    start += shape.Size;
                }
                break;
            case Attributes.ToShape target when node.Op == OpCode.Reshape && packed.Parts is [var (shape, status)]:
                return RowRules.Reshape(node, shape, target.Shape, ((RowStatus.Row)status).Axis);
        }
        return new RowStatus.Mixed(node, "takes the results of a loop together");
    }

    private static RowStatus[] Body(TensorGraph body, RowStatus[] inputs)
    {
        var known = new Dictionary<Tensor, RowStatus>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++) known[body.Inputs[i]] = inputs[i];
        foreach (var node in body.Nodes)
        {
            if (!known.ContainsKey(node)) known[node] = RowRules.Apply(node, [.. node.Inputs.Select(x => known[x])]);
        }
        return [.. body.Outputs.Select(x => known[x.Value])];
    }
}
