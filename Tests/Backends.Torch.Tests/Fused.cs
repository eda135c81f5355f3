using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Runs graphs on the backend as users do: fused, through the shim.</summary>
internal static class Fused
{
    /// <summary>The backend on the CPU.</summary>
    public static TorchBackend Backend => new(TorchTestRuntime.Runtime, TorchDevice.Cpu, new TorchOptions());

    /// <summary>All outputs for the given input values.</summary>
    public static HostTensor[] Run(TensorGraph graph, IReadOnlyList<HostTensor> inputs, int threads = 1)
    {
        using var executable = Backend.Compile(graph, new CompileOptions { Threads = threads });
        for (var i = 0; i < inputs.Count; i++) executable.Write(i, inputs[i]);
        try
        {
            executable.Run();
        }
        catch (TorchException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{executable.Describe()}", e);
        }
        return [.. graph.Outputs.Select((output, i) => executable.Read(i, new TensorType(output.Value.DType, output.Value.Shape)))];
    }

    /// <summary>The single output of an expression.</summary>
    public static HostTensor Run(Tensor output, params (Tensor Input, HostTensor Value)[] inputs) =>
        Run(new TensorGraph(inputs.Select(x => x.Input), [("y", output)]), [.. inputs.Select(x => x.Value)])[0];

    /// <summary>Values of a repeatable sequence in [-1.5, 2].</summary>
    public static HostTensor Values(DType type, Shape shape, int seed)
    {
        var random = new Random(seed);
        return HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextDouble() * 3.5 - 1.5)]);
    }
}
