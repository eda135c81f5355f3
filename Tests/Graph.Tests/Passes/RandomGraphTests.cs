using ProbNet.Tests.Support;

namespace ProbNet.Graph.Tests;

/// <summary>The passes on random graphs over all primitives.</summary>
public sealed class RandomGraphTests
{
    private const int Graphs = 60;

    private static readonly Pass[] Passes = [Pipeline.Gradients, Pipeline.Cse, Pipeline.Fold, Pipeline.Simplify, Pipeline.Later, Pipeline.Local];

    [Fact]
    public void TheGeneratorUsesEveryPrimitive()
    {
        var used = Enumerable.Range(0, Graphs).SelectMany(seed => RandomGraphs.Generate(seed, DType.F64, 120).Graph.Nodes).Select(node => node.Op).ToHashSet();
        Assert.Empty(Enum.GetValues<OpCode>().Except(used));
    }

    [Fact]
    public void TheGeneratorIsAFunctionOfItsSeed()
    {
        var (first, second) = (RandomGraphs.Generate(11, DType.F32, 80), RandomGraphs.Generate(11, DType.F32, 80));
        Assert.Equal(Printer.Print(first.Graph), Printer.Print(second.Graph));
        Assert.NotEqual(Printer.Print(first.Graph), Printer.Print(RandomGraphs.Generate(12, DType.F32, 80).Graph));
    }

    [Fact]
    public void EveryPassKeepsTheValuesAndTheGraphWellFormed()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var (graph, inputs) = RandomGraphs.Generate(seed, seed % 2 == 0 ? DType.F64 : DType.F32, 100);
            var before = Reference.Evaluate(graph, inputs);
            foreach (var pass in Passes)
            {
                var after = pass.Run(graph);
                Verify.Require(after, pass.Name);
                Compare(before, Reference.Evaluate(after, inputs), seed, pass.Name);
                if (pass.Idempotent) Assert.Same(after, pass.Run(after));
            }
        }
    }

    [Fact]
    public void ThePipelineKeepsTheValuesAndReachesAFixedPoint()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var (graph, inputs) = RandomGraphs.Generate(seed, DType.F64, 150);
            var optimised = Pipeline.Optimize(graph, verifyEach: true);
            Compare(Reference.Evaluate(graph, inputs), Reference.Evaluate(optimised, inputs), seed, "pipeline");
            Assert.True(Count(optimised) <= Count(graph), $"graph {seed} grew from {Count(graph)} to {Count(optimised)} nodes");
            Assert.Same(optimised, Pipeline.Optimize(optimised));
        }
    }

    /// <summary>The nodes of a graph and of the bodies of its loops, some of which are written out.</summary>
    private static int Count(TensorGraph graph) => graph.Nodes.Sum(node => node.Attributes is Attributes.Loop loop ? 1 + Count(loop.Body) : 1);

    private static void Compare(IReadOnlyList<HostTensor> before, IReadOnlyList<HostTensor> after, int seed, string pass)
    {
        // Regrouped sums move the last bits, which a graph may amplify a few hundred times.
        for (var i = 0; i < before.Count; i++) Same.Close(before[i], after[i], before[i].DType == DType.F32 ? 1e-3 : 1e-11, $"graph {seed}, {pass}, output {i}");
    }
}
