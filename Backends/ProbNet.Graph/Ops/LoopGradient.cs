using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// The gradient of a loop. A forward loop keeps the carries that enter each step, and nothing else of it; a loop in the other direction recomputes a step from
/// them and carries the cotangents of the carries and of the constants. Kept are T carries or, once these are more than <see cref="Limit"/> elements, about
/// 2 sqrt(T): the loop is then cut into segments that are loops themselves (<see cref="LoopSegments"/>), for the price of computing the steps once more.
/// </summary>
internal static class LoopGradient
{
    /// <summary>Elements of kept carries above which segments are made: 8 MiB in double precision.</summary>
    public const long Limit = 1 << 20;

    private const int ShortestSegmented = 16;

    public static ImmutableArray<Tensor?> Vjp(Tensor node, Tensor cotangent) => Vjp(node, cotangent, Limit);

    /// <summary>As the rule of the primitive, with another limit.</summary>
    internal static ImmutableArray<Tensor?> Vjp(Tensor node, Tensor cotangent, long limit)
    {
        var loop = (Attributes.Loop)node.Attributes;
        long carried = 0;
        for (var i = 0; i < loop.Carries; i++) carried += node.Inputs[i].Shape.Size;
        return loop.Length >= ShortestSegmented && carried * loop.Length > limit ? Segmented(node, cotangent) : Plain(node, loop, cotangent);
    }

    // Differentiated over stand-ins, so that operands that depend on one another do not pass cotangents on.
    private static ImmutableArray<Tensor?> Segmented(Tensor node, Tensor cotangent)
    {
        Tensor[] operands = [.. node.Inputs.Select((x, i) => Input($"x{i}", x.DType, x.Shape))];
        var seed = Input("seed", cotangent.DType, cotangent.Shape);
        var gradients = Graph.Vjp.Pullback([(LoopSegments.Cut(node.WithInputs([.. operands])), seed)], operands);
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [seed] = cotangent };
        for (var i = 0; i < operands.Length; i++) map[operands[i]] = node.Inputs[i];
        return [.. gradients.Select(g => g is null ? null : Substitution.Apply([g], map)[0])];
    }

    private static ImmutableArray<Tensor?> Plain(Tensor node, Attributes.Loop loop, Tensor cotangent)
    {
        var body = loop.Body;
        var (p, q) = (loop.Carries, loop.Sequences);
        var given = Given(cotangent, loop);
        Tensor[] seeds = [.. body.Outputs.Select((x, i) => Input($"cotangent{i}", x.Value.DType, x.Value.Shape))];
        var parts = Graph.Vjp.Pullback([.. body.Outputs.Zip(seeds, (x, seed) => (x.Value, seed))], body.Inputs);

        // Cotangents of constants are summed over the steps.
        int[] summed = [.. Enumerable.Range(p + q, loop.Constants).Where(i => parts[i] is not null)];
        Tensor[] sums = [.. summed.Select(i => Input($"sum{i}", node.DType, body.Inputs[i].Shape))];
        int[] stacked = [.. Enumerable.Range(p, q).Where(i => parts[i] is not null)];
        Tensor[] results =
        [
            .. Enumerable.Range(0, p).Select(i => parts[i] ?? ZerosLike(body.Inputs[i])),
            .. summed.Zip(sums, (i, sum) => Masked.Add(sum, Convert(parts[i]!, node.DType))),
            .. stacked.Select(i => Convert(parts[i]!, node.DType)),
        ];
        var constants = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var outside = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = p + q; i < node.Inputs.Length; i++)
        {
            constants[body.Inputs[i]] = node.Inputs[i];
            outside[node.Inputs[i]] = node.Inputs[i];
        }
        var entering = p == 0 ? [] : Entering(node, loop);
        var backward = LoopClosure.Close(
            loop.Length, !loop.Reverse,
            [.. seeds[..p], .. sums], [.. given[..p], .. sums.Select(ZerosLike)],
            [.. body.Inputs[..(p + q)], .. seeds[p..]], [.. entering, .. node.Inputs[p..(p + q)], .. given[p..]],
            Substitution.Apply(results, constants), node.Origin, outside);

        var found = Loops.Parts(backward);
        var cotangents = new Tensor?[node.Inputs.Length];
        for (var i = 0; i < p; i++) cotangents[i] = found[i];
        for (var i = 0; i < summed.Length; i++) cotangents[summed[i]] = Convert(found[p + i], node.Inputs[summed[i]].DType);
        for (var i = 0; i < stacked.Length; i++) cotangents[stacked[i]] = Convert(found[p + summed.Length + i], node.Inputs[stacked[i]].DType);
        return [.. cotangents];
    }

    // The readers of a part pass zeros to the others: what is known to be zero is not added up.
    private static ImmutableArray<Tensor> Given(Tensor cotangent, Attributes.Loop loop)
    {
        var parts = ImmutableArray.CreateBuilder<Tensor>();
        var start = 0;
        foreach (var shape in loop.Parts)
        {
            var part = Range(cotangent, start, start + shape.Size);
            parts.Add(part is null ? Full(cotangent.DType, shape, 0) : Reshape(part, shape));
            start += shape.Size;
        }
        return parts.ToImmutable();
    }

    // Elements of a one-dimensional expression, null where they are padding.
    private static Tensor? Range(Tensor x, int start, int stop)
    {
        if (x.Op == OpCode.Add) return (Range(x.Inputs[0], start, stop), Range(x.Inputs[1], start, stop)) switch { (null, var b) => b, (var a, null) => a, var (a, b) => a + b };
        if (x.Attributes is not Attributes.Padding padding) return Slice(x, [start], [stop]);
        var (low, size) = (padding.Low[0], x.Inputs[0].Shape[0]);
        if (stop <= low || start >= low + size) return null;
        return start >= low && stop <= low + size ? Range(x.Inputs[0], start - low, stop - low) : Slice(x, [start], [stop]);
    }

    /// <summary>The carries that enter each step, stacked. The pipeline merges this loop with the original.</summary>
    private static ImmutableArray<Tensor> Entering(Tensor node, Attributes.Loop loop)
    {
        var outputs = loop.Body.Outputs[..loop.Carries].AddRange(loop.Body.Inputs[..loop.Carries].Select((x, i) => ($"entering{i}", x)));
        var forward = Tensor.Create(OpCode.Scan, node.Inputs, loop with { Body = loop.Body.WithOutputs(outputs) }, node.Origin);
        return Loops.Parts(forward)[loop.Carries..];
    }
}
