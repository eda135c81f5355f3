using ProbNet.Graph;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Every primitive on every sample of its row, in single and double precision, on both register widths.</summary>
public class OpSampleTests
{
    [Fact]
    public void Every_row_agrees_with_the_reference()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var op in Enum.GetValues<OpCode>())
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                foreach (var sample in OpTable.Rule(op).Samples(type))
                {
                    count++;
                    try
                    {
                        Check(op, type, sample);
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

    private static void Check(OpCode op, DType type, OpSample sample)
    {
        Tensor[] inputs = [.. sample.Operands.Select((value, i) => TensorMath.Input($"x{i}", value.DType, value.Shape))];
        var node = Tensor.Create(op, [.. inputs], sample.Attributes);
        var graph = new TensorGraph(inputs, [("y", node)]);
        HostTensor[] operands = [.. sample.Operands];
        var expected = Reference.Evaluate(graph, operands)[0];
        foreach (var backend in Harness.Backends) Compare.Close(expected, Harness.Run(backend, graph, operands)[0], Math.Max(OpTable.Rule(op).ToleranceUlps, 0), 0, $"{op} {type}");
    }
}
