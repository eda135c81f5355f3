using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Matrix products of many shapes, with transposed, sliced and shared operands, against a plain loop in double.</summary>
public class ProductTests
{
    [Fact]
    public void Odd_shapes_and_transposes_agree_with_a_plain_loop()
    {
        int[] sizes = [1, 2, 3, 5, 7, 13, 17, 31, 67, 131];
        var random = new Random(3);
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var trial = 0; trial < 90; trial++)
            {
                int m = Size(), k = trial % 9 == 0 ? 331 : Size(), n = Size();
                Check(type, m, k, n, trial % 2 == 1, trial / 2 % 2 == 1);
            }
        }

        int Size() => sizes[random.Next(sizes.Length)];
    }

    [Fact]
    public void Shapes_that_are_cut_into_blocks_agree()
    {
        Check(DType.F32, 101, 389, 1103, false, false);
        Check(DType.F32, 53, 389, 211, true, true);
        Check(DType.F64, 101, 197, 97, false, true);
        Check(DType.F32, 1, 1009, 1, false, false);
        Check(DType.F32, 1009, 3, 1, true, false);
    }

    [Fact]
    public void A_row_of_a_product_does_not_depend_on_how_many_others_there_are()
    {
        // Depths that are cut, right operands that are packed for many rows only, bands of rows.
        foreach (var (k, n) in new[] { (389, 67), (787, 263), (331, 10) })
        {
            Tensor b = Input("b", DType.F32, [k, n]), large = Input("a", DType.F32, [601, k]);
            var (x, y) = (Harness.Values(DType.F32, large.Shape, 1), Harness.Values(DType.F32, b.Shape, 2));
            foreach (var backend in Harness.Backends)
            {
                var all = Harness.Run(backend, new([large, b], [("c", MatMul(large, b))]), [x, y])[0].ToDoubles();
                foreach (var rows in (int[])[1, 2, 5, 24, 25, 101])
                {
                    var small = Input("a", DType.F32, [rows, k]);
                    var part = HostTensor.Of([rows, k], ((float[])x.Data)[..(rows * k)]);
                    Assert.Equal(all[..(rows * n)], Harness.Run(backend, new([small, b], [("c", MatMul(small, b))]), [part, y])[0].ToDoubles());
                    // The same rows, stored as columns.
                    var stored = Input("a", DType.F32, [k, rows]);
                    var turned = HostTensor.Of([k, rows], [.. Enumerable.Range(0, k * rows).Select(i => ((float[])part.Data)[i % rows * k + i / rows])]);
                    Assert.Equal(all[..(rows * n)], Harness.Run(backend, new([stored, b], [("c", MatMul(TransposeLast(stored), b))]), [turned, y])[0].ToDoubles());
                }
            }
        }
    }

    [Fact]
    public void Batches_slices_and_shared_operands_agree()
    {
        Tensor a = Input("a", DType.F32, [3, 5, 7, 11]), b = Input("b", DType.F32, [11, 13]), c = Input("c", DType.F32, [5, 1, 17, 11]);
        var graph = new TensorGraph([a, b, c],
        [
            ("shared right", MatMul(a, BroadcastTo(b, [3, 5, 11, 13]))),
            ("shared left", MatMul(BroadcastTo(TransposeLast(b), [3, 5, 13, 11]), TransposeLast(a))),
            ("strided batch", MatMul(Transpose(a, [1, 0, 2, 3]), TransposeLast(BroadcastTo(c, [5, 3, 17, 11])))),
            ("slices", MatMul(Slice(a, [1, 0, 2, 3], [3, 5, 6, 10]), BroadcastTo(Slice(b, [2, 4], [9, 11]), [2, 5, 7, 7]))),
            ("every other axis", MatMul(Transpose(a, [0, 2, 3, 1]), Transpose(a, [0, 2, 1, 3]))),
        ]);
        HostTensor[] inputs = [Harness.Values(DType.F32, a.Shape, 1), Harness.Values(DType.F32, b.Shape, 2), Harness.Values(DType.F32, c.Shape, 3)];
        var expected = Reference.Evaluate(graph, inputs);
        foreach (var backend in Harness.Backends)
        {
            foreach (var threads in new[] { 1, 2 })
            {
                var actual = Harness.Run(backend, graph, inputs, threads);
                for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 64, 4, graph.Outputs[i].Name);
            }
        }
    }

    private static void Check(DType type, int m, int k, int n, bool transposeA, bool transposeB)
    {
        Tensor a = Input("a", type, transposeA ? [k, m] : [m, k]), b = Input("b", type, transposeB ? [n, k] : [k, n]);
        var graph = new TensorGraph([a, b], [("c", MatMul(transposeA ? TransposeLast(a) : a, transposeB ? TransposeLast(b) : b))]);
        HostTensor x = Harness.Values(type, a.Shape, m), y = Harness.Values(type, b.Shape, n + 1000);
        var expected = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var l = 0; l < k; l++) expected[i * n + j] += x[transposeA ? l * m + i : i * k + l] * y[transposeB ? j * k + l : l * n + j];
            }
        }
        // k roundings of terms up to 4: each at most half an epsilon of the running sum.
        foreach (var backend in Harness.Backends)
            Compare.Close(HostTensor.FromDoubles(type, [m, n], expected), Harness.Run(backend, graph, [x, y])[0], k + 2, 4, $"{type} [{m}, {k}] x [{k}, {n}] {transposeA} {transposeB}");
    }
}
