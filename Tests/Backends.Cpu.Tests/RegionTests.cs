using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>
/// Fused passes over spaces of many sizes, on both sides of every limit at which tiles change form: broadcasts along either axis, strided operands,
/// reductions of every form, several at once.
/// </summary>
public class RegionTests
{
    private static readonly (int Rows, int Columns)[] Spaces =
        [(1, 5000), (2, 2049), (3, 511), (5, 512), (5, 513), (7, 700), (11, 2100), (300, 3), (257, 17), (37, 300), (5000, 1), (13, 64), (1, 1), (0, 7), (7, 0)];

    [Fact]
    public void Broadcasts_and_reductions_agree_on_every_space()
    {
        foreach (var (rows, columns) in Spaces)
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                Tensor x = Input("x", type, [rows, columns]), row = Input("row", type, [columns]), column = Input("column", type, [rows, 1]), scalar = Input("scalar", type, []);
                var y = Tanh(x * row + column) - scalar / (row * row + 1);
                var small = Less(y, column);
                var z = Select(small, y * x, row) + Convert(small, type);
                var graph = new TensorGraph([x, row, column, scalar],
                [
                    ("y", y), ("z", z), ("all", SumAll(z)), ("rows", Sum(z, 1)), ("columns", Sum(y, 0)), ("row maximum", ReduceMax(y, 1)), ("column maximum", ReduceMax(z, 0)),
                    ("largest", ReduceMax(ReduceMax(z, 1), 0)), ("shifted", y - ExpandDims(Sum(y, 1), 1)), ("broadcast", Sum(BroadcastTo(column, [rows, columns]), 1)),
                    ("mask", And(small, Less(x, row))), ("turned", Exp(-Abs(TransposeLast(x))) + BroadcastTo(TransposeLast(column), [columns, rows])),
                ]);
                Agree(graph, [Harness.Values(type, x.Shape, 1), Harness.Values(type, row.Shape, 2), Harness.Values(type, column.Shape, 3), Harness.Values(type, [], 4)], $"{type} {rows} x {columns}");
            }
        }
    }

    [Fact]
    public void Reductions_of_different_rows_share_a_pass()
    {
        // The same 8778 elements, more than a tile, seen as rows of 114, of 77 and of 7: sums of each in one pass.
        var x = Input("x", DType.F32, [77, 114]);
        Tensor y = Softplus(x), wide = Reshape(y, [114, 77]), deep = Reshape(y, [6, 209, 7]);
        var graph = new TensorGraph([x],
        [
            ("rows", Sum(y, 1)), ("columns", Sum(y, 0)), ("other rows", Sum(wide, 1)), ("other columns", Sum(wide, 0)), ("last", Sum(deep, 2)), ("middle", Sum(deep, 1)),
            ("outer", Sum(deep, 0, 1)), ("ends", Sum(deep, 0, 2)), ("maximum", ReduceMax(deep, 1)), ("other maximum", ReduceMax(wide, 0)),
        ]);
        Agree(graph, [Harness.Values(DType.F32, x.Shape, 1)], "reshaped");
    }

    [Fact]
    public void Truth_values_combine_on_every_size_and_with_scalars_on_either_side()
    {
        foreach (var n in new[] { 1, 7, 31, 32, 33, 63, 64, 65, 1000, 4099 })
        {
            Tensor a = Input("a", DType.Bool, [n]), b = Input("b", DType.Bool, [n]), scalar = Input("s", DType.Bool, []);
            var repeated = BroadcastTo(scalar, [n]);
            var graph = new TensorGraph([a, b, scalar],
            [
                ("not", Not(a)), ("and", And(a, b)), ("or", Or(a, b)), ("equal", Equal(a, b)), ("left", And(repeated, a)), ("right", Or(b, repeated)), ("same", Equal(repeated, b)),
                ("deep", Or(And(Not(a), b), Not(Equal(a, repeated)))),
            ]);
            foreach (var s in new[] { false, true })
            {
                HostTensor Bits(int prime) => HostTensor.FromDoubles(DType.Bool, [n], [.. Enumerable.Range(0, n).Select(i => i * prime % 11 < 5 ? 1.0 : 0.0)]);
                Agree(graph, [Bits(3), Bits(7), HostTensor.FromDoubles(DType.Bool, [], [s ? 1.0 : 0.0])], $"{n} truth values with {s}");
            }
        }
    }

    [Fact]
    public void Integers_reduce_exactly()
    {
        var x = Input("x", DType.I64, [37, 300]);
        var y = x * x - Iota([37, 300], 1);
        var graph = new TensorGraph([x], [("all", SumAll(y)), ("rows", Sum(y, 1)), ("columns", Sum(y, 0)), ("maximum", ReduceMax(y, 1)), ("column maximum", ReduceMax(y, 0)), ("most", ReduceMax(y, 0, 1))]);
        Agree(graph, [HostTensor.FromDoubles(DType.I64, x.Shape, [.. Enumerable.Range(0, 37 * 300).Select(i => (double)(i * 7919 % 1013 - 500))])], "integers");
    }

    [Fact]
    public void Strided_operands_of_three_axes_agree()
    {
        Tensor x = Input("x", DType.F32, [7, 11, 13]), middle = Input("middle", DType.F32, [7, 1, 13]), outer = Input("outer", DType.F32, [11, 1]);
        var box = Slice(x, [1, 2, 3], [6, 9, 12]);
        var graph = new TensorGraph([x, middle, outer],
        [
            ("sum", x + middle * outer), ("box", box * 2), ("boxes", box - Slice(middle, [0, 0, 1], [5, 1, 10])), ("permuted", Transpose(x, [1, 2, 0]) * 0.5),
            ("ends", Sum(x * middle, 0, 2)), ("middle", Sum(x * outer, 1)), ("permuted rows", Sum(Transpose(x, [2, 0, 1]), 2)),
        ]);
        Agree(graph, [Harness.Values(DType.F32, x.Shape, 1), Harness.Values(DType.F32, middle.Shape, 2), Harness.Values(DType.F32, outer.Shape, 3)], "three axes");
    }

    [Fact]
    public void Long_chains_compile_and_run()
    {
        var x = Input("x", DType.F32, [1000]);
        var y = x;
        for (var i = 0; i < 4000; i++) y = i % 2 == 0 ? Tanh(y) : y * 1.01;
        var graph = new TensorGraph([x], [("y", y)]);
        Agree(graph, [Harness.Values(DType.F32, x.Shape, 1)], "chain");
    }

    [Fact]
    public void Adding_a_million_small_numbers_loses_nothing()
    {
        var x = Input("x", DType.F32, [1 << 20]);
        var sum = Harness.Run(SumAll(x), (x, HostTensor.Of([1 << 20], [.. Enumerable.Repeat(0.1f, 1 << 20)])));
        Assert.Equal((float)((double)0.1f * (1 << 20)), (float)sum[0]);
    }

    private static void Agree(TensorGraph graph, HostTensor[] inputs, string what)
    {
        var expected = Reference.Evaluate(graph, inputs);
        foreach (var backend in Harness.Backends)
        {
            foreach (var variant in new[] { graph, Pipeline.Optimize(graph) })
            {
                var actual = Harness.Run(backend, variant, inputs);
                for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 256, Scale(expected[i]), $"{what}, {graph.Outputs[i].Name}");
            }
        }
    }

    // Sums may cancel: errors are measured against the largest element.
    private static double Scale(HostTensor x) => x.DType.IsFloat() ? x.ToDoubles().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max() : 1;
}
