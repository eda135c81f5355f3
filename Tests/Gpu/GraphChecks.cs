using ProbNet.Graph;
using ProbNet.Tests.Support;

namespace ProbNet.Gpu;

/// <summary>Primitives and random graphs on the device beside the reference evaluator.</summary>
internal static class GraphChecks
{
    public static IEnumerable<(string Name, Action Check)> All(Setting setting)
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            yield return ($"primitives {type.Name()}", () => Samples(setting, type));
            yield return ($"random graphs {type.Name()}", () => Graphs(setting, type));
        }
    }

    private static void Samples(Setting setting, DType type)
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var op in Enum.GetValues<OpCode>())
        {
            foreach (var sample in OpTable.Rule(op).Samples(type))
            {
                Tensor[] inputs = [.. sample.Operands.Select((value, i) => TensorMath.Input($"x{i}", value.DType, value.Shape))];
                var graph = new TensorGraph(inputs, [("y", Tensor.Create(op, [.. inputs], sample.Attributes))]);
                count++;
                try
                {
                    // Devices round elementary functions by rules of their own.
                    Agreement.Check(Reference.Evaluate(graph, [.. sample.Operands])[0], Run(setting, graph, [.. sample.Operands])[0], Math.Max(64, 2 * OpTable.Rule(op).ToleranceUlps), 0, $"{op}");
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failures.Add(e.Message.Split('\n')[0]);
                }
            }
        }
        if (failures.Count > 0) throw new InvalidOperationException($"{failures.Count} of {count} samples: {string.Join("; ", failures.Take(10))}");
    }

    private static void Graphs(Setting setting, DType type)
    {
        for (var seed = 0; seed < (setting.IsQuick ? 8 : 24); seed++)
        {
            var (graph, inputs) = RandomGraphs.Generate(seed, type, 40);
            var expected = Reference.Evaluate(graph, inputs);
            var actual = Run(setting, Pipeline.Optimize(graph), inputs);
            for (var i = 0; i < actual.Length; i++) Agreement.Check(expected[i], actual[i], 8192, 1, $"seed {seed}, output {i}");
        }
    }

    private static HostTensor[] Run(Setting setting, TensorGraph graph, HostTensor[] inputs)
    {
        using var executable = setting.Backend().Compile(graph, new CompileOptions { Threads = 1 });
        for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
        executable.Run();
        return [.. graph.Outputs.Select((output, i) => executable.Read(i, new TensorType(output.Value.DType, output.Value.Shape)))];
    }
}
