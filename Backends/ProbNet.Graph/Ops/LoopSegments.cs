using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>A loop of T steps as a loop over about sqrt(T) segments, each a loop of about sqrt(T) steps, and one over the steps that are left.</summary>
internal static class LoopSegments
{
    /// <summary>An equal expression.</summary>
    public static Tensor Cut(Tensor node)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var (p, q) = (loop.Carries, loop.Sequences);
        var steps = (int)Math.Ceiling(Math.Sqrt(loop.Length));
        var count = loop.Length / steps;
        var rest = loop.Length - count * steps;
        // The rest comes last: at the end, or at the start where steps go backwards.
        var first = loop.Reverse ? rest : 0;

        Tensor[] inputs = [.. loop.Body.Inputs.Select((x, i) => i >= p && i < p + q ? Input(x.InputName(), x.DType, x.Shape.Prepend(steps)) : x)];
        var segment = Loops.Parts(Tensor.Create(OpCode.Scan, [.. inputs], loop with { Length = steps }, node.Origin));
        var body = new TensorGraph(inputs, loop.Body.Outputs.Zip(segment, (x, part) => (x.Name, part)));
        Tensor[] operands = [.. node.Inputs.Select((x, i) => i >= p && i < p + q ? Reshape(SliceAxis(x, 0, first, first + count * steps), Shape.Create([count, steps]).Concat(x.Shape[1..])) : x)];
        var parts = Loops.Parts(Tensor.Create(OpCode.Scan, [.. operands], loop with { Body = body, Length = count }, node.Origin));
        ImmutableArray<Tensor> outputs = [.. parts.Skip(p).Select(x => Reshape(x, Shape.Create([count * steps]).Concat(x.Shape[2..])))];
        if (rest == 0) return Loops.Pack([.. parts[..p], .. outputs]);

        var start = loop.Reverse ? 0 : count * steps;
        Tensor[] left = [.. node.Inputs.Select((x, i) => i < p ? parts[i] : i < p + q ? SliceAxis(x, 0, start, start + rest) : x)];
        var last = Loops.Parts(Tensor.Create(OpCode.Scan, [.. left], loop with { Length = rest }, node.Origin));
        var joined = outputs.Select((x, i) => Concat(loop.Reverse ? [last[p + i], x] : [x, last[p + i]], 0));
        return Loops.Pack([.. last[..p], .. joined]);
    }
}
