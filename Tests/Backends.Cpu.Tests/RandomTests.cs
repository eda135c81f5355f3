using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Vectorised draws against the definition, over events long enough for every path and ends at every offset.</summary>
public class RandomTests
{
    [Fact]
    public void Draws_follow_the_shared_mapping()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var size in new[] { 1, 2, 3, 4, 63, 65, 127, 129, 1023, 5003 })
            {
                Tensor seed = Input("seed", DType.I64, []), step = Input("step", DType.I64, []), draw = Input("draw", DType.I64, [3]);
                var source = new RandomSource(seed, step, draw, 0xDEADBEEF);
                var graph = new TensorGraph([seed, step, draw], [("u", source.Uniform(type, [size])), ("n", source.Normal(type, [size])), ("s", source.Sign(type, [size]))]);
                HostTensor[] inputs = [HostTensor.Scalar(-81985529216486896), HostTensor.Scalar((7L << 32) + 4000000001), HostTensor.Of([3], [0, 5, -3])];
                var expected = Reference.Evaluate(graph, inputs);
                foreach (var backend in Harness.Backends)
                {
                    var actual = Harness.Run(backend, graph, inputs);
                    Assert.Equal(expected[0], actual[0]);
                    Compare.Close(expected[1], actual[1], 8, 0, $"normal {type} {size}");
                    Assert.Equal(expected[2], actual[2]);
                }
            }
        }
    }

    [Fact]
    public void Tiles_of_any_start_continue_the_draw()
    {
        // Rows of 37 make tiles begin at odd elements, and an event of 37 puts several draws into one tile.
        Tensor x = Input("x", DType.F32, [1013, 37]), draw = Input("draw", DType.I64, [1013]);
        var zero = Constant(HostTensor.Scalar(0));
        var one = new RandomSource(zero, zero, zero, 9).Normal(DType.F32, [1013, 37]);
        var many = new RandomSource(zero, zero, draw, 9).Normal(DType.F32, [37]);
        var graph = new TensorGraph([x, draw], [("one", Sum(one * x, 1)), ("many", Sum(many * x, 1)), ("signs", Sum(new RandomSource(zero, zero, draw, 9).Sign(DType.F32, [37]) * x, 0))]);
        HostTensor[] inputs = [Harness.Values(DType.F32, x.Shape, 1), HostTensor.Of([1013], [.. Enumerable.Range(0, 1013).Select(i => (long)i * 7)])];
        var expected = Reference.Evaluate(graph, inputs);
        foreach (var backend in Harness.Backends)
        {
            var actual = Harness.Run(backend, graph, inputs);
            for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 64, 10, graph.Outputs[i].Name);
        }
    }
}
