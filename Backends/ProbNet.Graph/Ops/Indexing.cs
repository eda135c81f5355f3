using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Rows of gather and scatter-add, along axis 0. An index outside the axis is a fault of the caller: evaluation throws
/// <see cref="ArgumentOutOfRangeException"/>; nothing is clamped or wrapped.
/// </summary>
internal static class Indexing
{
    public static OpRule[] Rows =>
    [
        new()
        {
            Op = OpCode.Gather,
            Kind = OpKind.Indexing,
            Infer = static (x, _) =>
            {
                Require.Arity(OpCode.Gather, x, 2);
                Require.That(OpCode.Gather, x[0].Rank > 0, "needs a table with an axis to index");
                Require.Type(OpCode.Gather, x[1], x[1].DType == DType.I64);
                return new(x[0].DType, x[1].Shape.Concat(x[0].Shape[1..]));
            },
            Evaluate = static (node, x) =>
            {
                var (rows, row) = (x[0].Shape[0], x[0].Shape[1..].Size);
                var source = new int[node.Shape.Size];
                var indices = (long[])x[1].Data;
                for (var i = 0; i < indices.Length; i++)
                {
                    InRange(OpCode.Gather, indices[i], rows);
                    for (var j = 0; j < row; j++) source[i * row + j] = (int)indices[i] * row + j;
                }
                return HostArrays.Take(x[0], node.Shape, source);
            },
            Vjp = static (node, g) => [ScatterAdd(node.Inputs[0].Shape, node.Inputs[1], g), null],
            Batch = static (_, operands, batched, size) =>
            {
                var (table, indices) = (operands[0], operands[1]);
                if (!batched[0]) return Gather(table, indices);
                var rows = table.Shape[1];
                var flat = Reshape(table, Shape.Create([size * rows]).Concat(table.Shape[2..]));
                return Gather(flat, Offset(Batching.Lift(indices, batched[1], size), rows));
            },
            Samples = static type =>
            [
                new([Elementwise.Cycle(type, [5, 3], 1.5, -2, 7, 11), HostTensor.Of([2], [4, 1])], Attributes.None.Value),
                new([Elementwise.Cycle(type, [5, 2, 3], 1.5, -2, 7, 11), HostTensor.Of([2, 2], [0, 4, 4, 3])], Attributes.None.Value),
                new([Elementwise.Cycle(type, [7], 1.5, -2, 7, 11), HostTensor.Of([], [6])], Attributes.None.Value),
                new([Elementwise.Cycle(type, [5, 3], 1.5), HostTensor.Of([0], new long[0])], Attributes.None.Value, false),
                new([HostTensor.Of([3], [5, 7, 11]), HostTensor.Of([2], [2, 0])], Attributes.None.Value, false),
            ],
        },
        new()
        {
            Op = OpCode.ScatterAdd,
            Kind = OpKind.Indexing,
            Infer = static (x, a) =>
            {
                Require.Arity(OpCode.ScatterAdd, x, 2);
                var shape = Require.Attribute<Attributes.ToShape>(OpCode.ScatterAdd, a).Shape;
                Require.Type(OpCode.ScatterAdd, x[0], x[0].DType == DType.I64);
                Require.Type(OpCode.ScatterAdd, x[1], x[1].DType != DType.Bool);
                Require.That(OpCode.ScatterAdd, shape.Rank > 0 && x[1].Shape == x[0].Shape.Concat(shape[1..]),
                    $"updates {x[1].Shape} are not indices {x[0].Shape} followed by the rows of {shape}");
                return new(x[1].DType, shape);
            },
            Evaluate = static (node, x) =>
            {
                var (rows, row) = (node.Shape[0], node.Shape[1..].Size);
                var indices = (long[])x[0].Data;
                foreach (var index in indices) InRange(OpCode.ScatterAdd, index, rows);
                return Reductions.SumInto(x[1], node.Shape, i => (int)indices[i / row] * row + i % row);
            },
            Vjp = static (node, g) => [null, Gather(g, node.Inputs[0])],
            Batch = static (node, operands, batched, size) =>
            {
                var rows = node.Shape[0];
                var indices = Offset(Batching.Lift(operands[0], batched[0], size), rows);
                var flat = ScatterAdd(Shape.Create([size * rows]).Concat(node.Shape[1..]), indices, Batching.Lift(operands[1], batched[1], size));
                return Reshape(flat, node.Shape.Prepend(size));
            },
            Samples = static type =>
            [
                new([HostTensor.Of([2], [4, 1]), Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 11)], new Attributes.ToShape([5, 3])),
                new([HostTensor.Of([2, 2], [0, 4, 4, 3]), Elementwise.Cycle(type, [2, 2, 3], 1.5, -2, 7, 11)], new Attributes.ToShape([5, 3])),
                new([HostTensor.Of([], [6]), Elementwise.Cycle(type, [], 1.5)], new Attributes.ToShape([7])),
                new([HostTensor.Of([0], new long[0]), Elementwise.Cycle(type, [0, 3], 1.5)], new Attributes.ToShape([5, 3]), false),
                new([HostTensor.Of([3], [0, 0, 1]), HostTensor.Of([3], [5, 7, 11])], new Attributes.ToShape([2]), false),
            ],
        },
    ];

    /// <summary>Indices of shape [b, …] into b tables of the given number of rows laid end to end.</summary>
    private static Tensor Offset(Tensor indices, int rows) => indices + Iota(indices.Shape, 0) * rows;

    private static void InRange(OpCode op, long index, int rows)
    {
        if (index < 0 || index >= rows) throw new ArgumentOutOfRangeException(nameof(index), index, $"{op}: index {index} is outside an axis of size {rows}");
    }
}
