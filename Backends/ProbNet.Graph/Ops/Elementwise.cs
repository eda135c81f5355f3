using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Builders of rows for elementwise primitives: shape, VJP, batching and samples from a scalar function and one derivative per operand.
/// Operands have identical shapes; broadcasts are nodes of their own.
/// </summary>
internal static class Elementwise
{
    /// <summary>Values at which functions of floating-point numbers go wrong.</summary>
    private static readonly double[] Awkward = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-42, -5e-324, 1, -1, 3e38, -2, 0.5, 710, -745];

    /// <summary>Which element types a primitive takes.</summary>
    public enum Takes
    {
        Floats,
        Numbers,
        Bools,
        Anything,
    }

    /// <summary>A row for y = f(x).</summary>
    /// <param name="op">The primitive.</param>
    /// <param name="f">The scalar function of floating-point elements.</param>
    /// <param name="derivative">dy/dx as an expression of x and y; null where the derivative is zero or none.</param>
    /// <param name="points">Sample points at which the function has two derivatives.</param>
    /// <param name="integers">The function of integer elements; null where the primitive takes floating-point types only.</param>
    /// <param name="simplify">See <see cref="OpRule.Simplify"/>.</param>
    public static OpRule Unary(OpCode op, Func<double, double> f, Func<Tensor, Tensor, Tensor>? derivative, double[] points,
        Func<long, long>? integers = null, Func<Tensor, Tensor?>? simplify = null) => new()
    {
        Op = op,
        Kind = OpKind.Elementwise,
        Infer = (x, _) => SameAsFirst(op, x, 1, integers is null ? Takes.Floats : Takes.Numbers),
        Evaluate = (_, x) => x[0].Data is long[] l ? HostTensor.Of(x[0].Shape, Array.ConvertAll(l, v => integers!(v))) : HostArrays.Map(x[0], f),
        Vjp = (node, g) => [derivative is null ? null : Masked.Chain(g, h => h * derivative(node.Inputs[0], node))],
        Batch = Batching.Leading,
        Simplify = simplify ?? (static _ => null),
        Samples = type => UnarySamples(type, points, derivative is not null, integers is not null),
    };

    /// <summary>A row for z = f(x, y) of numbers.</summary>
    /// <param name="op">The primitive.</param>
    /// <param name="f">The scalar function of floating-point elements.</param>
    /// <param name="vjp">The cotangents of x and y from the node and its (unmasked) cotangent.</param>
    /// <param name="points">Pairs at which the function has two derivatives.</param>
    /// <param name="integers">The function of integer elements, or null.</param>
    /// <param name="simplify">See <see cref="OpRule.Simplify"/>.</param>
    public static OpRule Binary(OpCode op, Func<double, double, double> f, (Func<Tensor, Tensor, Tensor> X, Func<Tensor, Tensor, Tensor> Y) vjp,
        (double X, double Y)[] points, Func<long, long, long>? integers = null, Func<Tensor, Tensor?>? simplify = null) => new()
    {
        Op = op,
        Kind = OpKind.Elementwise,
        Infer = (x, _) => SameAsFirst(op, x, 2, integers is null ? Takes.Floats : Takes.Numbers),
        Evaluate = (_, x) => x[0].Data is long[] a
            ? HostTensor.Of(x[0].Shape, [.. a.Zip((long[])x[1].Data, integers!)])
            : HostArrays.Zip(x[0], x[1], f),
        Vjp = (node, g) => node.DType.IsFloat() ? [Masked.Chain(g, h => vjp.X(node, h)), Masked.Chain(g, h => vjp.Y(node, h))] : [null, null],
        Batch = Batching.Leading,
        Simplify = simplify ?? (static _ => null),
        Samples = type => BinarySamples(type, points, integers is not null),
    };

    /// <summary>A row for a truth value from two operands of one type.</summary>
    public static OpRule Comparison(OpCode op, Func<double, double, bool> f, Func<long, long, bool> integers, bool bools, Func<Tensor, Tensor?> simplify) => new()
    {
        Op = op,
        Kind = OpKind.Elementwise,
        Infer = (x, _) => new(DType.Bool, SameAsFirst(op, x, 2, bools ? Takes.Anything : Takes.Numbers).Shape),
        Evaluate = (_, x) => HostArrays.Compare(x[0], x[1], f, integers),
        Vjp = static (_, _) => [null, null],
        Batch = Batching.Leading,
        Simplify = simplify,
        Samples = type => BinarySamples(type, [(1, 2), (2, 1), (3, 3), (-1.5, 1.5), (0, -0.0)], true),
    };

    /// <summary>The shape rule: all operands of one shape and one type, which is also the result's.</summary>
    public static TensorType SameAsFirst(OpCode op, ImmutableArray<Tensor> x, int arity, Takes takes)
    {
        Require.Arity(op, x, arity);
        Require.Type(op, x[0], takes switch
        {
            Takes.Floats => x[0].DType.IsFloat(),
            Takes.Numbers => x[0].DType != DType.Bool,
            Takes.Bools => x[0].DType == DType.Bool,
            Takes.Anything => true,
        });
        for (var i = 1; i < arity; i++)
        {
            Require.SameType(op, x[0], x[i]);
            Require.SameShape(op, x[0], x[i]);
        }
        return new(x[0].DType, x[0].Shape);
    }

    /// <summary>The listed values, repeated as often as the shape needs.</summary>
    public static HostTensor Cycle(DType type, Shape shape, params double[] values)
    {
        var filled = new double[shape.Size];
        for (var i = 0; i < filled.Length; i++) filled[i] = values[i % values.Length];
        return HostTensor.FromDoubles(type, shape, filled);
    }

    private static IEnumerable<OpSample> UnarySamples(DType type, double[] points, bool differentiable, bool integers)
    {
        yield return new([Cycle(type, [3, 5], points)], Attributes.None.Value, differentiable);
        yield return new([Cycle(type, [Awkward.Length], Awkward)], Attributes.None.Value, false);
        yield return new([Cycle(type, [], points[^1])], Attributes.None.Value, differentiable);
        yield return new([Cycle(type, [2, 0], 1)], Attributes.None.Value, false);
        if (integers) yield return new([HostTensor.Of([5], [0, 7, -3, long.MaxValue, 1])], Attributes.None.Value, false);
    }

    private static IEnumerable<OpSample> BinarySamples(DType type, (double X, double Y)[] points, bool integers)
    {
        double[] xs = [.. points.Select(p => p.X)], ys = [.. points.Select(p => p.Y)];
        yield return new([Cycle(type, [3, 5], xs), Cycle(type, [3, 5], ys)], Attributes.None.Value);
        yield return new([Cycle(type, [], xs[^1]), Cycle(type, [], ys[^1])], Attributes.None.Value);
        Shape square = [Awkward.Length, Awkward.Length];
        var all = Cycle(type, square, Awkward);
        var turned = HostTensor.FromDoubles(type, square, [.. Enumerable.Range(0, square.Size).Select(i => Awkward[i / Awkward.Length])]);
        yield return new([all, turned], Attributes.None.Value, false);
        if (integers) yield return new([HostTensor.Of([5], [0, 7, -3, long.MaxValue, 2]), HostTensor.Of([5], [5, 7, 2, 2, -11])], Attributes.None.Value, false);
    }
}
