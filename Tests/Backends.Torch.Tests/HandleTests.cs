using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Counts of live native handles, which are the process's: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

[Collection(nameof(Alone))]
public class HandleTests
{
    [TorchFact]
    public void Handles_are_flat_over_ten_thousand_steps_and_none_is_left()
    {
        var before = TorchTestRuntime.Runtime.Live;
        Tensor m = Input("m", DType.F32, [7, 11]), x = Input("x", DType.F32, [11, 7]);
        var graph = new TensorGraph([m, x], [("m", m * 0.5 + MatMul(m, MatMul(x, m)) * 0.01), ("sum", Sum(Sum(m, 0), 0))]);
        using (var executable = Fused.Backend.Compile(graph, new CompileOptions { Carries = [new(0, 0)], Threads = 1 }))
        {
            executable.Write(1, Fused.Values(DType.F32, [11, 7], 3));
            executable.Run();
            var during = TorchTestRuntime.Runtime.Live;
            Assert.Equal((before.Tensors + 2, before.Scripts + 1, before.Steps + 1), (during.Tensors, during.Scripts, during.Steps));
            var sum = new float[1];
            for (var i = 0; i < 10_000; i++)
            {
                executable.Write(1, Fused.Values(DType.F32, [11, 7], 3));
                executable.Run();
                if (i % 100 == 0) executable.Read<float>(1, sum);
            }
            Assert.Equal(during, TorchTestRuntime.Runtime.Live);
        }
        Assert.Equal(before, TorchTestRuntime.Runtime.Live);
    }
}
