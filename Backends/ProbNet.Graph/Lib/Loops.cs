using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>The results of a loop as tensors of their own.</summary>
/// <param name="Carries">The carries after the last step, of the types and shapes of their first values.</param>
/// <param name="Outputs">The outputs of the steps, stacked along a new leading axis of steps.</param>
/// <param name="Node">The <see cref="OpCode.Scan"/> node behind them.</param>
public sealed record LoopResult(ImmutableArray<Tensor> Carries, ImmutableArray<Tensor> Outputs, Tensor Node);

/// <summary>What one step gives.</summary>
/// <param name="Next">The next value of each carry, of its type and shape.</param>
/// <param name="Outputs">What is kept of the step.</param>
public sealed record LoopStep(IReadOnlyList<Tensor> Next, IReadOnlyList<Tensor> Outputs);

/// <summary>Makes loops and takes their results apart.</summary>
public static class Loops
{
    /// <summary>
    /// A loop of <paramref name="length"/> steps. <paramref name="step"/> is called once, with placeholders for the carries and for one position of each sequence;
    /// it may use any other expression, which is then the same at every step and computed once, outside. Carries, outputs and results keep their types; inside the
    /// primitive those of other types are converted to <paramref name="type"/>, so that whole numbers must be below its 2^24 (f32) or 2^53 (f64).
    /// </summary>
    /// <param name="type">A floating-point type: that of the loop's state.</param>
    /// <param name="length">The number of steps.</param>
    /// <param name="initial">The carries before the first step.</param>
    /// <param name="sequences">Tensors with a leading axis of <paramref name="length"/>.</param>
    /// <param name="step">One step, from carries and slices.</param>
    /// <param name="reverse">Whether steps go from the last position to the first.</param>
    /// <param name="origin">Where the loop stands in the model.</param>
    /// <exception cref="ShapeException">A next carry is not of its carry's type and shape, a sequence has another length, or the step gives nothing.</exception>
    public static LoopResult Scan(
        DType type, int length, IReadOnlyList<Tensor> initial, IReadOnlyList<Tensor> sequences, Func<ImmutableArray<Tensor>, ImmutableArray<Tensor>, LoopStep> step,
        bool reverse = false, Origin? origin = null)
    {
        Tensor[] first = [.. initial.Select(x => Convert(x, type))];
        Tensor[] carries = [.. first.Select((x, i) => Input($"carry{i}", type, x.Shape))];
        Tensor[] slices = [.. sequences.Select((x, i) => Input($"item{i}", x.DType, Rest(x, length)))];
        var made = step([.. carries.Zip(initial, (x, like) => Convert(x, like.DType))], [.. slices]);
        if (made.Next.Count != initial.Count) throw new ShapeException(OpCode.Scan, $"a step gives {made.Next.Count} next values for {initial.Count} carries");
        for (var i = 0; i < initial.Count; i++)
        {
            if (made.Next[i].DType != initial[i].DType || made.Next[i].Shape != initial[i].Shape)
                throw new ShapeException(OpCode.Scan, $"carry {i} starts as {initial[i].DType.Name()}{initial[i].Shape} and becomes {made.Next[i].DType.Name()}{made.Next[i].Shape}");
        }
        Tensor[] outputs = [.. made.Next.Concat(made.Outputs).Select(x => Convert(x, type))];
        var node = LoopClosure.Close(length, reverse, carries, first, slices, sequences, outputs, origin);
        var parts = Parts(node);
        return new(
            [.. parts.Take(initial.Count).Select((x, i) => Convert(x, initial[i].DType).WithOrigin(origin))],
            [.. parts.Skip(initial.Count).Select((x, i) => Convert(x, made.Outputs[i].DType).WithOrigin(origin))],
            node);
    }

    /// <summary>The parts of a loop's result under their own shapes: the final carries, then the stacked outputs, all of the loop's type.</summary>
    public static ImmutableArray<Tensor> Parts(Tensor node) => Parts(node, (Attributes.Loop)node.Attributes);

    /// <summary>The parts of anything laid out like the loop's result.</summary>
    internal static ImmutableArray<Tensor> Parts(Tensor packed, Attributes.Loop loop)
    {
        var parts = ImmutableArray.CreateBuilder<Tensor>();
        var start = 0;
        foreach (var shape in loop.Parts)
        {
            parts.Add(Reshape(Slice(packed, [start], [start + shape.Size]).WithOrigin(packed.Origin), shape).WithOrigin(packed.Origin));
            start += shape.Size;
        }
        return parts.ToImmutable();
    }

    /// <summary>The result that has these parts: the inverse of <see cref="Parts(Tensor)"/>.</summary>
    internal static Tensor Pack(IEnumerable<Tensor> parts) => Concat(parts.Select(x => Reshape(x, [x.Shape.Size])), 0);

    private static Shape Rest(Tensor sequence, int length)
    {
        if (sequence.Rank == 0 || sequence.Shape[0] != length) throw new ShapeException(OpCode.Scan, $"a sequence {sequence.Shape} has no leading axis of {length}");
        return sequence.Shape[1..];
    }
}
