using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the reductions. Floating-point sums are accumulated in double and rounded once.</summary>
internal static class Reductions
{
    public static OpRule[] Rows => [SumRow, MaxRow, ArgMaxRow];

    private static OpRule SumRow => new()
    {
        Op = OpCode.ReduceSum,
        Kind = OpKind.Reduction,
        Infer = static (x, a) => Infer(OpCode.ReduceSum, x, a),
        Evaluate = static (node, x) =>
        {
            var targets = HostArrays.Offsets(x[0].Shape, HostArrays.ReducedStrides(x[0].Shape, Axes(node).AsSpan()));
            return SumInto(x[0], node.Shape, i => targets[i]);
        },
        Vjp = static (node, g) => [node.DType.IsFloat() ? Masked.Move(g, t => Restore(t, node)) : null],
        Batch = static (node, operands, _, _) => Sum(operands[0], [.. Axes(node).Map(axis => axis + 1)]),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            if (x.Shape.Size == node.Shape.Size) return Reshape(x, node.Shape);
            if (x.Op == OpCode.ReduceSum) return Sum(x.Inputs[0], [.. Axes(x), .. Outer(Axes(node), Axes(x), x.Inputs[0].Rank)]);
            if (x.Op == OpCode.Neg) return -Sum(x.Inputs[0], [.. Axes(node)]);
            return x.Op == OpCode.Broadcast ? OfBroadcast(node, x) : ContractLeading(node, x);
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [5], 1.5, -2, 7)], new Attributes.Axes([0])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 11)], new Attributes.Axes([0, 2])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 11)], new Attributes.Axes([1])),
            new([Elementwise.Cycle(type, [2, 1], 1.5, -2)], new Attributes.Axes([1])),
            new([Elementwise.Cycle(type, [2, 0], 1)], new Attributes.Axes([1]), false),
            new([HostTensor.Of([2, 3], [1, 2, 3, 4, 5, long.MaxValue])], new Attributes.Axes([0]), false),
            new([Elementwise.Cycle(type, [2, 2], 1, double.PositiveInfinity, 3, double.NegativeInfinity)], new Attributes.Axes([0]), false),
        ],
    };

    // A tie shares the cotangent equally among the maxima; the derivative does not exist there. The maximum of no elements is -inf.
    private static OpRule MaxRow => new()
    {
        Op = OpCode.ReduceMax,
        Kind = OpKind.Reduction,
        Infer = static (x, a) => Infer(OpCode.ReduceMax, x, a),
        Evaluate = static (node, x) =>
        {
            var targets = HostArrays.Offsets(x[0].Shape, HostArrays.ReducedStrides(x[0].Shape, Axes(node).AsSpan()));
            if (x[0].Data is long[] l)
            {
                var integers = new long[node.Shape.Size];
                Array.Fill(integers, long.MinValue);
                for (var i = 0; i < l.Length; i++) integers[targets[i]] = Math.Max(integers[targets[i]], l[i]);
                return HostTensor.Of(node.Shape, integers);
            }
            var result = new double[node.Shape.Size];
            Array.Fill(result, double.NegativeInfinity);
            for (var i = 0; i < targets.Length; i++) result[targets[i]] = Math.Max(result[targets[i]], x[0][i]);
            return HostTensor.FromDoubles(node.DType, node.Shape, result);
        },
        Vjp = static (node, g) =>
        {
            if (!node.DType.IsFloat()) return [null];
            var winner = Equal(node.Inputs[0], Restore(node, node));
            var count = Sum(Convert(winner, node.DType), [.. Axes(node)]);
            return [Masked.WithZeros(winner, Restore(g / count, node), chosen: true)];
        },
        Batch = static (node, operands, _, _) => ReduceMax(operands[0], [.. Axes(node).Map(axis => axis + 1)]),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            if (x.Shape.Size == node.Shape.Size) return Reshape(x, node.Shape);
            if (x.Op == OpCode.Broadcast) return OfBroadcast(node, x);
            return x.Op == OpCode.ReduceMax ? ReduceMax(x.Inputs[0], [.. Axes(x), .. Outer(Axes(node), Axes(x), x.Inputs[0].Rank)]) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [5], 1.5, -2, 7, 11, -3)], new Attributes.Axes([0])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 11, 0.3, -8, 19)], new Attributes.Axes([1])),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11, 0.3, -8)], new Attributes.Axes([0, 1])),
            new([Elementwise.Cycle(type, [2, 3], 2, 2, 1, double.NegativeInfinity, double.NaN, 1)], new Attributes.Axes([1]), false),
            new([Elementwise.Cycle(type, [2, 0], 1)], new Attributes.Axes([1]), false),
            new([HostTensor.Of([2, 3], [1, -2, 3, 4, 5, long.MaxValue])], new Attributes.Axes([0]), false),
        ],
    };

    private static OpRule ArgMaxRow => new()
    {
        Op = OpCode.ArgMax,
        Kind = OpKind.Reduction,
        Infer = static (x, _) =>
        {
            Require.Arity(OpCode.ArgMax, x, 1);
            Require.Type(OpCode.ArgMax, x[0], x[0].DType != DType.Bool);
            Require.That(OpCode.ArgMax, x[0].Rank > 0 && x[0].Shape[^1] > 0, $"shape {x[0].Shape} has no last axis to search");
            return new(DType.I64, x[0].Shape[..^1]);
        },
        // NaN counts as the largest value, as in the maximum.
        Evaluate = static (node, x) =>
        {
            var length = x[0].Shape[^1];
            var result = new long[node.Shape.Size];
            for (var row = 0; row < result.Length; row++)
            {
                var best = 0;
                for (var j = 1; j < length; j++)
                {
                    if (Above(x[0], row * length + j, row * length + best)) best = j;
                }
                result[row] = best;
            }
            return HostTensor.Of(node.Shape, result);
        },
        Vjp = static (_, _) => [null],
        Batch = Batching.Leading,
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11, 0.3, -8)], Attributes.None.Value, false),
            new([Elementwise.Cycle(type, [5], 1, 3, 2, 3, double.NegativeInfinity)], Attributes.None.Value, false),
            new([Elementwise.Cycle(type, [2, 3], 1, double.NaN, double.PositiveInfinity, double.NaN, 2, double.NaN)], Attributes.None.Value, false),
            new([HostTensor.Of([3], [5, long.MaxValue, long.MaxValue - 1])], Attributes.None.Value, false),
        ],
    };

    /// <summary>Zeros of <paramref name="shape"/> with element i of x added at <paramref name="target"/>(i).</summary>
    internal static HostTensor SumInto(HostTensor x, Shape shape, Func<int, int> target)
    {
        if (x.Data is long[] l)
        {
            var integers = new long[shape.Size];
            for (var i = 0; i < l.Length; i++) integers[target(i)] += l[i];
            return HostTensor.Of(shape, integers);
        }
        var sums = new double[shape.Size];
        for (var i = 0; i < x.Data.Length; i++) sums[target(i)] += x[i];
        return HostTensor.FromDoubles(x.DType, shape, sums);
    }

    private static bool Above(HostTensor x, int i, int j) =>
        x.Data is long[] l ? l[i] > l[j] : x[i] > x[j] || (double.IsNaN(x[i]) && !double.IsNaN(x[j]));

    private static EqArray<int> Axes(Tensor node) => ((Attributes.Axes)node.Attributes).Value;

    private static TensorType Infer(OpCode op, ImmutableArray<Tensor> x, Attributes attributes)
    {
        Require.Arity(op, x, 1);
        Require.Type(op, x[0], x[0].DType != DType.Bool);
        var axes = Require.Attribute<Attributes.Axes>(op, attributes).Value;
        var legal = true;
        for (var i = 0; i < axes.Count; i++) legal &= axes[i] >= 0 && axes[i] < x[0].Rank && (i == 0 || axes[i] > axes[i - 1]);
        Require.That(op, legal, $"{axes} are not increasing axes of {x[0].Shape}");
        return new(x[0].DType, x[0].Shape.Without(axes.AsSpan()));
    }

    /// <summary>A tensor of a reduction's result shape repeated along the reduced axes.</summary>
    private static Tensor Restore(Tensor t, Tensor node)
    {
        var full = node.Inputs[0].Shape;
        var kept = full;
        foreach (var axis in Axes(node)) kept = kept.With(axis, 1);
        return BroadcastTo(Reshape(t, kept), full);
    }

    /// <summary>The axes of the first operand that <paramref name="outer"/> names once the <paramref name="inner"/> ones are gone.</summary>
    private static int[] Outer(EqArray<int> outer, EqArray<int> inner, int rank)
    {
        int[] left = [.. Enumerable.Range(0, rank).Where(axis => !inner.AsSpan().Contains(axis))];
        return [.. outer.Select(axis => left[axis])];
    }

    /// <summary>
    /// A reduction of a repeated tensor: axes of the source are reduced before repeating, and along repeated axes a sum is a product with their size and a
    /// maximum nothing at all.
    /// </summary>
    private static Tensor? OfBroadcast(Tensor node, Tensor broadcast)
    {
        if (broadcast.Shape.Size == 0) return null;
        var source = broadcast.Inputs[0];
        var repeated = Movement.RepeatedAxes(source.Shape, broadcast.Shape);
        var added = broadcast.Rank - source.Rank;
        double factor = 1;
        List<int> inner = [], dropped = [];
        foreach (var axis in Axes(node))
        {
            if (axis >= added) dropped.Add(axis - added);
            if (!repeated.AsSpan().Contains(axis)) inner.Add(axis - added);
            else factor *= broadcast.Shape[axis];
        }
        var reduced = node.Op == OpCode.ReduceMax ? ReduceMax(source, [.. inner]) : Sum(source, [.. inner]);
        var kept = Reshape(reduced, source.Shape.Without([.. dropped]));
        return BroadcastTo(node.Op == OpCode.ReduceMax ? kept : kept * factor, node.Shape);
    }

    /// <summary>
    /// The sum over all batch axes of A^T B is one product over the joined rows: the form of the gradient of weights that a batch shares.
    /// </summary>
    private static Tensor? ContractLeading(Tensor node, Tensor product)
    {
        if (product.Op != OpCode.MatMul || product.Rank < 3 || Axes(node).Count != product.Rank - 2 || Axes(node)[^1] != product.Rank - 3) return null;
        var (a, b) = (product.Inputs[0], product.Inputs[1]);
        if (a.Op != OpCode.Transpose || !LinearAlgebra.SwapsLastTwo(a)) return null;
        var plain = a.Inputs[0];
        Shape joined = [plain.Shape[..^1].Size, plain.Shape[^1]];
        return MatMul(TransposeLast(Reshape(plain, joined)), Reshape(b, [b.Shape[..^1].Size, b.Shape[^1]]));
    }
}
