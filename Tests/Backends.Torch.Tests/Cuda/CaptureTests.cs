using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>What a capture needs of scripts: nothing that the host looks at. Capturing itself takes a device.</summary>
public class CaptureTests
{
    private static readonly HostTensor[] Counter = [HostTensor.Scalar(-81985529216486896), HostTensor.Scalar((7L << 32) + 4000000001), HostTensor.Of([3], [0, (5L << 32) + 2, -3])];

    [TorchFact]
    public void Draws_by_rejection_are_operators_with_the_same_attempts()
    {
        const int size = 331;
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            Tensor seed = Input("seed", DType.I64, []), step = Input("step", DType.I64, []), draw = Input("draw", DType.I64, [3]);
            var source = new RandomSource(seed, step, draw, 0xDEADBEEF);
            Tensor shape = Spread(type, 0.01, 400), rate = Spread(type, 0.05, 3000), trials = Floor(Spread(type, 1, 1e5)), probability = Spread(type, 0.002, 0.999);
            var graph = new TensorGraph([seed, step, draw], [("g", source.Gamma(shape)), ("p", source.Poisson(rate)), ("b", source.Binomial(trials, probability))]);
            var script = TorchBackend.Emit(hasOperators: true, new TorchOptions(), graph, []).Text;
            Assert.Contains("probnet.gamma(", script, StringComparison.Ordinal);
            Assert.DoesNotContain("while", script, StringComparison.Ordinal);
            var expected = Reference.Evaluate(graph, Counter);
            var actual = Fused.Run(graph, Counter);
            Compare.Close(expected[0], actual[0], type == DType.F32 ? 2 : 4096, 0, $"gamma {type}");
            Assert.Equal(expected[1], actual[1]);
            Assert.Equal(expected[2], actual[2]);
        }

        // Geometrically spaced values [3, size], the same for each draw.
        static Tensor Spread(DType type, double low, double high) =>
            Constant(HostTensor.FromDoubles(type, [3, size], [.. Enumerable.Range(0, 3 * size).Select(i => low * Math.Pow(high / low, i % size / (size - 1.0)))]));
    }

    [TorchFact]
    public void A_step_on_the_cpu_says_that_it_has_no_graphs()
    {
        var runtime = TorchTestRuntime.Runtime;
        using var script = runtime.Compile("def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n    return [inputs[0] + 1]\n");
        using var x = runtime.Create(TorchDevice.Cpu, DType.F32, [2]);
        using var step = runtime.Bind(script, "step", [x], []);
        step.Run();
        x.Write<float>([4, 5]);
        Assert.False(step.Capture());
        Assert.Contains("no graphs", step.CaptureRefusal, StringComparison.Ordinal);
        // Nothing was run, and what follows runs as before.
        Span<float> y = stackalloc float[2];
        step.Read(0, y);
        Assert.Equal([1, 1], y.ToArray());
        step.Run();
        step.Read(0, y);
        Assert.Equal([5, 6], y.ToArray());
    }
}
