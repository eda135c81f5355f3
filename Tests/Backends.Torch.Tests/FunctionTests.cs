using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Functions whose rules are more than one call of libtorch, at more points than the samples of their rows.</summary>
public class FunctionTests
{
    [TorchFact]
    public void Polygamma_of_any_order_on_both_sides_of_zero()
    {
        double[] points = [1e-3, 0.4, 1, 1.7, 3, 11.99, 12, 17.3, 40, 1e4, -0.4, -1.25, -3.75, -11.6, 0, -1, -2, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            Check(type, points, x => [.. Enumerable.Range(0, 8).Select(order => Polygamma(order, x))], 256);
        }
    }

    [TorchFact]
    public void Elementary_functions_far_out()
    {
        double[] points = [-600, -100, -27, -26, -9, -4.5, -0.999, -1e-4, -1e-20, 0, 1e-20, 1e-5, 0.31, 0.9, 4.5, 9, 27, 88, 300];
        Check(DType.F64, points, x => [Softplus(x), Sigmoid(x), Erfcx(x), Erf(x), Expm1(x), Tanh(x), Atan(x), Floor(x), Sign(x), Lgamma(x)], 16);
        Check(DType.F64, [-0.9999999, -0.5, -1e-9, 1e-300, 0.1, 0.5, 0.99, 1 - 1e-12, 1], x => [ErfInv(x), Log1p(x)], 16);
    }

    [TorchFact]
    public void Derivatives_of_gamma_draws_over_their_range()
    {
        double[] shapes = [1e-3, 0.02, 0.3, 1, 2.5, 17, 300, 1e4], samples = [1e-30, 1e-4, 0.05, 0.7, 2, 9, 33, 310, 1.02e4];
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            Tensor a = Input("a", type, [8, 9]), x = Input("x", type, [8, 9]);
            var graph = new TensorGraph([a, x], [("y", Tensor.Create(OpCode.GammaPathwise, [a, x], Attributes.None.Value))]);
            HostTensor[] inputs = [Table(type, (i, _) => shapes[i]), Table(type, (_, j) => samples[j])];
            Compare.Close(Reference.Evaluate(graph, inputs)[0], TorchRun.Evaluate(graph, inputs)[0], 1024, 0, $"{type}");
        }

        static HostTensor Table(DType type, Func<int, int, double> f) => HostTensor.FromDoubles(type, [8, 9], [.. Enumerable.Range(0, 72).Select(i => f(i / 9, i % 9))]);
    }

    [TorchFact]
    public void Windows_of_many_forms()
    {
        WindowAxis[] axes =
        [
            WindowAxis.Same(11, 3), WindowAxis.Valid(13, 5), WindowAxis.Same(13, 3, stride: 2), WindowAxis.Same(9, 3, dilation: 2), WindowAxis.Valid(6, 1), new(6, 2, 3, 2, 1, 2),
            new(5, 7, Low: 1, High: 2), WindowAxis.Same(7, 2, 3),
        ];
        for (var i = 0; i < axes.Length; i++)
        {
            WindowAxis rows = axes[i], columns = axes[(i + 3) % axes.Length];
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                Tensor x = Input("x", type, [2, 3, rows.Image, columns.Image, 5]);
                var unfolded = Windows.Unfold(x, rows, columns);
                var outputs = new List<(string, Tensor)> { ("unfold", unfolded), ("fold", Windows.Fold(unfolded * unfolded, rows, columns)) };
                if (rows.SeesImage && columns.SeesImage)
                {
                    // Values of few kinds, so that windows have several maxima.
                    var rough = Floor(x * 2);
                    outputs.Add(("pick", Windows.WindowPick(rough, x, rows, columns)));
                    outputs.Add(("route", Windows.WindowRoute(rough, Windows.WindowPick(rough, x, rows, columns), rows, columns)));
                }
                var graph = new TensorGraph([x], outputs);
                var random = new Random(5 + i);
                HostTensor[] inputs = [HostTensor.FromDoubles(type, x.Shape, [.. Enumerable.Range(0, x.Shape.Size).Select(_ => random.NextDouble() * 3.5 - 1.5)])];
                var expected = Reference.Evaluate(graph, inputs);
                var actual = TorchRun.Evaluate(graph, inputs);
                for (var o = 0; o < expected.Length; o++) Compare.Close(expected[o], actual[o], 16, 4, $"{graph.Outputs[o].Name} of {rows} by {columns}, {type}");
            }
        }
    }

    [TorchFact]
    public void Rules_take_operands_of_any_strides()
    {
        Tensor x = Input("x", DType.F64, [3, 5, 7]), row = Input("row", DType.F64, [7]), index = Input("index", DType.I64, [2, 3]);
        var turned = Transpose(x, [2, 0, 1]);
        var cut = SliceAxis(turned, 0, 1, 6);
        var repeated = BroadcastTo(row, [3, 5, 7]);
        var indices = Transpose(index, [1, 0]);
        Tensor[] values =
        [
            Reshape(cut, [15, 5]), Sum(turned, 0), ReduceMax(cut, 1), ArgMax(turned), MatMul(turned, Transpose(x, [2, 1, 0])), Gather(turned, indices),
            ScatterAdd([7, 5], indices, Transpose(SliceAxis(Transpose(x, [0, 2, 1]), 1, 0, 2), [0, 1, 2])), Pad(cut, [1, 0, 0], [0, 2, 0]), Concat([turned, turned], 1),
            Windows.Unfold(Transpose(x, [1, 2, 0]), WindowAxis.Same(5, 3), WindowAxis.Same(7, 2)), repeated + x, Reshape(repeated, [21, 5]),
            Cholesky(TransposeLast(MatMul(x, TransposeLast(x)) + Convert(Equal(Iota([3, 5, 5], 1), Iota([3, 5, 5], 2)), DType.F64))),
        ];
        var graph = new TensorGraph([x, row, index], values.Select((y, i) => ($"y{i}", y)));
        var random = new Random(3);
        HostTensor[] inputs = [Uniform(x.Shape), Uniform(row.Shape), HostTensor.Of([2, 3], [0, 5, 6, 2, 1, 5])];
        var expected = Reference.Evaluate(graph, inputs);
        var actual = TorchRun.Evaluate(graph, inputs);
        for (var i = 0; i < values.Length; i++) Compare.Close(expected[i], actual[i], 64, 1, $"{values[i]} {i}");

        HostTensor Uniform(Shape shape) => HostTensor.FromDoubles(DType.F64, shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextDouble() * 3.5 - 1.5)]);
    }

    private static void Check(DType type, double[] points, Func<Tensor, Tensor[]> functions, double ulps)
    {
        var x = Input("x", type, [points.Length]);
        var graph = new TensorGraph([x], functions(x).Select((y, i) => ($"y{i}", y)));
        HostTensor[] inputs = [HostTensor.FromDoubles(type, x.Shape, points)];
        var (expected, actual) = (Reference.Evaluate(graph, inputs), TorchRun.Evaluate(graph, inputs));
        for (var i = 0; i < expected.Length; i++)
        {
            // One element at a time, so that a failure names its point.
            for (var j = 0; j < points.Length; j++) Compare.Close(At(expected[i], j), At(actual[i], j), ulps, 0, $"{graph.Outputs[i].Value} {i} {type} at {points[j]}");
        }

        static HostTensor At(HostTensor values, int i) => HostTensor.FromDoubles(values.DType, [1], [values[i]]);
    }
}
