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

    /// <summary>The windows along an image's height and width.</summary>
    public sealed record Window(WindowAxis Rows, WindowAxis Columns) : Attributes
    {
        /// <summary>The number of positions in a window.</summary>
        public int Positions => Rows.Size * Columns.Size;
    }

    /// <summary>The stream (a hash of the site's name and purpose), the shape of one draw, and the element type of the result.</summary>
    public sealed record RandomSpec(uint Stream, Shape Event, DType DType) : Attributes;

    /// <summary>
    /// A loop. The body is a closed graph: its inputs are the carries, one slice of each sequence, and the constants, in this order; its outputs are the
    /// next carries, of the carries' types, and then any number of outputs of one step. All outputs are of one floating-point type.
    /// </summary>
    /// <param name="Body">One step.</param>
    /// <param name="Length">The number of steps; the leading axis of every sequence.</param>
    /// <param name="Carries">How many values go from step to step.</param>
    /// <param name="Sequences">How many operands are taken apart along their leading axis.</param>
    /// <param name="Reverse">Whether the steps go from the last position to the first; outputs stand at the position of their step.</param>
    public sealed record Loop(TensorGraph Body, int Length, int Carries, int Sequences, bool Reverse = false) : Attributes
    {
        /// <summary>How many operands are the same at every step.</summary>
        public int Constants => Body.Inputs.Length - Carries - Sequences;

        /// <summary>The shapes of the result's parts in order: final carries, then stacked outputs.</summary>
        public EqArray<Shape> Parts
        {
            get
            {
                var shapes = new Shape[Body.Outputs.Length];
                for (var i = 0; i < shapes.Length; i++) shapes[i] = i < Carries ? Body.Outputs[i].Value.Shape : Body.Outputs[i].Value.Shape.Prepend(Length);
                return [.. shapes];
            }
        }

        /// <summary>Equality of the counts and, node by node, of the bodies.</summary>
        public bool Equals(Loop? other) =>
            other is not null && (Length, Carries, Sequences, Reverse) == (other.Length, other.Carries, other.Sequences, other.Reverse) && SameGraph.Are(Body, other.Body);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Length, Carries, Sequences, Reverse, Body.Inputs.Length, Body.Outputs.Length, Body.Nodes.Length);
    }
}
