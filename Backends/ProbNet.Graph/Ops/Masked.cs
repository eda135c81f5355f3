using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Cotangents of the form select(c, g, 0) or select(c, 0, g). A zero cotangent times an infinite derivative is NaN, so a rule that multiplied such a
/// cotangent would let an excluded element poison the gradient (select(x > 0, log x, 0) at 0). The rules here act on g inside the
/// selection instead, which keeps excluded elements at exactly zero through any chain of elementwise operations and moves.
/// </summary>
internal static class Masked
{
    /// <summary>f(g), with elements that g's selection excludes at zero. <paramref name="f"/> must be elementwise and linear.</summary>
    public static Tensor Chain(Tensor g, Func<Tensor, Tensor> f)
    {
        if (g.Op != OpCode.Select) return f(g);
        if (Match.IsZero(g.Inputs[2])) return WithZeros(g.Inputs[0], f(g.Inputs[1]), chosen: true);
        if (Match.IsZero(g.Inputs[1])) return WithZeros(g.Inputs[0], f(g.Inputs[2]), chosen: false);
        return f(g);
    }

    /// <summary>f(g) for a linear f that only moves or repeats elements: applied to the condition and the value alike.</summary>
    public static Tensor Move(Tensor g, Func<Tensor, Tensor> f)
    {
        if (g.Op != OpCode.Select) return f(g);
        if (Match.IsZero(g.Inputs[2])) return WithZeros(f(g.Inputs[0]), f(g.Inputs[1]), chosen: true);
        if (Match.IsZero(g.Inputs[1])) return WithZeros(f(g.Inputs[0]), f(g.Inputs[2]), chosen: false);
        return f(g);
    }

    /// <summary>g where the condition equals <paramref name="chosen"/>, zero elsewhere. Two masks become one with the condition of both.</summary>
    public static Tensor WithZeros(Tensor condition, Tensor g, bool chosen)
    {
        if (g.Op == OpCode.Select && Match.IsZero(g.Inputs[2])) return WithZeros(And(g.Inputs[0], Holds(condition, chosen)), g.Inputs[1], chosen: true);
        if (g.Op == OpCode.Select && Match.IsZero(g.Inputs[1])) return WithZeros(And(Not(g.Inputs[0]), Holds(condition, chosen)), g.Inputs[2], chosen: true);
        return chosen ? Select(condition, g, ZerosLike(g)) : Select(condition, ZerosLike(g), g);
    }

    private static Tensor Holds(Tensor condition, bool chosen) => chosen ? condition : Not(condition);

    /// <summary>a + b; two selections by the same condition stay one.</summary>
    public static Tensor Add(Tensor a, Tensor b)
    {
        if (a.Op == OpCode.Select && b.Op == OpCode.Select && ReferenceEquals(a.Inputs[0], b.Inputs[0]))
        {
            if (Match.IsZero(a.Inputs[2]) && Match.IsZero(b.Inputs[2])) return WithZeros(a.Inputs[0], a.Inputs[1] + b.Inputs[1], chosen: true);
            if (Match.IsZero(a.Inputs[1]) && Match.IsZero(b.Inputs[1])) return WithZeros(a.Inputs[0], a.Inputs[2] + b.Inputs[2], chosen: false);
        }
        return a + b;
    }
}
