using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Fused regions over spaces of many sizes: tiles, chunks, strided operands, folds, draws, and state computed in place.</summary>
public class RegionTests
{
    // Sizes around those of tiles (128 to 2048) and chunks (32768).
    private static readonly int[] Sizes = [0, 1, 2, 127, 128, 129, 2047, 2049, 32767, 32769, 100003];

    [TorchFact]
    public void Folds_of_every_size_agree_with_the_reference()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var size in Sizes)
            {
                if (size == 0) continue;
                var (x, value) = (Input("x", type, [size]), Fused.Values(type, [size], size));
                foreach (var y in new[] { Sum(x * x, 0), ReduceMax(x + 1, 0) }) Check([(x, value)], y, 64);
            }
        }
    }

    [TorchFact]
    public void Rows_and_columns_of_every_shape_agree_with_the_reference()
    {
        foreach (var shape in new int[][] { [3, 5], [1, 7], [7, 1], [129, 31], [5, 4099], [4099, 5], [300, 301], [2, 40001], [40001, 3], [17, 70001] })
        {
            var (x, value) = (Input("x", DType.F32, [.. shape]), Fused.Values(DType.F32, [.. shape], shape[0]));
            var (r, c) = (Input("r", DType.F32, [shape[0]]), Input("c", DType.F32, [shape[1]]));
            (Tensor, HostTensor)[] inputs = [(x, value), (r, Fused.Values(DType.F32, [shape[0]], 1)), (c, Fused.Values(DType.F32, [shape[1]], 2))];
            // Broadcasts along either axis and a transposed operand, folded along either axis.
            var y = x * Reshape(r, [shape[0], 1]) + Exp(c * 0.25);
            Check(inputs, Sum(y, 0), 256);
            Check(inputs, Sum(y, 1), 256);
            Check(inputs, ReduceMax(y, 0), 64);
            Check(inputs, ReduceMax(y, 1), 64);
            Check(inputs, TransposeLast(y) - 1, 64);
        }
    }

    [TorchFact]
    public void Not_a_number_passes_through_maxima()
    {
        var x = Input("x", DType.F32, [5]);
        var value = HostTensor.Of([5], [1f, float.NaN, 3f, -2f, float.PositiveInfinity]);
        Assert.True(double.IsNaN(Fused.Run(ReduceMax(x, 0), (x, value))[0]));
        Check([(x, value)], Max(x, Constant(DType.F32, 2) + x * 0), 0);
    }

    [TorchFact]
    public void Integers_are_folded_exactly()
    {
        var x = Input("x", DType.I64, [4097]);
        var value = HostTensor.Of([4097], [.. Enumerable.Range(0, 4097).Select(i => (1L << 53) + i)]);
        Assert.Equal(Reference.Evaluate(new([x], [("y", Sum(x, 0)), ("z", ReduceMax(x, 0))]), [value]), Fused.Run(new TensorGraph([x], [("y", Sum(x, 0)), ("z", ReduceMax(x, 0))]), [value]));
    }

    [TorchFact]
    public void Draws_have_the_reference_bits_whatever_the_size_of_an_event()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var (draws, size) in new[] { (1, 1), (1, 3), (5, 1), (7, 3), (3, 64), (2, 130), (3, 257), (1, 4099), (2, 33001) })
            {
                var (seed, step, draw) = (Input("seed", DType.I64, []), Input("step", DType.I64, []), Input("draw", DType.I64, [draws]));
                var random = new RandomSource(seed, step, draw).Named("site");
                HostTensor[] values = [HostTensor.Scalar(-123456789012345), HostTensor.Scalar(77), HostTensor.Of([draws], [.. Enumerable.Range(0, draws).Select(d => ((long)d << 33) + 5 * d)])];
                var graph = new TensorGraph([seed, step, draw], [("u", random.Uniform(type, [size])), ("s", random.Sign(type, [size])), ("n", random.Normal(type, [size]))]);
                var (expected, actual) = (Reference.Evaluate(graph, values), Fused.Run(graph, values));
                Assert.Equal(expected[0], actual[0]);
                Assert.Equal(expected[1], actual[1]);
                Compare.Close(expected[2], actual[2], OpTable.Rule(OpCode.RandomNormal).ToleranceUlps, 0.01, $"normals {type} {draws} {size}");
            }
        }
    }

    [TorchFact]
    public void Threads_do_not_change_a_bit()
    {
        var x = Input("x", DType.F32, [211, 1009]);
        var y = Exp(x) * 0.1;
        var graph = new TensorGraph([x], [("a", Sum(Sum(y, 0), 0)), ("r", Sum(y, 1)), ("c", Sum(y, 0)), ("y", y)]);
        HostTensor[] values = [Fused.Values(DType.F32, [211, 1009], 4)];
        Assert.Equal(Fused.Run(graph, values, threads: 1), Fused.Run(graph, values, threads: 2));
    }

    [TorchFact]
    public void State_that_feeds_several_values_is_updated_together()
    {
        // x and y swap, z takes both, w keeps its value; a row of x is read where another is written.
        Tensor x = Input("x", DType.F64, [6]), y = Input("y", DType.F64, [6]), z = Input("z", DType.F64, [2, 3]), w = Input("w", DType.F64, []), k = Input("k", DType.F64, [6]);
        var reversed = Reshape(TransposeLast(Reshape(x, [2, 3])), [6]);
        var graph = new TensorGraph([x, y, z, w, k], [("x", y * 0.5 + k), ("y", x), ("z", z + Reshape(x * y, [2, 3])), ("w", w), ("sum", Sum(x + reversed, 0)), ("old", x)]);
        EqArray<Carry> carries = [new(0, 0), new(1, 1), new(2, 2), new(3, 3)];
        HostTensor[] start = [.. graph.Inputs.Select((input, i) => Fused.Values(DType.F64, input.Shape, i))];
        Agree(Pipeline.Optimize(graph), carries, start, 5);
    }

    [TorchFact]
    public void A_region_reads_all_it_needs_before_it_writes_state()
    {
        // Both new values need both old ones at the same places, so they are computed in one pass over the old state.
        Tensor m = Input("m", DType.F32, [5000]), p = Input("p", DType.F32, [5000]), g = Input("g", DType.F32, [5000]);
        var next = m * 0.9 + g * p;
        var graph = new TensorGraph([m, p, g], [("m", next), ("p", p - next * m)]);
        HostTensor[] start = [.. graph.Inputs.Select((input, i) => Fused.Values(DType.F32, input.Shape, i))];
        EqArray<Carry> carries = [new(0, 0), new(1, 1)];
        Assert.DoesNotContain("copy_", FusedEmitter.Emit(graph, carries, TorchCompute.F32).Text);
        Agree(graph, carries, start, 4);
    }

    private static void Check((Tensor Input, HostTensor Value)[] inputs, Tensor y, double ulps)
    {
        var graph = new TensorGraph(inputs.Select(x => x.Input), [("y", y)]);
        HostTensor[] values = [.. inputs.Select(x => x.Value)];
        Compare.Close(Reference.Evaluate(graph, values)[0], Fused.Run(graph, values)[0], ulps, 1, y.ToString());
    }

    private static void Agree(TensorGraph graph, EqArray<Carry> carries, HostTensor[] start, int steps)
    {
        using var ours = new ReferenceBackend().Compile(graph, new CompileOptions { Carries = carries });
        using var torch = Fused.Backend.Compile(graph, new CompileOptions { Carries = carries, Threads = 1 });
        for (var i = 0; i < start.Length; i++)
        {
            ours.Write(i, start[i]);
            torch.Write(i, start[i]);
        }
        for (var step = 0; step < steps; step++)
        {
            ours.Run();
            torch.Run();
            for (var o = 0; o < graph.Outputs.Length; o++)
            {
                var type = new TensorType(graph.Outputs[o].Value.DType, graph.Outputs[o].Value.Shape);
                Compare.Close(ours.Read(o, type), torch.Read(o, type), 256, 1, $"step {step}, {graph.Outputs[o].Name}");
            }
            foreach (var carry in carries)
            {
                var type = new TensorType(graph.Inputs[carry.Input].DType, graph.Inputs[carry.Input].Shape);
                Compare.Close(ours.ReadInput(carry.Input, type), torch.ReadInput(carry.Input, type), 256, 1, $"step {step}, {graph.Inputs[carry.Input].InputName()}");
            }
        }
    }
}
