namespace ProbNet.Graph;

/// <summary>Equality of graphs node by node. Names of inputs and origins do not count: what is computed is the same.</summary>
internal static class SameGraph
{
    public static bool Are(TensorGraph a, TensorGraph b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a.Inputs.Length != b.Inputs.Length || a.Outputs.Length != b.Outputs.Length || a.Nodes.Length != b.Nodes.Length) return false;
        var twins = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < a.Nodes.Length; i++)
        {
            var (x, y) = (a.Nodes[i], b.Nodes[i]);
            if (x.Op != y.Op || x.DType != y.DType || x.Shape != y.Shape || x.Inputs.Length != y.Inputs.Length) return false;
            if (x.Op != OpCode.Input && !x.Attributes.Equals(y.Attributes)) return false;
            for (var k = 0; k < x.Inputs.Length; k++)
            {
                if (!ReferenceEquals(twins[x.Inputs[k]], y.Inputs[k])) return false;
            }
            twins[x] = y;
        }
        for (var i = 0; i < a.Outputs.Length; i++)
        {
            if (!ReferenceEquals(twins[a.Outputs[i].Value], b.Outputs[i].Value)) return false;
        }
        return true;
    }
}
