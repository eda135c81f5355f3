using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Many loops at once: the body is batched over what differs between them, and what does not differ is computed once.</summary>
internal static class LoopBatching
{
    public static Tensor Batch(Tensor node, ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var body = loop.Body;
        // A carry varies once its next value does.
        bool[] varies = [.. batched];
        bool[] outputs;
        bool changed;
        do
        {
            outputs = Depends(body, varies);
            changed = false;
            for (var i = 0; i < loop.Carries; i++)
            {
                if (!outputs[i] || varies[i]) continue;
                varies[i] = changed = true;
            }
        }
        while (changed);
        for (var i = 0; i < loop.Carries; i++) outputs[i] = varies[i];

        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var inputs = body.Inputs.ToArray();
        Tensor[] given = [.. operands];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!varies[i]) continue;
            inputs[i] = Input(inputs[i].InputName(), inputs[i].DType, inputs[i].Shape.Prepend(size));
            map[body.Inputs[i]] = inputs[i];
            given[i] = Batching.Lift(given[i], batched[i], size);
            if (i >= loop.Carries && i < loop.Carries + loop.Sequences) given[i] = Exchanged(given[i]);
        }
        var lifted = Vmap.Batch([.. body.Outputs.Select(x => x.Value)], map, size);
        var steps = body.Outputs.Select((x, i) => (x.Name, outputs[i] ? lifted[i] : x.Value));
        var all = Tensor.Create(OpCode.Scan, [.. given], loop with { Body = new TensorGraph(inputs, steps) }, node.Origin);
        var parts = Loops.Parts(all);
        return Concat(parts.Select((part, i) => Member(part, outputs[i], i >= loop.Carries)), 1);

        Tensor Member(Tensor part, bool differs, bool stacked)
        {
            var first = !differs ? BroadcastTo(part, part.Shape.Prepend(size)) : stacked ? Exchanged(part) : part;
            return Reshape(first, [size, first.Shape[1..].Size]);
        }
    }

    /// <summary>[a, b, …] as [b, a, …].</summary>
    private static Tensor Exchanged(Tensor x) => Transpose(x, [1, 0, .. Enumerable.Range(2, x.Rank - 2)]);

    /// <summary>Which outputs depend on the flagged inputs.</summary>
    private static bool[] Depends(TensorGraph body, bool[] flagged)
    {
        var dependent = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < flagged.Length; i++)
        {
            if (flagged[i]) dependent.Add(body.Inputs[i]);
        }
        foreach (var node in body.Nodes)
        {
            foreach (var operand in node.Inputs)
            {
                if (dependent.Contains(operand)) dependent.Add(node);
            }
        }
        return [.. body.Outputs.Select(x => dependent.Contains(x.Value))];
    }
}
