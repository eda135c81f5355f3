using ProbNet.Graph;
using ProbNet.Tests.Support;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Random graphs over all primitives, and their gradients, against the reference evaluator.</summary>
public class RandomGraphTests
{
    // The generator bounds how far roundings can grow; a graph of 40 nodes stays within this many epsilons of max(|value|, 1).
    private const double Ulps = 4096;

    [TorchFact]
    public void Values_agree_plain_and_optimised() => ValuesAgree(static (graph, inputs) => TorchRun.Evaluate(graph, inputs), 0);

    [TorchFact]
    public void Values_of_fused_scripts_agree() => ValuesAgree(static (graph, inputs) => Fused.Run(graph, inputs), 200);

    [TorchFact]
    public void Gradients_agree() => GradientsAgree(static (graph, inputs) => TorchRun.Evaluate(graph, inputs), 100);

    [TorchFact]
    public void Gradients_of_fused_scripts_agree() => GradientsAgree(static (graph, inputs) => Fused.Run(graph, inputs), 300);

    private static void ValuesAgree(Func<TensorGraph, IReadOnlyList<HostTensor>, HostTensor[]> run, int first)
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var seed = first; seed < first + 40; seed++)
            {
                var (graph, inputs) = RandomGraphs.Generate(seed, type, 40);
                var expected = Reference.Evaluate(graph, inputs);
                foreach (var variant in new[] { graph, Pipeline.Optimize(graph) })
                {
                    var actual = run(variant, inputs);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], Ulps, 1, $"seed {seed} {type}, output {i} ({graph.Outputs[i].Value})");
                }
            }
        }
    }

    private static void GradientsAgree(Func<TensorGraph, IReadOnlyList<HostTensor>, HostTensor[]> run, int first)
    {
        var compared = 0;
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var seed = first; seed < first + 40; seed++)
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
                var actual = run(gradients, inputs);
                for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 8 * Ulps, 1, $"seed {seed} {type}, gradient by {variables[i]}");
            }
        }
        Assert.True(compared > 40, $"only {compared} gradients");
    }
}
