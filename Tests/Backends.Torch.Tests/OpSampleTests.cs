using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Every primitive on every sample of its row, in single and double precision.</summary>
public class OpSampleTests
{
    [Fact]
    public void Every_primitive_but_inputs_has_a_rule() =>
        Assert.Equal(Enum.GetValues<OpCode>().Where(op => op != OpCode.Input).Order(), EmitTable.All.Select(r => r.Op).Order());

    [TorchFact]
    public void Every_row_agrees_with_the_reference() => AllAgree(static (graph, inputs) => TorchRun.Evaluate(graph, inputs), isPlain: true);

    [TorchFact]
    public void Every_row_agrees_with_the_reference_in_its_fused_form() => AllAgree(static (graph, inputs) => Fused.Run(graph, inputs), isPlain: false);

    private static void AllAgree(Func<TensorGraph, IReadOnlyList<HostTensor>, HostTensor[]> run, bool isPlain)
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
                        Check(op, type, sample, run, isPlain);
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

    // libtorch's vectorised log1p in single precision gives infinity from 1e38 on.
    private static HostTensor Expected(TensorGraph graph, OpCode op, HostTensor[] operands)
    {
        var expected = Reference.Evaluate(graph, operands)[0];
        if (op != OpCode.Log1p || expected.DType != DType.F32) return expected;
        return HostTensor.Of(expected.Shape, [.. expected.ToDoubles().Select((v, i) => operands[0][i] > 1e38 ? float.PositiveInfinity : (float)v)]);
    }

    private static void Check(OpCode op, DType type, OpSample sample, Func<TensorGraph, IReadOnlyList<HostTensor>, HostTensor[]> run, bool isPlain)
    {
        Tensor[] inputs = [.. sample.Operands.Select((value, i) => TensorMath.Input($"x{i}", value.DType, value.Shape))];
        var node = Tensor.Create(op, [.. inputs], sample.Attributes);
        var graph = new TensorGraph(inputs, [("y", node)]);
        HostTensor[] operands = [.. sample.Operands];
        Compare.Close(isPlain ? Expected(graph, op, operands) : Reference.Evaluate(graph, operands)[0], run(graph, operands)[0], OpTable.Rule(op).ToleranceUlps, 0, $"{op} {type}");
    }
}
