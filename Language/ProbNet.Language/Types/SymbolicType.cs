using ProbNet.Graph;

namespace ProbNet.Language.Types;

/// <summary>A tensor's type with symbolic sizes.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Axes">Axes, outermost first.</param>
/// <param name="Bound">For index types <c>int&lt;c&gt;</c>: the exclusive upper bound, else null.</param>
public sealed record SymbolicType(ElementType Element, EqArray<Axis> Axes, Dim? Bound)
{
    /// <summary>As a person writes it: <c>real[n, 4]</c>, <c>int&lt;3&gt;[n]</c>.</summary>
    public override string ToString() => TypeText.Tensor(Element, Bound, Axes);
}
