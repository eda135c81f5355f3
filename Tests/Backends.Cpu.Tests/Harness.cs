using ProbNet.Graph;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Runs graphs on the backend.</summary>
internal static class Harness
{
    /// <summary>The backend on both register widths.</summary>
    public static IEnumerable<CpuBackend> Backends => [new CpuBackend(TileTable.Wide), new CpuBackend(TileTable.Narrow)];

    /// <summary>All outputs for the given input values.</summary>
    public static HostTensor[] Run(IBackend backend, TensorGraph graph, IReadOnlyList<HostTensor> inputs, int threads = 1)
    {
        using var executable = backend.Compile(graph, new CompileOptions { Threads = threads });
        for (var i = 0; i < inputs.Count; i++) executable.Write(i, inputs[i]);
        executable.Run();
        return [.. graph.Outputs.Select((output, i) => executable.Read(i, new TensorType(output.Value.DType, output.Value.Shape)))];
    }

    /// <summary>The single output of a graph of the given expression.</summary>
    public static HostTensor Run(Tensor output, params (Tensor Input, HostTensor Value)[] inputs) =>
        Run(new CpuBackend(), new TensorGraph(inputs.Select(x => x.Input), [("y", output)]), [.. inputs.Select(x => x.Value)])[0];

    /// <summary>Values of a repeatable sequence, roughly in [-1.5, 2].</summary>
    public static HostTensor Values(DType type, Shape shape, int seed)
    {
        var random = new Random(seed);
        return HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextDouble() * 3.5 - 1.5)]);
    }
}
