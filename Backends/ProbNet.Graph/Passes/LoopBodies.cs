using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Optimises loops from inside and outside: parts of the result that nothing reads are not computed, nor carries that only they needed; sequences that repeat one
/// value become constants; what is the same at every step is computed outside; the body goes through the pipeline itself.
/// </summary>
internal static class LoopBodies
{
    public static TensorGraph Run(TensorGraph graph)
    {
        if (!graph.Nodes.Any(node => node.Op == OpCode.Scan)) return graph;
        var used = Used(graph);
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var origins = new Origins(graph.Nodes);
        foreach (var node in graph.Nodes)
        {
            var rebuilt = Substitution.Rebuild(node, map);
            origins.Add(rebuilt);
            map[node] = used.TryGetValue(node, out var parts) ? origins.Stamp(Improve(rebuilt, parts), node.Origin) : rebuilt;
        }
        var changed = false;
        foreach (var (_, value) in graph.Outputs) changed |= !ReferenceEquals(map[value], value);
        return changed ? graph.WithOutputs(graph.Outputs.Select(output => (output.Name, map[output.Value]))) : graph;
    }

    /// <summary>For each loop, which parts of its result something reads.</summary>
    private static Dictionary<Tensor, bool[]> Used(TensorGraph graph)
    {
        var used = new Dictionary<Tensor, bool[]>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            if (node.Attributes is Attributes.Loop loop) used.Add(node, new bool[loop.Body.Outputs.Length]);
            foreach (var operand in node.Inputs)
            {
                if (!used.TryGetValue(operand, out var parts)) continue;
                var box = node.Attributes as Attributes.Box;
                var (start, stop) = box is null ? (0, operand.Shape.Size) : (box.Start[0], box.Stop[0]);
                var at = 0;
                foreach (var (i, shape) in ((Attributes.Loop)operand.Attributes).Parts.Index())
                {
                    parts[i] |= start < at + shape.Size && at < stop;
                    at += shape.Size;
                }
            }
        }
        foreach (var (_, value) in graph.Outputs)
        {
            if (used.TryGetValue(value, out var parts)) Array.Fill(parts, true);
        }
        return used;
    }

    private static Tensor Improve(Tensor node, bool[] used)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var (inputs, p, q) = (loop.Body.Inputs, loop.Carries, loop.Sequences);
        var (needed, outputs, read) = Needed(loop, used);
        int[] carries = [.. Enumerable.Range(0, p).Where(i => needed[i])];
        if (carries.Length + outputs.Count == 0) return node;

        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var outside = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        List<int> sequences = [];
        for (var i = p; i < inputs.Length; i++)
        {
            if (!read.Contains(inputs[i])) continue;
            var operand = node.Inputs[i];
            var fixedValue = i >= p + q ? operand : Repeated(operand, inputs[i].Shape, outside);
            if (fixedValue is not null)
            {
                map[inputs[i]] = fixedValue;
                outside.TryAdd(operand, operand);
                continue;
            }
            var twin = sequences.FindIndex(s => ReferenceEquals(node.Inputs[s], operand));
            if (twin < 0) sequences.Add(i);
            else map[inputs[i]] = inputs[sequences[twin]];
        }
        var values = Substitution.Apply([.. carries.Select(i => loop.Body.Outputs[i].Value), .. outputs.Select(i => loop.Body.Outputs[i].Value)], map);
        var closed = LoopClosure.Close(
            loop.Length, loop.Reverse, [.. carries.Select(i => inputs[i])], [.. carries.Select(i => node.Inputs[i])],
            [.. sequences.Select(i => inputs[i])], [.. sequences.Select(i => node.Inputs[i])], values, node.Origin, outside);
        var shorter = (Attributes.Loop)closed.Attributes;
        shorter = shorter with { Body = Pipeline.Optimize(shorter.Body) };
        if (shorter.Equals(loop) && closed.Inputs.AsSpan().SequenceEqual(node.Inputs.AsSpan())) return node;
        var better = Tensor.Create(OpCode.Scan, closed.Inputs, shorter, node.Origin);
        if (carries.Length == p && outputs.Count == loop.Body.Outputs.Length - p) return better;

        var parts = Loops.Parts(better);
        var places = new Dictionary<int, Tensor>();
        for (var i = 0; i < carries.Length; i++) places[carries[i]] = parts[i];
        for (var i = 0; i < outputs.Count; i++) places[outputs[i]] = parts[carries.Length + i];
        for (var i = p; i < loop.Body.Outputs.Length; i++)
        {
            var twin = outputs.FindIndex(o => ReferenceEquals(loop.Body.Outputs[o].Value, loop.Body.Outputs[i].Value));
            if (twin >= 0) places[i] = places[outputs[twin]];
        }
        return Loops.Pack(loop.Parts.Select((shape, i) => places.TryGetValue(i, out var part) ? part : Full(node.DType, shape, 0)));
    }

    /// <summary>The carries and outputs that are needed for the used parts, equal outputs once, and the body's nodes behind them.</summary>
    private static (bool[] Carries, List<int> Outputs, HashSet<Tensor> Read) Needed(Attributes.Loop loop, bool[] used)
    {
        var body = loop.Body;
        var outputs = new List<int>();
        for (var i = loop.Carries; i < used.Length; i++)
        {
            if (used[i] && !outputs.Exists(o => ReferenceEquals(body.Outputs[o].Value, body.Outputs[i].Value))) outputs.Add(i);
        }
        var needed = used[..loop.Carries];
        while (true)
        {
            var roots = outputs.Concat(Enumerable.Range(0, loop.Carries).Where(i => needed[i])).Select(i => body.Outputs[i].Value);
            var read = new HashSet<Tensor>(Topology.Sort(roots), ReferenceEqualityComparer.Instance);
            var more = Enumerable.Range(0, loop.Carries).Where(i => !needed[i] && read.Contains(body.Inputs[i])).ToArray();
            if (more.Length == 0) return (needed, outputs, read);
            foreach (var i in more) needed[i] = true;
        }
    }

    /// <summary>The value of every position of a sequence that repeats one, else null.</summary>
    private static Tensor? Repeated(Tensor sequence, Shape slice, Dictionary<Tensor, Tensor> outside)
    {
        if (sequence.Op != OpCode.Broadcast) return null;
        var source = sequence.Inputs[0];
        if (source.Rank == sequence.Rank && source.Shape[0] != 1) return null;
        outside.TryAdd(source, source);
        return BroadcastTo(source.Rank == sequence.Rank ? Squeeze(source, 0) : source, slice);
    }
}
