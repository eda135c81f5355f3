using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>Everything the system knows of one primitive: the row of <see cref="OpTable"/>.</summary>
public sealed record OpRule
{
    /// <summary>The primitive.</summary>
    public required OpCode Op { get; init; }

    /// <summary>How backends treat it.</summary>
    public required OpKind Kind { get; init; }

    /// <summary>The shape rule: result type from operands and attributes; throws <see cref="ShapeException"/> where they do not fit.</summary>
    public required Func<ImmutableArray<Tensor>, Attributes, TensorType> Infer { get; init; }

    /// <summary>The reference meaning: result values from operand values. Clear rather than fast.</summary>
    public required Func<Tensor, IReadOnlyList<HostTensor>, HostTensor> Evaluate { get; init; }

    /// <summary>
    /// Reverse mode: from the node and the cotangent of its result, the cotangent of each operand, null where none flows
    /// (integer operands, points of no derivative).
    /// </summary>
    public required Func<Tensor, Tensor, ImmutableArray<Tensor?>> Vjp { get; init; }

    /// <summary>
    /// Batching: from the node, its operands with a leading axis of the given size where flagged as batched, and that size, the result with the
    /// leading axis. Called only when at least one operand is batched.
    /// </summary>
    public required Func<Tensor, ImmutableArray<Tensor>, ImmutableArray<bool>, int, Tensor> Batch { get; init; }

    /// <summary>An equal but cheaper expression, or null. Sees simplified operands.</summary>
    public Func<Tensor, Tensor?> Simplify { get; init; } = static _ => null;

    /// <summary>Applications on which the laws are run: shapes of distinct primes, values that include the awkward ones.</summary>
    public required Func<DType, IEnumerable<OpSample>> Samples { get; init; }

    /// <summary>Relative tolerance of a backend against <see cref="Evaluate"/>, in units of the type's machine epsilon.</summary>
    public double ToleranceUlps { get; init; } = 16;
}

/// <summary>How backends treat a primitive.</summary>
public enum OpKind
{
    /// <summary>Inputs, constants, iota.</summary>
    Leaf,
    /// <summary>Element i of the result depends on element i of each operand.</summary>
    Elementwise,
    /// <summary>Elements are moved, not computed.</summary>
    Movement,
    /// <summary>Rows chosen by index.</summary>
    Indexing,
    /// <summary>Axes are folded.</summary>
    Reduction,
    /// <summary>Products, factorisations, solves.</summary>
    LinearAlgebra,
    /// <summary>Windows of images.</summary>
    Window,
    /// <summary>Counter-based draws.</summary>
    Random,
    /// <summary>Loops over a body graph.</summary>
    Loop,
}

/// <summary>One application of a primitive for the law tests.</summary>
/// <param name="Operands">Operand values.</param>
/// <param name="Attributes">The attributes.</param>
/// <param name="Differentiable">Whether the derivative exists at this point (false at kinks and boundaries).</param>
public sealed record OpSample(EqArray<HostTensor> Operands, Attributes Attributes, bool Differentiable = true);
