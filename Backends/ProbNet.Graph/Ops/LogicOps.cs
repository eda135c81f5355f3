using static ProbNet.Graph.Elementwise;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of comparisons, truth values, selection and change of type.</summary>
internal static class LogicOps
{
    public static OpRule[] Rows =>
    [
        Comparison(OpCode.Equal, (x, y) => x == y, (x, y) => x == y, true, node => Same(node) && !node.Inputs[0].DType.IsFloat() ? Truth(node, true) : null),
        Comparison(OpCode.Less, (x, y) => x < y, (x, y) => x < y, false, node => Same(node) ? Truth(node, false) : null),
        Comparison(OpCode.LessEqual, (x, y) => x <= y, (x, y) => x <= y, false, node => Same(node) && !node.Inputs[0].DType.IsFloat() ? Truth(node, true) : null),
        Connective(OpCode.And, (x, y) => x && y, absorbing: false),
        Connective(OpCode.Or, (x, y) => x || y, absorbing: true),
        new()
        {
            Op = OpCode.Not,
            Kind = OpKind.Elementwise,
            Infer = static (x, _) => SameAsFirst(OpCode.Not, x, 1, Takes.Bools),
            Evaluate = static (_, x) => HostTensor.Of(x[0].Shape, Array.ConvertAll((bool[])x[0].Data, v => !v)),
            Vjp = static (_, _) => [null],
            Batch = Batching.Leading,
            Simplify = static node => node.Inputs[0].Op == OpCode.Not ? node.Inputs[0].Inputs[0] : null,
            Samples = static _ => [new([HostTensor.Of([3], [true, false, true])], Attributes.None.Value)],
        },
        new()
        {
            Op = OpCode.IsFinite,
            Kind = OpKind.Elementwise,
            Infer = static (x, _) => new(DType.Bool, SameAsFirst(OpCode.IsFinite, x, 1, Takes.Floats).Shape),
            Evaluate = static (_, x) => HostTensor.Of(x[0].Shape, Array.ConvertAll(x[0].ToDoubles(), double.IsFinite)),
            Vjp = static (_, _) => [null],
            Batch = Batching.Leading,
            Samples = static type => [new([Cycle(type, [5], 1, double.NaN, double.NegativeInfinity, 0, double.PositiveInfinity)], Attributes.None.Value, false)],
        },
        Select,
        Convert,
        new()
        {
            Op = OpCode.StopGradient,
            Kind = OpKind.Elementwise,
            Infer = static (x, _) => SameAsFirst(OpCode.StopGradient, x, 1, Takes.Anything),
            Evaluate = static (_, x) => x[0],
            Vjp = static (_, _) => [null],
            Batch = Batching.Leading,
            Simplify = static node => node.Inputs[0].Op == OpCode.StopGradient ? node.Inputs[0] : null,
            // Its derivative is declared, not computed: differences would disagree by design.
            Samples = static type => [new([Cycle(type, [2, 3], 1, -2.5, 7)], Attributes.None.Value, false)],
        },
    ];

    private static OpRule Select => new()
    {
        Op = OpCode.Select,
        Kind = OpKind.Elementwise,
        Infer = static (x, _) =>
        {
            Require.Arity(OpCode.Select, x, 3);
            Require.Type(OpCode.Select, x[0], x[0].DType == DType.Bool);
            Require.SameType(OpCode.Select, x[1], x[2]);
            Require.SameShape(OpCode.Select, x[0], x[1]);
            Require.SameShape(OpCode.Select, x[1], x[2]);
            return new(x[1].DType, x[1].Shape);
        },
        Evaluate = static (_, x) => Choose((bool[])x[0].Data, x[1], x[2]),
        Vjp = static (node, g) => [null, Masked.WithZeros(node.Inputs[0], g, chosen: true), Masked.WithZeros(node.Inputs[0], g, chosen: false)],
        Batch = Batching.Leading,
        Simplify = static node =>
        {
            var (c, x, y) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
            if (ReferenceEquals(x, y)) return x;
            if (Match.Uniform(c) is { } truth) return truth != 0 ? x : y;
            return c.Op == OpCode.Not ? TensorMath.Select(c.Inputs[0], y, x) : null;
        },
        Samples = static type =>
        [
            new(
                [HostTensor.Of([2, 3], [true, false, false, true, true, false]), Cycle(type, [2, 3], 1, -2.5, 7), Cycle(type, [2, 3], 0.3, 11, -13, 5)],
                Attributes.None.Value),
            new([HostTensor.Of([2], [true, false]), Cycle(type, [2], 1, double.NaN), Cycle(type, [2], double.NaN, 3)], Attributes.None.Value, false),
            new([HostTensor.Of([2], [true, false]), HostTensor.Of([2], [5, -7]), HostTensor.Of([2], [11, 13])], Attributes.None.Value, false),
            new([HostTensor.Of([2], [true, false]), HostTensor.Of([2], [true, true]), HostTensor.Of([2], [false, false])], Attributes.None.Value, false),
        ],
    };

    // Floating point to integer truncates toward zero and saturates, NaN becoming 0; to Bool, x is not 0 (NaN is true); from Bool, 0 or 1.
    private static OpRule Convert => new()
    {
        Op = OpCode.Convert,
        Kind = OpKind.Elementwise,
        Infer = static (x, a) => new(Require.Attribute<Attributes.ConvertTo>(OpCode.Convert, a).DType, SameAsFirst(OpCode.Convert, x, 1, Takes.Anything).Shape),
        Evaluate = static (node, x) => x[0].Data is long[] l && node.DType == DType.F32
            ? HostTensor.Of(x[0].Shape, Array.ConvertAll(l, v => (float)v))
            : x[0].Convert(node.DType),
        Vjp = static (node, g) => [node.Inputs[0].DType.IsFloat() && node.DType.IsFloat() ? Masked.Chain(g, h => TensorMath.Convert(h, node.Inputs[0].DType)) : null],
        Batch = Batching.Leading,
        Simplify = static node =>
        {
            var x = node.Inputs[0];
            if (x.DType == node.DType) return x;
            // The inner conversion loses nothing: single to double, and truth values to anything.
            var exact = x.Op == OpCode.Convert && (x.Inputs[0].DType, x.DType) is (DType.F32, DType.F64) or (DType.Bool, _);
            return exact ? TensorMath.Convert(x.Inputs[0], node.DType) : null;
        },
        Samples = static type =>
        [
            new([Cycle(type, [5], 1, -2.5, 7.25, 0, -0.75)], new Attributes.ConvertTo(DType.F64)),
            new([Cycle(type, [5], 1, -2.5, 7.25, 0, 0.1)], new Attributes.ConvertTo(DType.F32), false),
            new([Cycle(type, [7], 1, -2.5, 7.75, double.NaN, double.PositiveInfinity, -1e30, 0)], new Attributes.ConvertTo(DType.I64), false),
            new([Cycle(type, [3], 0, -0.5, double.NaN)], new Attributes.ConvertTo(DType.Bool), false),
            new([HostTensor.Of([3], [5, -7, 16777217])], new Attributes.ConvertTo(type), false),
            new([HostTensor.Of([2], [true, false])], new Attributes.ConvertTo(type), false),
            new([HostTensor.Of([2], [true, false])], new Attributes.ConvertTo(DType.I64), false),
        ],
    };

    private static OpRule Connective(OpCode op, Func<bool, bool, bool> f, bool absorbing) => new()
    {
        Op = op,
        Kind = OpKind.Elementwise,
        Infer = (x, _) => SameAsFirst(op, x, 2, Takes.Bools),
        Evaluate = (_, x) => HostTensor.Of(x[0].Shape, [.. ((bool[])x[0].Data).Zip((bool[])x[1].Data, f)]),
        Vjp = static (_, _) => [null, null],
        Batch = Batching.Leading,
        Simplify = node =>
        {
            if (Same(node)) return node.Inputs[0];
            for (var i = 0; i < 2; i++)
            {
                if (Match.Uniform(node.Inputs[i]) is { } truth) return truth != 0 == absorbing ? node.Inputs[i] : node.Inputs[1 - i];
            }
            return null;
        },
        Samples = static _ => [new([HostTensor.Of([4], [true, true, false, false]), HostTensor.Of([4], [true, false, true, false])], Attributes.None.Value)],
    };

    private static HostTensor Choose(bool[] condition, HostTensor x, HostTensor y) => x.Data switch
    {
        float[] a => HostTensor.Of(x.Shape, Choose(condition, a, (float[])y.Data)),
        double[] a => HostTensor.Of(x.Shape, Choose(condition, a, (double[])y.Data)),
        long[] a => HostTensor.Of(x.Shape, Choose(condition, a, (long[])y.Data)),
        bool[] a => HostTensor.Of(x.Shape, Choose(condition, a, (bool[])y.Data)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static T[] Choose<T>(bool[] condition, T[] x, T[] y)
    {
        var result = new T[condition.Length];
        for (var i = 0; i < result.Length; i++) result[i] = condition[i] ? x[i] : y[i];
        return result;
    }

    private static bool Same(Tensor node) => ReferenceEquals(node.Inputs[0], node.Inputs[1]);

    private static Tensor Truth(Tensor node, bool value) => Full(DType.Bool, node.Shape, value ? 1 : 0);
}
