using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Loops on which the laws are run.</summary>
internal static class LoopSamples
{
    public static IEnumerable<OpSample> All(DType type) => [Recurrent(type), Pair(type), Labels(type), Counting(type), Single(type), Empty(type), Independent(type), Nested(type)];

    // h' = tanh(x w + h v), with h' kept of each step.
    private static OpSample Recurrent(DType type)
    {
        Tensor h = Input("h", type, [2, 3]), x = Input("x", type, [2, 1]), w = Input("w", type, [1, 3]), v = Input("v", type, [3, 3]);
        var next = Tanh(MatMul(x, w) + MatMul(h, v));
        return Sample(new([h, x, w, v], [("h", next), ("kept", next)]), 5, 1, 1, false,
            Values(type, [2, 3], 0.5, -0.25, 0.75), Values(type, [5, 2, 1], 1.5, -0.5, 0.3), Values(type, [1, 3], 0.4, -0.7, 1.1), Values(type, [3, 3], 0.2, -0.6, 0.9, 0.35));
    }

    // Two carries that feed each other, backwards; outputs of two shapes, one without any carry.
    private static OpSample Pair(DType type)
    {
        Tensor a = Input("a", type, [2]), b = Input("b", type, []), x = Input("x", type, [2]), k = Input("k", type, [2]);
        return Sample(new([a, b, x, k], [("a", a * 0.5 + x * b), ("b", Sin(b) + Sum(a, 0)), ("e", Exp(-Square(x - k))), ("d", Sum(a * x, 0))]), 3, 2, 1, true,
            Values(type, [2], 0.5, -1.5), Values(type, [], 0.75), Values(type, [3, 2], 1.5, -0.5, 0.3, 0.7, -1.1), Values(type, [2], 0.9, -0.4));
    }

    // Integers and truth values beside a floating-point carry.
    private static OpSample Labels(DType type)
    {
        Tensor total = Input("total", type, [3]), label = Input("label", DType.I64, [2]), keep = Input("keep", DType.Bool, []), table = Input("table", type, [3]);
        var added = ScatterAdd([3], label, Gather(table, label));
        return Sample(new([total, label, keep, table], [("total", Select(keep, total * total + added, total))]), 3, 1, 2, false,
            Values(type, [3], 0.5, -0.25, 0.75), HostTensor.Of([3, 2], [0, 2, 1, 1, 2, 0]), HostTensor.Of([3], [true, false, true]), Values(type, [3], 1.25, -0.5, 0.75));
    }

    // No sequence.
    private static OpSample Counting(DType type)
    {
        Tensor x = Input("x", type, [2]), rate = Input("rate", type, []);
        return Sample(new([x, rate], [("x", rate * x * (1 - x)), ("before", x)]), 7, 1, 0, false, Values(type, [2], 0.3, 0.6), Values(type, [], 2.7));
    }

    private static OpSample Single(DType type)
    {
        Tensor x = Input("x", type, [2]), s = Input("s", type, []);
        return Sample(new([x, s], [("x", x * s), ("y", x + s)]), 1, 1, 1, false, Values(type, [2], 1.5, -0.5), Values(type, [1], 0.7));
    }

    private static OpSample Empty(DType type)
    {
        Tensor x = Input("x", type, [2]), s = Input("s", type, []);
        return Sample(new([x, s], [("x", x * s), ("y", x + s)]), 0, 1, 1, false, Values(type, [2], 1.5, -0.5), Values(type, [0], 0.7));
    }

    private static OpSample Independent(DType type)
    {
        Tensor s = Input("s", type, [2]), k = Input("k", type, [2]);
        return Sample(new([s, k], [("y", Exp(s) * k), ("z", Sum(k, 0))]), 3, 0, 1, false, Values(type, [3, 2], 0.7, -0.2, 0.4), Values(type, [2], 1.5, -0.5));
    }

    private static OpSample Nested(DType type)
    {
        Tensor x = Input("x", type, []), s = Input("s", type, [3]), k = Input("k", type, []);
        var inner = Loops.Scan(type, 3, [x], [s], (carries, slices) => new([Sin(carries[0] * k) + slices[0]], [carries[0] * slices[0]]));
        return Sample(new([x, s, k], [("x", inner.Carries[0]), ("y", inner.Outputs[0])]), 2, 1, 1, false,
            Values(type, [], 0.4), Values(type, [2, 3], 0.7, -0.2, 0.4, 1.1, 0.3), Values(type, [], 1.3));
    }

    private static HostTensor Values(DType type, Shape shape, params double[] values) => Elementwise.Cycle(type, shape, values);

    private static OpSample Sample(TensorGraph body, int length, int carries, int sequences, bool reverse, params HostTensor[] operands) =>
        new([.. operands], new Attributes.Loop(body, length, carries, sequences, reverse));
}
