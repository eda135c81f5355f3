using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>Rows of the primitives without operands.</summary>
internal static class Leaves
{
    public static OpRule[] Rows =>
    [
        new()
        {
            Op = OpCode.Input,
            Kind = OpKind.Leaf,
            Infer = static (x, a) =>
            {
                Require.Arity(OpCode.Input, x, 0);
                var named = Require.Attribute<Attributes.Named>(OpCode.Input, a);
                return new(named.DType, named.Shape);
            },
            Evaluate = static (node, _) => throw new InvalidOperationException($"no value was supplied for the input '{node.InputName()}'"),
            Vjp = static (_, _) => [],
            Batch = Unbatched,
            // Every other row's operands are inputs.
            Samples = static _ => [],
        },
        new()
        {
            Op = OpCode.Constant,
            Kind = OpKind.Leaf,
            Infer = static (x, a) =>
            {
                Require.Arity(OpCode.Constant, x, 0);
                var value = Require.Attribute<Attributes.Literal>(OpCode.Constant, a).Value;
                return new(value.DType, value.Shape);
            },
            Evaluate = static (node, _) => ((Attributes.Literal)node.Attributes).Value,
            Vjp = static (_, _) => [],
            Batch = Unbatched,
            Samples = static type =>
            [
                new([], new Attributes.Literal(HostTensor.Scalar(type, -0.0))),
                new([], new Attributes.Literal(HostTensor.FromDoubles(type, [2, 3], [1.5, double.NaN, double.PositiveInfinity, -7, 0, 1e-30]))),
                new([], new Attributes.Literal(HostTensor.Of([3], [true, false, true]))),
                new([], new Attributes.Literal(HostTensor.Of([0], new long[0]))),
            ],
        },
        new()
        {
            Op = OpCode.Iota,
            Kind = OpKind.Leaf,
            Infer = static (x, a) =>
            {
                Require.Arity(OpCode.Iota, x, 0);
                var spec = Require.Attribute<Attributes.IotaSpec>(OpCode.Iota, a);
                Require.That(OpCode.Iota, spec.Along >= 0 && spec.Along < spec.Shape.Rank, $"axis {spec.Along} is not an axis of {spec.Shape}");
                return new(DType.I64, spec.Shape);
            },
            Evaluate = static (node, _) =>
            {
                var axis = ((Attributes.IotaSpec)node.Attributes).Along;
                var strides = new int[node.Rank];
                strides[axis] = 1;
                return HostTensor.Of(node.Shape, Array.ConvertAll(HostArrays.Offsets(node.Shape, strides), i => (long)i));
            },
            Vjp = static (_, _) => [],
            Batch = Unbatched,
            Samples = static _ =>
            [
                new([], new Attributes.IotaSpec([5], 0)),
                new([], new Attributes.IotaSpec([2, 3, 5], 1)),
                new([], new Attributes.IotaSpec([2, 0], 0)),
            ],
        },
    ];

    private static Tensor Unbatched(Tensor node, ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size) =>
        throw new InvalidOperationException($"{node.Op} has no operand that could be batched");
}
