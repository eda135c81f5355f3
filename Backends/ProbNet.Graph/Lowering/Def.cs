namespace ProbNet.Graph;

/// <summary>How a value comes to be.</summary>
internal enum DefKind
{
    /// <summary>Written by the caller.</summary>
    Input,
    /// <summary>Written when the plan is made.</summary>
    Constant,
    /// <summary>Computed element by element, possibly inside a fused region. Random draws belong here.</summary>
    Map,
    /// <summary>Computed from a region's tiles by folding axes.</summary>
    Reduce,
    /// <summary>Computed by a kernel of its own.</summary>
    Kernel,
}

/// <summary>
/// A value the plan computes: dense elements in row-major order. A tensor of the graph is a <see cref="View"/> of one, so that broadcasts, transposes,
/// slices and reshapes cost nothing. Axes along which an elementwise result repeats are not part of its definition.
/// </summary>
internal sealed class Def(int id, DefKind kind, OpCode op, DType type, int[] dims, View[] operands, Tensor? node)
{
    /// <summary>Its position in the list of definitions.</summary>
    public int Id { get; set; } = id;

    public DefKind Kind { get; } = kind;

    /// <summary>The primitive; a copy is <see cref="OpCode.StopGradient"/>, the identity.</summary>
    public OpCode Op { get; } = op;

    public DType Type { get; } = type;

    /// <summary>Axis sizes, none of them 1 unless all are.</summary>
    public int[] Dims { get; } = dims;

    /// <summary>The operands. For maps and reductions their views run over <see cref="Space"/>.</summary>
    public View[] Operands { get; } = operands;

    /// <summary>The graph's node, for attributes and messages; null for copies and constants the lowering made.</summary>
    public Tensor? Node { get; } = node;

    public int Size { get; } = Views.Product(dims);

    /// <summary>Elements that are visited to compute the value: its own, or those folded.</summary>
    public int Space { get; init; } = Views.Product(dims);

    /// <summary>How a reduction folds its space.</summary>
    public Fold Fold { get; init; }

    /// <summary>For a constant: its elements.</summary>
    public HostTensor? Value { get; init; }

    /// <summary>For a product that reads windows from the image, its first operand: the windows and how the product uses them.</summary>
    public (Tensor Unfold, WindowUse Use)? Windows { get; init; }

    /// <summary>Whether it depends on no input, directly or indirectly, and is small enough to be computed once when the plan is made.</summary>
    public bool Fixed { get; init; }

    /// <summary>Its index among the outputs it must be kept for, or -1.</summary>
    public int Output { get; set; } = -1;

    /// <summary>Another definition of the same value, to be computed elsewhere.</summary>
    public Def Clone() => new(Id, Kind, Op, Type, Dims, [.. Operands], Node) { Space = Space, Fold = Fold, Fixed = Fixed };

    public nint Bytes => (nint)Size * Type.Size();

    public bool IsFusable => Kind is DefKind.Map or DefKind.Reduce;

    public bool IsLeaf => Kind is DefKind.Input or DefKind.Constant;

    public override string ToString() => $"%{Id} {Op} {Type.Name()}[{string.Join(", ", Dims)}]";
}

/// <summary>Which elements of a reduction's space, seen as rows × columns, are folded into one.</summary>
/// <param name="Form">All, each row, or each column.</param>
/// <param name="Columns">Columns of the space.</param>
internal readonly record struct Fold(FoldForm Form, int Columns);

internal enum FoldForm
{
    /// <summary>Everything into one value.</summary>
    All,
    /// <summary>Each row into one value: trailing axes.</summary>
    Rows,
    /// <summary>Each column into one value: leading axes.</summary>
    Columns,
}
