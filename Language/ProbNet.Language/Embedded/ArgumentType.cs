using ProbNet.Graph;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Embedded;

/// <summary>The declared type of a model's argument, or a dimension of the model.</summary>
public sealed class ArgumentType
{
    private ArgumentType(TypeExpr? type) => Type = type;

    /// <summary>Null for a dimension.</summary>
    internal TypeExpr? Type { get; }

    /// <summary>A dimension that no argument has, <c>model name [n]</c> in the text form.</summary>
    public static ArgumentType Dimension { get; } = new((TypeExpr?)null);

    /// <summary><c>real[…]</c>.</summary>
    public static ArgumentType Real(params AxisSize[] axes) => Of("real", null, axes);

    /// <summary><c>int[…]</c>.</summary>
    public static ArgumentType Int(params AxisSize[] axes) => Of("int", null, axes);

    /// <summary><c>int&lt;bound&gt;[…]</c>: indices below <paramref name="bound"/>.</summary>
    public static ArgumentType Index(AxisSize bound, params AxisSize[] axes) => Of("int", bound, axes);

    /// <summary><c>bool[…]</c>.</summary>
    public static ArgumentType Bool(params AxisSize[] axes) => Of("bool", null, axes);

    private static ArgumentType Of(string element, AxisSize? bound, AxisSize[] axes) => new(new TypeExpr.Tensor(element, bound?.Size, axes.Select(a => a.Size).ToEqArray()));
}

/// <summary>The size of an axis in a declared type: a number, or the name of a dimension.</summary>
public readonly struct AxisSize
{
    private AxisSize(Expr size) => Size = size;

    internal Expr Size { get; }

    /// <summary>A known size.</summary>
    public static implicit operator AxisSize(int size) => new(new IntLiteral(size));

    /// <summary>A named dimension.</summary>
    public static implicit operator AxisSize(string name) => new(new Name(name));
}
