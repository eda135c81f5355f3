using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>
/// One node of a tensor expression: a primitive applied to operands, with its element type and shape. Immutable; equality is identity, and
/// sharing a node shares its value. Arithmetic operators broadcast right-aligned.
/// </summary>
public sealed partial class Tensor
{
    private Tensor(OpCode op, ImmutableArray<Tensor> inputs, Attributes attributes, TensorType type, Origin? origin)
    {
        (Op, Inputs, Attributes, DType, Shape, Origin) = (op, inputs, attributes, type.DType, type.Shape, origin);
    }

    /// <summary>The primitive.</summary>
    public OpCode Op { get; }

    /// <summary>The operands.</summary>
    public ImmutableArray<Tensor> Inputs { get; }

    /// <summary>The primitive's attributes.</summary>
    public Attributes Attributes { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The axis sizes.</summary>
    public Shape Shape { get; }

    /// <summary>Where the value came from in the model, for messages.</summary>
    public Origin? Origin { get; }

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The node that applies <paramref name="op"/>; its type follows from the operation's shape rule.</summary>
    /// <exception cref="ShapeException">The operands do not fit the operation.</exception>
    public static Tensor Create(OpCode op, ImmutableArray<Tensor> inputs, Attributes attributes, Origin? origin = null) =>
        new(op, inputs, attributes, OpTable.Rule(op).Infer(inputs, attributes), origin);

    /// <summary>The same node with an origin; returned unchanged if it already has one.</summary>
    public Tensor WithOrigin(Origin? origin) =>
        origin is null || Origin is not null ? this : new(Op, Inputs, Attributes, new(DType, Shape), origin);

    /// <summary>The same primitive over other operands of the same types, which is not inferred again; keeps the origin.</summary>
    internal Tensor WithInputs(ImmutableArray<Tensor> inputs) => new(Op, inputs, Attributes, new(DType, Shape), Origin);

    /// <inheritdoc/>
    public override string ToString() => $"{Op} {DType.Name()}{Shape}";
}

/// <summary>Element type and shape of a tensor.</summary>
public readonly record struct TensorType(DType DType, Shape Shape);

/// <summary>Operands that do not fit a primitive: a fault of the graph's builder, not of a user's program, which the checker has cleared.</summary>
public sealed class ShapeException(OpCode op, string why) : Exception($"{op}: {why}")
{
    /// <summary>The primitive.</summary>
    public OpCode Op { get; } = op;
}
