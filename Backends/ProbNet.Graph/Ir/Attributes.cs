namespace ProbNet.Graph;

/// <summary>What a primitive needs to know beside its operands. A closed hierarchy; compares by value.</summary>
public abstract record Attributes
{
    private Attributes() { }

    /// <summary>Nothing.</summary>
    public sealed record None : Attributes
    {
        /// <summary>The only value.</summary>
        public static readonly None Value = new();
    }

    /// <summary>An input: its name (unique within a graph), type and shape.</summary>
    public sealed record Named(string Name, DType DType, Shape Shape) : Attributes;

    /// <summary>A literal's values.</summary>
    public sealed record Literal(HostTensor Value) : Attributes;

    /// <summary>The shape of an iota and the axis it counts along.</summary>
    public sealed record IotaSpec(Shape Shape, int Along) : Attributes;

    /// <summary>The order of a polygamma function.</summary>
    public sealed record Order(int Value) : Attributes;

    /// <summary>The type converted to.</summary>
    public sealed record ConvertTo(DType DType) : Attributes;

    /// <summary>A target shape.</summary>
    public sealed record ToShape(Shape Shape) : Attributes;

    /// <summary>Axes, in increasing order for reductions; a permutation for transposes.</summary>
    public sealed record Axes(EqArray<int> Value) : Attributes;

    /// <summary>One axis.</summary>
    public sealed record Axis(int Value) : Attributes;

    /// <summary>Start (inclusive) and stop (exclusive) of a slice along each axis.</summary>
    public sealed record Box(EqArray<int> Start, EqArray<int> Stop) : Attributes;

    /// <summary>Zeros added before and after each axis.</summary>
    public sealed record Padding(EqArray<int> Low, EqArray<int> High) : Attributes;

    /// <summary>Whether a triangular solve uses the transpose.</summary>
    public sealed record Triangle(bool Transposed) : Attributes;

    /// <summary>The stream (a hash of the site's name and purpose), the shape of one draw, and the element type of the result.</summary>
    public sealed record RandomSpec(uint Stream, Shape Event, DType DType) : Attributes;
}
