using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Sums of logarithms and of products, which are taken without storing the summands.</summary>
public class SumTests
{
    private static readonly double[] Special = [0, -0.0, 1, -1, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-310, 1e-42, 3e38, 1.1e-38];

    [Fact]
    public void Logarithms_and_products_are_summed_exactly_at_every_length()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            // Around a vector of each width, and around the 60 vectors whose significands are multiplied before a logarithm is taken.
            foreach (var size in (int[])[1, 3, 4, 5, 8, 15, 16, 17, 31, 239, 240, 241, 480, 481, 959, 960, 961, 2048, 2049, 7001, 150_001])
            {
                var random = new Random(size);
                // Over the whole range of exponents, so that a product of significands that kept them would overflow.
                Agree(type, [.. Enumerable.Range(0, size).Select(_ => Math.ScaleB(1 + random.NextDouble(), random.Next(-120, 120)))]);
            }
        }
    }

    [Fact]
    public void Values_without_a_logarithm_give_what_their_sum_gives()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var special in Special)
            {
                foreach (var (size, at) in new[] { (1, 0), (7, 6), (40, 17), (1000, 999) })
                {
                    var values = Enumerable.Range(0, size).Select(i => 0.5 + i % 5).ToArray();
                    values[at] = special;
                    Agree(type, values);
                }
            }
        }
    }

    private static void Agree(DType type, double[] values)
    {
        Tensor x = Input("x", type, [values.Length]), y = Input("y", type, [values.Length]);
        var graph = new TensorGraph([x, y], [("logs", SumAll(Log(x))), ("products", SumAll(x * y)), ("squares", SumAll(Square(y)))]);
        HostTensor[] inputs = [HostTensor.FromDoubles(type, x.Shape, values), Harness.Values(type, y.Shape, 5)];
        var expected = Reference.Evaluate(graph, inputs);
        // Positive and negative summands cancel: errors are measured against the sum of their sizes.
        double[] scale = [values.Where(v => v > 0 && double.IsFinite(v)).Sum(v => Math.Abs(Math.Log(v))), values.Where(double.IsFinite).Sum(Math.Abs) * 2, 0];
        // In double precision the reference adds one number after the other: its own error grows like the root of their number.
        var ulps = 8 + Math.Sqrt(values.Length);
        foreach (var backend in Harness.Backends)
        {
            var actual = Harness.Run(backend, graph, inputs);
            for (var i = 0; i < 3; i++) Compare.Close(expected[i], actual[i], ulps, scale[i], $"{graph.Outputs[i].Name} of {values.Length} {type.Name()}, first {values[0]}");
        }
    }
}
