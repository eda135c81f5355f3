using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// A loop as expressions over placeholders: what one step computes from the carries that enter it and from one position of each sequence. Unlike the body of a
/// <see cref="OpCode.Scan"/> it is open: it may refer to any other expression, which is then the same at every step.
/// </summary>
/// <remarks><see cref="Run"/> computes it with as little recurrence as there is: only carries whose next value depends on themselves are looped over.</remarks>
public sealed record OpenLoop
{
    /// <summary>The number of steps.</summary>
    public required int Length { get; init; }

    /// <summary>For each carry the input node that stands for its value on entering a step.</summary>
    public required EqArray<Tensor> Carries { get; init; }

    /// <summary>The carries before the first step.</summary>
    public required EqArray<Tensor> Initial { get; init; }

    /// <summary>The carries after a step, of the types and shapes of the carries.</summary>
    public required EqArray<Tensor> Next { get; init; }

    /// <summary>For each sequence the input node that stands for one position of it.</summary>
    public required EqArray<Tensor> Slices { get; init; }

    /// <summary>The sequences: each of its slice's type and shape with a leading axis of <see cref="Length"/>.</summary>
    public required EqArray<Tensor> Sequences { get; init; }

    /// <summary>The final carries, and the given expressions of one step stacked along a new leading axis of steps.</summary>
    /// <param name="type">The floating-point type of the state of a loop that remains.</param>
    /// <param name="outputs">Expressions over the placeholders.</param>
    /// <param name="origin">Where the loop stands in the model.</param>
    public (ImmutableArray<Tensor> Carries, ImmutableArray<Tensor> Outputs) Run(DType type, IReadOnlyList<Tensor> outputs, Origin? origin = null) =>
        new LoopSplitting(this, type, origin).Run(outputs);
}
