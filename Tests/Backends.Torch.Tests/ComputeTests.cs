using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Products in bfloat16 stay within the error that spec/performance.md states, and do differ from single precision.</summary>
public class ComputeTests
{
    [TorchFact]
    public void Products_in_bf16_are_within_their_bound()
    {
        const int m = 37, k = 290, n = 23;
        HostTensor a = Fused.Values(DType.F32, [m, k], 5), b = Fused.Values(DType.F32, [k, n], 6);
        Tensor x = Input("a", DType.F32, [m, k]), y = Input("b", DType.F32, [k, n]);
        using var executable = new TorchBackend(TorchTestRuntime.Runtime, TorchDevice.Cpu, new TorchOptions(TorchCompute.BF16))
            .Compile(new TensorGraph([x, y], [("c", MatMul(x, y))]), new CompileOptions { Threads = 1 });
        executable.Write(0, a);
        executable.Write(1, b);
        executable.Run();
        var c = executable.Read(0, new TensorType(DType.F32, [m, n]));
        var u = Math.Pow(2, -8);
        var rounded = 0;
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var (exact, size) = (0.0, 0.0);
                for (var l = 0; l < k; l++)
                {
                    var term = a[i * k + l] * b[l * n + j];
                    (exact, size) = (exact + term, size + Math.Abs(term));
                }
                // Operands, accumulation in single precision, and the result's rounding.
                var bound = (2 * u + u * u + k * Math.Pow(2, -23)) * size;
                bound += u * (Math.Abs(exact) + bound);
                var error = Math.Abs(c[i * n + j] - exact);
                Assert.True(error <= bound, $"({i}, {j}) is {c[i * n + j]}, not {exact} within {bound}");
                if (error > 1e-5 * size) rounded++;
            }
        }
        Assert.True(rounded > m * n / 2, $"only {rounded} elements show the rounding of their operands");
    }

    [TorchFact]
    public void Gradients_and_convolutions_take_bf16_too()
    {
        Tensor x = Input("x", DType.F32, [3, 4]), w = Input("w", DType.F32, [4, 5]);
        var loss = SumAll(MatMul(x, w) * MatMul(x, w));
        var graph = new TensorGraph([x, w], [("g", Vjp.Gradients(loss, [w])[0])]);
        var script = TorchBackend.Emit(hasOperators: true, new TorchOptions(TorchCompute.BF16), Pipeline.Optimize(graph), []);
        Assert.Equal(4, script.Text.Split(".to(15)").Length - 1);
    }
}
