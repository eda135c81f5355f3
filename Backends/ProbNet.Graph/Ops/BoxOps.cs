using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the movements along boxes: slice, pad, concat.</summary>
internal static class BoxOps
{
    public static OpRule[] Rows => [SliceRow, PadRow, ConcatRow];

    private static OpRule SliceRow => new()
    {
        Op = OpCode.Slice,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Slice, x, 1);
            var box = Require.Attribute<Attributes.Box>(OpCode.Slice, a);
            var shape = x[0].Shape;
            var fits = box.Start.Count == shape.Rank && box.Stop.Count == shape.Rank;
            var dims = new int[shape.Rank];
            for (var i = 0; fits && i < dims.Length; i++)
            {
                fits = 0 <= box.Start[i] && box.Start[i] <= box.Stop[i] && box.Stop[i] <= shape[i];
                dims[i] = box.Stop[i] - box.Start[i];
            }
            Require.That(OpCode.Slice, fits, $"the box from {box.Start} to {box.Stop} does not lie in {shape}");
            return new(x[0].DType, Shape.Create(dims));
        },
        Evaluate = static (node, x) =>
        {
            var strides = x[0].Shape.Strides();
            return HostArrays.Take(x[0], node.Shape, HostArrays.Offsets(node.Shape, strides, Dot(Box(node).Start, strides)));
        },
        Vjp = static (node, g) =>
        {
            var box = Box(node);
            return [Pad(g, box.Start, Zip(node.Inputs[0].Shape, box.Stop, (size, stop) => size - stop))];
        },
        Batch = static (node, operands, _, size) => Slice(operands[0], [0, .. Box(node).Start], [size, .. Box(node).Stop]),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            var box = Box(node);
            if (x.Shape == node.Shape) return x;
            if (x.Op == OpCode.Slice) return Slice(x.Inputs[0], Zip(box.Start, Box(x).Start, Plus), Zip(box.Stop, Box(x).Start, Plus));
            if (x.Op == OpCode.Broadcast && x.Inputs[0].Shape.Size == 1) return BroadcastTo(Reshape(x.Inputs[0], []), node.Shape);
            if (x.Op == OpCode.Pad) return InsidePadding(x, box);
            return x.Op == OpCode.Concat ? InsideOneOperand(x, box) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [5], 1.5, -2, 7)], new Attributes.Box([1], [4])),
            new([Elementwise.Cycle(type, [2, 5, 7], 1.5, -2, 7, 11)], new Attributes.Box([0, 2, 3], [2, 5, 4])),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.Box([0, 0], [2, 3])),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.Box([1, 1], [1, 3]), false),
        ],
    };

    private static OpRule PadRow => new()
    {
        Op = OpCode.Pad,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Pad, x, 1);
            var padding = Require.Attribute<Attributes.Padding>(OpCode.Pad, a);
            var shape = x[0].Shape;
            var fits = padding.Low.Count == shape.Rank && padding.High.Count == shape.Rank && padding.Low.All(n => n >= 0) && padding.High.All(n => n >= 0);
            Require.That(OpCode.Pad, fits, $"padding {padding.Low} and {padding.High} does not fit {shape}");
            var dims = new int[shape.Rank];
            for (var i = 0; i < dims.Length; i++) dims[i] = padding.Low[i] + shape[i] + padding.High[i];
            return new(x[0].DType, Shape.Create(dims));
        },
        Evaluate = static (node, x) =>
        {
            var strides = node.Shape.Strides();
            var source = new int[node.Shape.Size];
            Array.Fill(source, -1);
            var targets = HostArrays.Offsets(x[0].Shape, strides, Dot(Padding(node).Low, strides));
            for (var i = 0; i < targets.Length; i++) source[targets[i]] = i;
            return HostArrays.Take(x[0], node.Shape, source);
        },
        Vjp = static (node, g) => [Slice(g, Padding(node).Low, Zip(Padding(node).Low, node.Inputs[0].Shape, Plus))],
        Batch = static (node, operands, _, _) => Pad(operands[0], [0, .. Padding(node).Low], [0, .. Padding(node).High]),
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            var padding = Padding(node);
            if (x.Shape == node.Shape) return x;
            return x.Op == OpCode.Pad ? Pad(x.Inputs[0], Zip(padding.Low, Padding(x).Low, Plus), Zip(padding.High, Padding(x).High, Plus)) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [3], 1.5, -2, 7)], new Attributes.Padding([2], [1])),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 11)], new Attributes.Padding([0, 1, 2], [3, 0, 1])),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.Padding([0, 0], [0, 0])),
            new([Elementwise.Cycle(type, [0], 1)], new Attributes.Padding([1], [2]), false),
            new([HostTensor.Of([2], [true, true])], new Attributes.Padding([1], [0]), false),
        ],
    };

    private static OpRule ConcatRow => new()
    {
        Op = OpCode.Concat,
        Kind = OpKind.Movement,
        Infer = static (x, a) =>
        {
            var axis = Require.Attribute<Attributes.Axis>(OpCode.Concat, a).Value;
            Require.That(OpCode.Concat, x.Length > 0, "needs an operand");
            Require.That(OpCode.Concat, axis >= 0 && axis < x[0].Rank, $"axis {axis} is not an axis of {x[0].Shape}");
            var size = 0;
            foreach (var operand in x)
            {
                Require.SameType(OpCode.Concat, x[0], operand);
                var fits = operand.Rank == x[0].Rank && operand.Shape.With(axis, 0) == x[0].Shape.With(axis, 0);
                Require.That(OpCode.Concat, fits, $"shapes {x[0].Shape} and {operand.Shape} differ beside axis {axis}");
                size += operand.Shape[axis];
            }
            return new(x[0].DType, x[0].Shape.With(axis, size));
        },
        Evaluate = static (node, x) =>
        {
            var strides = node.Shape.Strides();
            var axis = Axis(node);
            var result = HostTensor.Zeros(node.DType, node.Shape);
            var start = 0;
            foreach (var operand in x)
            {
                var targets = HostArrays.Offsets(operand.Shape, strides, start * strides[axis]);
                for (var i = 0; i < targets.Length; i++) Array.Copy(operand.Data, i, result.Data, targets[i], 1);
                start += operand.Shape[axis];
            }
            return result;
        },
        Vjp = static (node, g) =>
        {
            var parts = new Tensor?[node.Inputs.Length];
            for (int i = 0, start = 0; i < parts.Length; i++)
            {
                var size = node.Inputs[i].Shape[Axis(node)];
                parts[i] = SliceAxis(g, Axis(node), start, start + size);
                start += size;
            }
            return [.. parts];
        },
        Batch = static (node, operands, batched, size) => Concat(Batching.LiftAll(operands, batched, size), Axis(node) + 1),
        Simplify = static node =>
        {
            if (node.Inputs.Length == 1) return node.Inputs[0];
            // Empty parts go; slices that continue one another join.
            var parts = new List<Tensor>();
            foreach (var operand in node.Inputs)
            {
                if (operand.Shape[Axis(node)] == 0) continue;
                if (parts.Count > 0 && Joined(parts[^1], operand, Axis(node)) is { } joined) parts[^1] = joined;
                else parts.Add(operand);
            }
            if (parts.Count == node.Inputs.Length) return null;
            return parts.Count == 0 ? node.Inputs[0] : Concat(parts, Axis(node));
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [2], 1.5, -2), Elementwise.Cycle(type, [3], 7, 11, 13)], new Attributes.Axis(0)),
            new(
                [Elementwise.Cycle(type, [2, 1, 3], 1.5, -2, 5), Elementwise.Cycle(type, [2, 2, 3], 7, 11, 13), Elementwise.Cycle(type, [2, 0, 3], 1)],
                new Attributes.Axis(1)),
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 5)], new Attributes.Axis(1)),
        ],
    };

    private static Attributes.Box Box(Tensor node) => (Attributes.Box)node.Attributes;

    private static Attributes.Padding Padding(Tensor node) => (Attributes.Padding)node.Attributes;

    private static int Axis(Tensor node) => ((Attributes.Axis)node.Attributes).Value;

    private static Tensor? InsidePadding(Tensor pad, Attributes.Box box)
    {
        var low = Padding(pad).Low;
        var shape = pad.Inputs[0].Shape;
        for (var i = 0; i < shape.Rank; i++)
        {
            if (box.Start[i] < low[i] || box.Stop[i] > low[i] + shape[i]) return null;
        }
        return Slice(pad.Inputs[0], Zip(box.Start, low, (a, b) => a - b), Zip(box.Stop, low, (a, b) => a - b));
    }

    private static Tensor? InsideOneOperand(Tensor concat, Attributes.Box box)
    {
        var axis = Axis(concat);
        var begin = 0;
        foreach (var part in concat.Inputs)
        {
            var end = begin + part.Shape[axis];
            if (box.Start[axis] >= begin && box.Stop[axis] <= end)
                return Slice(part, box.Start.SetItem(axis, box.Start[axis] - begin), box.Stop.SetItem(axis, box.Stop[axis] - begin));
            begin = end;
        }
        return null;
    }

    private static Tensor? Joined(Tensor a, Tensor b, int axis)
    {
        if (a.Op != OpCode.Slice || b.Op != OpCode.Slice || !ReferenceEquals(a.Inputs[0], b.Inputs[0])) return null;
        var (first, second) = (Box(a), Box(b));
        var meets = first.Stop[axis] == second.Start[axis]
            && first.Start.SetItem(axis, 0) == second.Start.SetItem(axis, 0)
            && first.Stop.SetItem(axis, 0) == second.Stop.SetItem(axis, 0);
        return meets ? Slice(a.Inputs[0], first.Start, second.Stop) : null;
    }

    private static int Dot(EqArray<int> a, int[] b)
    {
        var sum = 0;
        for (var i = 0; i < b.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static EqArray<int> Zip(IReadOnlyList<int> a, IReadOnlyList<int> b, Func<int, int, int> f)
    {
        var result = new int[a.Count];
        for (var i = 0; i < result.Length; i++) result[i] = f(a[i], b[i]);
        return [.. result];
    }

    private static int Plus(int a, int b) => a + b;
}
