using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Draws by libtorch's own operators against the definition: the same bits for uniforms and signs, the same attempts for rejection samplers.</summary>
public class DrawTests
{
    private static readonly HostTensor[] Counter = [HostTensor.Scalar(-81985529216486896), HostTensor.Scalar((7L << 32) + 4000000001), HostTensor.Of([3], [0, (5L << 32) + 2, -3])];

    [TorchFact]
    public void Plain_draws_have_the_shared_bits()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            foreach (var size in new[] { 0, 1, 2, 3, 5, 63, 129, 5003 })
            {
                var (inputs, source) = Source();
                var graph = new TensorGraph(inputs, [("u", source.Uniform(type, [size])), ("n", source.Normal(type, [size])), ("s", source.Sign(type, [size]))]);
                var expected = Reference.Evaluate(graph, Counter);
                var actual = TorchRun.Evaluate(graph, Counter);
                Assert.Equal(expected[0], actual[0]);
                Compare.Close(expected[1], actual[1], 8, 0, $"normal {type} {size}");
                Assert.Equal(expected[2], actual[2]);
            }
        }
    }

    [TorchFact]
    public void Rejection_samplers_make_the_same_attempts()
    {
        const int size = 331;
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            var (inputs, source) = Source();
            Tensor shape = Spread(type, 0.01, 400), rate = Spread(type, 0.05, 3000), trials = Floor(Spread(type, 1, 1e5)), probability = Spread(type, 0.002, 0.999);
            var graph = new TensorGraph(inputs, [("g", source.Gamma(shape)), ("p", source.Poisson(rate)), ("b", source.Binomial(trials, probability))]);
            var expected = Reference.Evaluate(graph, Counter);
            var actual = TorchRun.Evaluate(graph, Counter);
            Compare.Close(expected[0], actual[0], type == DType.F32 ? 2 : 4096, 0, $"gamma {type}");
            Assert.Equal(expected[1], actual[1]);
            Assert.Equal(expected[2], actual[2]);
        }

        // Geometrically spaced values [3, size], the same for each draw.
        static Tensor Spread(DType type, double low, double high) =>
            Constant(HostTensor.FromDoubles(type, [3, size], [.. Enumerable.Range(0, 3 * size).Select(i => low * Math.Pow(high / low, i % size / (size - 1.0)))]));
    }

    private static (Tensor[] Inputs, RandomSource Source) Source()
    {
        Tensor seed = Input("seed", DType.I64, []), step = Input("step", DType.I64, []), draw = Input("draw", DType.I64, [3]);
        return ([seed, step, draw], new RandomSource(seed, step, draw, 0xDEADBEEF));
    }
}
