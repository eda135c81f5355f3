using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Export;

/// <summary>Computes beforehand what a graph needs but what does not depend on the inputs that are open when it runs.</summary>
internal static class KeptValues
{
    /// <summary>A graph without the inputs that were known.</summary>
    /// <param name="Graph">Its inputs: the open ones, then one for each value.</param>
    /// <param name="Values">The values.</param>
    internal sealed record Split(TensorGraph Graph, EqArray<KeptValue> Values);

    /// <summary>Bytes of the values that <see cref="Compute"/> would keep.</summary>
    public static long Bytes(TensorGraph graph, IReadOnlyCollection<Tensor> open, Tensor start, int chunks)
    {
        var perChunk = Above([start], graph);
        return Find(graph, open).Sum(n => (long)n.Shape.Size * n.DType.Size() * (perChunk.Contains(n) ? chunks : 1));
    }

    /// <summary>Splits a graph.</summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="graph">The graph, optimised.</param>
    /// <param name="open">The inputs that stay; they come first in the new graph, in the order of the old one.</param>
    /// <param name="known">Values of the others but <paramref name="start"/>.</param>
    /// <param name="parameters">The inputs whose names are free for values.</param>
    /// <param name="start">The number of the first draw of a chunk of draws; it may stay open.</param>
    /// <param name="starts">Its values, one a chunk.</param>
    public static Split Compute(IBackend backend, TensorGraph graph, IReadOnlyCollection<Tensor> open, IReadOnlyDictionary<Tensor, HostTensor> known, IReadOnlyCollection<Tensor> parameters, Tensor start, IReadOnlyList<long> starts)
    {
        var kept = Find(graph, open);
        var perChunk = Above([start], graph);
        var names = Names(kept, graph.Inputs.Where(i => !parameters.Contains(i)));
        EqArray<HostTensor> values = Evaluate(backend, kept, known, start, starts, perChunk);
        var holes = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < kept.Count; i++) holes[kept[i]] = Input(names[i], kept[i].DType, kept[i].Shape, kept[i].Origin);
        var outputs = Substitution.Apply([.. graph.Outputs.Select(o => o.Value)], holes);
        var rest = new TensorGraph(graph.Inputs.Where(open.Contains).Concat(kept.Select(n => holes[n])), graph.Outputs.Zip(outputs, (o, value) => (o.Name, value)));
        return new(rest, kept.Select((n, i) => new KeptValue(names[i], values[i], perChunk.Contains(n))).ToEqArray());
    }

    // What open expressions need of the others, operands before users. Literals and mere repetitions stay where they are read.
    private static List<Tensor> Find(TensorGraph graph, IReadOnlyCollection<Tensor> open)
    {
        var varies = Above(open, graph);
        var wanted = new HashSet<Tensor>(graph.Outputs.Select(o => o.Value), ReferenceEqualityComparer.Instance);
        var kept = new List<Tensor>();
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!wanted.Contains(node) || (node.Op == OpCode.Input && varies.Contains(node))) continue;
            if (varies.Contains(node) || node.Op is OpCode.Broadcast or OpCode.Reshape) wanted.UnionWith(node.Inputs);
            else if (node.Op is not (OpCode.Constant or OpCode.Iota)) kept.Add(node);
        }
        kept.Reverse();
        return kept;
    }

    private static HashSet<Tensor> Above(IEnumerable<Tensor> roots, TensorGraph graph)
    {
        var above = new HashSet<Tensor>(roots, ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes) if (node.Inputs.Any(above.Contains)) above.Add(node);
        return above;
    }

    private static EqArray<HostTensor> Evaluate(
        IBackend backend, List<Tensor> kept, IReadOnlyDictionary<Tensor, HostTensor> known, Tensor start, IReadOnlyList<long> starts, HashSet<Tensor> perChunk)
    {
        if (kept.Count == 0) return [];
        var needed = Topology.Sort(kept).Where(n => n.Op == OpCode.Input).ToList();
        var graph = new TensorGraph(needed, kept.Select((n, i) => ($"kept.{i}", n)));
        using var executable = backend.Compile(graph, new CompileOptions());
        for (var i = 0; i < needed.Count; i++) if (!ReferenceEquals(needed[i], start)) executable.Write(i, known[needed[i]]);
        var at = needed.IndexOf(start);
        var results = kept.Select(n => HostTensor.Zeros(n.DType, perChunk.Contains(n) ? n.Shape.Prepend(starts.Count) : n.Shape)).ToArray();
        for (var chunk = 0; chunk < (at < 0 ? 1 : starts.Count); chunk++)
        {
            if (at >= 0) executable.Write(at, HostTensor.Scalar(starts[chunk]));
            executable.Run();
            for (var i = 0; i < kept.Count; i++)
            {
                if (chunk > 0 && !perChunk.Contains(kept[i])) continue;
                var read = executable.Read(i, new TensorType(kept[i].DType, kept[i].Shape));
                Array.Copy(read.Data, 0, results[i].Data, chunk * kept[i].Shape.Size, kept[i].Shape.Size);
            }
        }
        return [.. results];
    }

    // Values are called after the site or parameter they belong to.
    private static string[] Names(List<Tensor> kept, IEnumerable<Tensor> inputs)
    {
        var taken = inputs.Select(i => i.InputName()).ToHashSet(StringComparer.Ordinal);
        var names = new string[kept.Count];
        for (var i = 0; i < names.Length; i++)
        {
            var stem = kept[i].Op == OpCode.Input ? kept[i].InputName() : kept[i].Origin?.Site ?? "value";
            names[i] = stem;
            for (var n = 2; !taken.Add(names[i]); n++) names[i] = $"{stem}.{n}";
        }
        return names;
    }
}
