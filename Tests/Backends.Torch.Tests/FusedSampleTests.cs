using ProbNet.Graph;
using ProbNet.Tests.Support;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>The fused form of every primitive, of random graphs and of their gradients, against the reference evaluator.</summary>
public class FusedSampleTests
{
    private const double Ulps = 4096;

    [TorchFact]
    public void Every_row_agrees_with_the_reference_on_all_samples()
    {
        var (failures, count) = (new List<string>(), 0);
        foreach (var op in Enum.GetValues<OpCode>())
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                foreach (var sample in OpTable.Rule(op).Samples(type))
                {
                    count++;
                    Tensor[] inputs = [.. sample.Operands.Select((value, i) => TensorMath.Input($"x{i}", value.DType, value.Shape))];
                    var graph = new TensorGraph(inputs, [("y", Tensor.Create(op, [.. inputs], sample.Attributes))]);
                    HostTensor[] operands = [.. sample.Operands];
                    try
                    {
                        Compare.Close(Reference.Evaluate(graph, operands)[0], Fused.Run(graph, operands)[0], OpTable.Rule(op).ToleranceUlps, 0, $"{op} {type}");
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        failures.Add($"{op} {type} {string.Join(" ", sample.Operands)}: {e.Message}");
                    }
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures.Take(40)) + $"\n{failures.Count} of {count}");
        Assert.True(count > 300, $"only {count} samples");
    }

    [TorchFact]
    public void Values_of_random_graphs_agree()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var seed = 200; seed < 240; seed++)
            {
                var (graph, inputs) = RandomGraphs.Generate(seed, type, 40);
                var expected = Reference.Evaluate(graph, inputs);
                foreach (var variant in new[] { graph, Pipeline.Optimize(graph) })
                {
                    var actual = Fused.Run(variant, inputs);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], Ulps, 1, $"seed {seed} {type}, output {i} ({graph.Outputs[i].Value})");
                }
            }
        }
    }

    [TorchFact]
    public void Gradients_of_random_graphs_agree()
    {
        var compared = 0;
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var seed = 300; seed < 340; seed++)
            {
                var (graph, inputs) = RandomGraphs.Generate(seed, type, 30);
                Tensor[] variables = [.. graph.Inputs.Where(x => x.DType == type)];
                Tensor total = TensorMath.Constant(type, 0);
                foreach (var (_, value) in graph.Outputs.Where(o => o.Value.DType == type)) total += TensorMath.SumAll(value);
                var gradients = Pipeline.Optimize(new TensorGraph(graph.Inputs, Vjp.Gradients(total, variables).Select((g, i) => ($"g{i}", g))));
                var expected = Reference.Evaluate(gradients, inputs);
                // Nothing bounds the conditioning of a derivative: those that are large or not finite are left out.
                if (expected.Any(g => g.ToDoubles().Any(v => !(Math.Abs(v) < 1e3)))) continue;
                compared++;
                var actual = Fused.Run(gradients, inputs);
                for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 8 * Ulps, 1, $"seed {seed} {type}, gradient by {variables[i]}");
            }
        }
        Assert.True(compared > 40, $"only {compared} gradients");
    }
}
