using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Which nodes may share memory with others when their rules write views.</summary>
internal static class Sharing
{
    /// <summary>The node whose memory a value may lie in: itself, or the origin of the view.</summary>
    /// <param name="node">The value.</param>
    /// <param name="inPlace">For values computed into a carried input, that input.</param>
    public static Tensor Root(Tensor node, IReadOnlyDictionary<Tensor, Tensor> inPlace)
    {
        while (true)
        {
            if (inPlace.TryGetValue(node, out var input)) return input;
            if (!MayBeView(node)) return node;
            node = node.Inputs[0];
        }
    }

    private static bool MayBeView(Tensor node) => node.Op switch
    {
        OpCode.Broadcast or OpCode.Reshape or OpCode.Transpose or OpCode.Slice or OpCode.StopGradient or OpCode.Unfold => true,
        OpCode.Convert => node.DType == node.Inputs[0].DType,
        OpCode.ReduceSum or OpCode.ReduceMax => ((Attributes.Axes)node.Attributes).Value.Count == 0,
        _ => false,
    };
}

/// <summary>Which new values of carried inputs can be computed into the inputs themselves.</summary>
internal static class InPlace
{
    private static readonly Dictionary<Tensor, Tensor> None = new(ReferenceEqualityComparer.Instance);

    /// <summary>The function <c>f(x, y, …, out=z)</c> that computes into an existing tensor, which may be an operand; null where there is none.</summary>
    public static string? Function(OpCode op) => op switch
    {
        OpCode.Add => "torch.add",
        OpCode.Sub => "torch.sub",
        OpCode.Mul => "torch.mul",
        OpCode.Div => "torch.div",
        OpCode.Max => "torch.maximum",
        OpCode.Min => "torch.minimum",
        OpCode.Select => "torch.where",
        _ => null,
    };

    /// <summary>
    /// The values and their inputs: values of operations that can write into an operand, wanted by one carry and nothing else, after which no node and no output reads the old value. The operation
    /// itself may read it, but not through a view, whose elements it would meet in another order.
    /// </summary>
    public static Dictionary<Tensor, Tensor> Find(TensorGraph graph, EqArray<Carry> carries)
    {
        var found = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var position = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        var lastRead = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            position[graph.Nodes[i]] = i;
            foreach (var operand in graph.Nodes[i].Inputs) lastRead[Sharing.Root(operand, None)] = i;
        }
        // Outputs are read at the end.
        foreach (var (_, value) in graph.Outputs) lastRead[Sharing.Root(value, None)] = int.MaxValue;
        var outputs = graph.Outputs.Select(o => o.Value).ToList();
        foreach (var carry in carries)
        {
            var (input, value) = (graph.Inputs[carry.Input], graph.Outputs[carry.Output].Value);
            if (Function(value.Op) is null || found.ContainsKey(value)) continue;
            if (outputs.Count(o => ReferenceEquals(o, value)) != 1 || carries.Count(c => c.Output == carry.Output || c.Input == carry.Input) != 1) continue;
            if (lastRead.TryGetValue(input, out var last) && last > position[value]) continue;
            if (value.Inputs.All(x => ReferenceEquals(x, input) || !ReferenceEquals(Sharing.Root(x, None), input))) found[value] = input;
        }
        return found;
    }
}
