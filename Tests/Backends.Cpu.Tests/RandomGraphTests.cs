using ProbNet.Graph;
using ProbNet.Tests.Support;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Random graphs over all primitives against the reference evaluator.</summary>
public class RandomGraphTests
{
    // The generator bounds how far roundings can grow; a graph of 40 nodes stays within this many epsilons of max(|value|, 1).
    private const double Ulps = 4096;

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Agree_plain_and_optimised(DType type)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (graph, inputs) = RandomGraphs.Generate(seed, type, 40);
            var expected = Reference.Evaluate(graph, inputs);
            foreach (var backend in Harness.Backends)
            {
                foreach (var variant in new[] { graph, Pipeline.Optimize(graph) })
                {
                    var actual = Harness.Run(backend, variant, inputs);
                    for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], Ulps, 1, $"seed {seed}, output {i} ({graph.Outputs[i].Value})");
                }
            }
        }
    }
}
