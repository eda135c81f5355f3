using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the primitives that move elements without computing: broadcast, reshape, transpose. See also <see cref="BoxOps"/>.</summary>
internal static class Movement
{
    public static OpRule[] Rows => [BroadcastRow, ReshapeRow, TransposeRow, .. BoxOps.Rows];

    private static OpRule BroadcastRow => new()
    {
        Op = OpCode.Broadcast,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Broadcast, x, 1);
            var target = Require.Attribute<Attributes.ToShape>(OpCode.Broadcast, a).Shape;
            var fits = x[0].Rank <= target.Rank;
            for (var i = 1; fits && i <= x[0].Rank; i++) fits = x[0].Shape[^i] == 1 || x[0].Shape[^i] == target[^i];
            Require.That(OpCode.Broadcast, fits, $"shape {x[0].Shape} does not broadcast to {target}");
            return new(x[0].DType, target);
        },
        Evaluate = static (node, x) => HostArrays.Take(x[0], node.Shape, HostArrays.Offsets(node.Shape, HostArrays.BroadcastStrides(x[0].Shape, node.Shape))),
        Vjp = static (node, g) =>
        {
            var x = node.Inputs[0];
            return [Reshape(Sum(g, RepeatedAxes(x.Shape, node.Shape)), x.Shape)];
        },
        Batch = static (node, operands, _, size) =>
        {
            var inner = operands[0].Shape[1..];
            var padded = Shape.Create([size]).Concat(Ones(node.Rank - inner.Rank)).Concat(inner);
            return BroadcastTo(Reshape(operands[0], padded), node.Shape.Prepend(size));
        },
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            if (x.Shape == node.Shape) return x;
            if (x.Op == OpCode.Broadcast) return BroadcastTo(x.Inputs[0], node.Shape);
            if (x.Shape.Size == node.Shape.Size) return Reshape(x, node.Shape);
            // A reshape that only adds or drops leading ones is what broadcasting does anyway.
            return x.Op == OpCode.Reshape && WithoutLeadingOnes(x.Shape) == WithoutLeadingOnes(x.Inputs[0].Shape) && x.Inputs[0].Rank <= node.Rank
                ? BroadcastTo(x.Inputs[0], node.Shape)
                : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [], 1.5)], new Attributes.ToShape([2, 3])),
            new([Elementwise.Cycle(type, [3], 1.5, -2, 7)], new Attributes.ToShape([5, 2, 3])),
            new([Elementwise.Cycle(type, [3, 1], 1.5, -2, 7)], new Attributes.ToShape([2, 3, 5])),
            new([Elementwise.Cycle(type, [1, 3], 1.5, -2, 7)], new Attributes.ToShape([1, 3])),
            new([Elementwise.Cycle(type, [1, 3], 1.5, -2, 7)], new Attributes.ToShape([0, 3]), false),
            new([HostTensor.Of([2, 1], [true, false])], new Attributes.ToShape([2, 3]), false),
        ],
    };

    private static OpRule ReshapeRow => new()
    {
        Op = OpCode.Reshape,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Reshape, x, 1);
            var target = Require.Attribute<Attributes.ToShape>(OpCode.Reshape, a).Shape;
            Require.That(OpCode.Reshape, x[0].Shape.Size == target.Size, $"shape {x[0].Shape} and {target} hold different numbers of elements");
            return new(x[0].DType, target);
        },
        Evaluate = static (node, x) => x[0].Reshape(node.Shape),
        Vjp = static (node, g) => [Masked.Move(g, t => Reshape(t, node.Inputs[0].Shape))],
        Batch = static (node, operands, _, size) => Reshape(operands[0], node.Shape.Prepend(size)),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            if (x.Shape == node.Shape) return x;
            if (x.Op == OpCode.Reshape) return Reshape(x.Inputs[0], node.Shape);
            // A repeated scalar is the same under every shape.
            return x.Op == OpCode.Broadcast && x.Inputs[0].Shape.Size == 1 ? BroadcastTo(Reshape(x.Inputs[0], []), node.Shape) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7)], new Attributes.ToShape([3, 2])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7)], new Attributes.ToShape([15, 1, 2])),
            new([Elementwise.Cycle(type, [1, 1], 1.5)], new Attributes.ToShape([])),
            new([Elementwise.Cycle(type, [2, 0], 1.5)], new Attributes.ToShape([0, 7]), false),
        ],
    };

    private static OpRule TransposeRow => new()
    {
        Op = OpCode.Transpose,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Transpose, x, 1);
            var axes = Require.Attribute<Attributes.Axes>(OpCode.Transpose, a).Value;
            var seen = new bool[x[0].Rank];
            var legal = axes.Count == x[0].Rank;
            for (var i = 0; legal && i < axes.Count; i++)
            {
                legal = axes[i] >= 0 && axes[i] < seen.Length && !seen[axes[i]];
                if (legal) seen[axes[i]] = true;
            }
            Require.That(OpCode.Transpose, legal, $"{axes} is not a permutation of the axes of {x[0].Shape}");
            return new(x[0].DType, Permute(x[0].Shape, axes));
        },
        Evaluate = static (node, x) =>
        {
            var own = x[0].Shape.Strides();
            var axes = Permutation(node);
            var strides = new int[node.Rank];
            for (var i = 0; i < strides.Length; i++) strides[i] = own[axes[i]];
            return HostArrays.Take(x[0], node.Shape, HostArrays.Offsets(node.Shape, strides));
        },
        Vjp = static (node, g) => [Masked.Move(g, t => Transpose(t, Inverse(Permutation(node))))],
        Batch = static (node, operands, _, _) => Transpose(operands[0], [0, .. Permutation(node).Map(axis => axis + 1)]),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            var axes = Permutation(node);
            if (Match.IsIdentity(axes)) return x;
            if (x.Op == OpCode.Transpose) return Transpose(x.Inputs[0], axes.Map(axis => Permutation(x)[axis]));
            if (KeepsOrder(x.Shape, axes)) return Reshape(x, node.Shape);
            // The transpose of repeated matrices is the transpose, repeated: products then see that their operand is one matrix.
            if (x.Op == OpCode.Broadcast && x.Inputs[0] is { Rank: >= 2 } shared && shared.Shape[^2..] == x.Shape[^2..] && LinearAlgebra.SwapsLastTwo(node))
                return BroadcastTo(TransposeLast(shared), node.Shape);
            return x.Op == OpCode.Broadcast && x.Inputs[0].Shape.Size == 1 ? BroadcastTo(Reshape(x.Inputs[0], []), node.Shape) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.Axes([1, 0])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 11)], new Attributes.Axes([2, 0, 1])),
            new([Elementwise.Cycle(type, [2, 1, 5], 1.5, -2, 7, 11)], new Attributes.Axes([1, 0, 2])),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.Axes([0, 1])),
            new([Elementwise.Cycle(type, [], 1.5)], new Attributes.Axes([])),
        ],
    };

    private static EqArray<int> Permutation(Tensor node) => ((Attributes.Axes)node.Attributes).Value;

    private static Shape Permute(Shape shape, EqArray<int> axes)
    {
        var dims = new int[axes.Count];
        for (var i = 0; i < dims.Length; i++) dims[i] = shape[axes[i]];
        return Shape.Create(dims);
    }

    private static EqArray<int> Inverse(EqArray<int> axes)
    {
        var inverse = new int[axes.Count];
        for (var i = 0; i < inverse.Length; i++) inverse[axes[i]] = i;
        return [.. inverse];
    }

    /// <summary>Whether a transpose moves no elements: the axes larger than 1 stay in order.</summary>
    private static bool KeepsOrder(Shape shape, EqArray<int> axes)
    {
        var last = -1;
        foreach (var axis in axes)
        {
            if (shape[axis] == 1) continue;
            if (axis < last) return false;
            last = axis;
        }
        return true;
    }

    /// <summary>The axes of <paramref name="target"/> along which a broadcast repeats.</summary>
    internal static int[] RepeatedAxes(Shape x, Shape target)
    {
        var axes = new List<int>();
        var added = target.Rank - x.Rank;
        for (var i = 0; i < target.Rank; i++)
        {
            if (i < added || (x[i - added] == 1 && target[i] != 1)) axes.Add(i);
        }
        return [.. axes];
    }

    private static Shape Ones(int count)
    {
        var dims = new int[count];
        Array.Fill(dims, 1);
        return Shape.Create(dims);
    }

    private static Shape WithoutLeadingOnes(Shape shape)
    {
        var first = 0;
        while (first < shape.Rank && shape[first] == 1) first++;
        return shape[first..];
    }
}
