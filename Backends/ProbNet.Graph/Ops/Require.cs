using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>The questions shape rules ask; each throws a <see cref="ShapeException"/> where the answer is no.</summary>
internal static class Require
{
    public static void Arity(OpCode op, ImmutableArray<Tensor> operands, int count)
    {
        if (operands.Length != count) throw new ShapeException(op, $"takes {count} operands, not {operands.Length}");
    }

    public static T Attribute<T>(OpCode op, Attributes attributes) where T : Attributes =>
        attributes as T ?? throw new ShapeException(op, $"needs the attribute {typeof(T).Name}, not {attributes.GetType().Name}");

    public static void That(OpCode op, bool holds, string why)
    {
        if (!holds) throw new ShapeException(op, why);
    }

    public static void Type(OpCode op, Tensor x, bool holds)
    {
        if (!holds) throw new ShapeException(op, $"does not take {x.DType.Name()}");
    }

    public static void SameType(OpCode op, Tensor x, Tensor y)
    {
        if (x.DType != y.DType) throw new ShapeException(op, $"element types {x.DType.Name()} and {y.DType.Name()} differ");
    }

    public static void SameShape(OpCode op, Tensor x, Tensor y)
    {
        if (x.Shape != y.Shape) throw new ShapeException(op, $"shapes {x.Shape} and {y.Shape} differ");
    }
}
