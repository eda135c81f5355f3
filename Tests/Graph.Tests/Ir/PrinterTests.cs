using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>The text form.</summary>
public sealed class PrinterTests
{
    [Fact]
    public void AGraphReadsAsOneLineANode()
    {
        var x = Input("x", DType.F32, [32, 4]);
        var w = Input("w", DType.F32, [4, 64]);
        var product = Tensor.Create(OpCode.MatMul, [x, w], Attributes.None.Value, new Origin("h1.w", "iris.prob:6:5"));
        var source = new RandomSource(Input("seed", DType.I64, []), Draws.Scalar(2), Draws.Scalar(3), 4);
        var graph = new TensorGraph([x, w, source.Seed],
        [
            ("sum", Sum(product * 0.5, 1).WithOrigin(new Origin(null, "iris.prob:7:1"))), ("noise", source.Normal(DType.F32, [3])),
            ("last", TriangularSolve(Constant(HostTensor.Of([1, 1], [2.0])), Constant(HostTensor.Of([1, 1], [-0.0])), transposed: true)),
        ]);
        const string expected = """
            %0 = input "x" : f32[32, 4]
            %1 = input "w" : f32[4, 64]
            %2 = input "seed" : i64[]
            %3 = matMul %0, %1 : f32[32, 64]   # h1.w (iris.prob:6:5)
            %4 = constant 0.5 : f32[]
            %5 = broadcast %4 : f32[32, 64]
            %6 = mul %3, %5 : f32[32, 64]
            %7 = reduceSum %6 axes=[1] : f32[32]   # iris.prob:7:1
            %8 = constant 2 : i64[]
            %9 = constant 3 : i64[]
            %10 = randomNormal %2, %8, %9 stream=4 event=[3] : f32[3]
            %11 = constant {2} : f64[1, 1]
            %12 = constant {-0} : f64[1, 1]
            %13 = triangularSolve %11, %12 transposed : f64[1, 1]
            return sum = %7
            return noise = %10
            return last = %13

            """;
        Assert.Equal(expected, Printer.Print(graph));
        Assert.Equal(expected, graph.ToString());
    }

    [Fact]
    public void EveryPrimitivePrintsItsAttributes()
    {
        foreach (var sample in SampleGraph.All(DType.F32))
        {
            var graph = new TensorGraph(sample.Inputs, [("y", sample.Node)]);
            var line = Printer.Print(graph).Split('\n')[sample.Inputs.Length];
            Assert.StartsWith($"%{sample.Inputs.Length} = {Printer.Name(sample.Rule.Op)}", line);
            Assert.DoesNotContain("Attributes", line);
        }
    }

    [Fact]
    public void LongLiteralsAreCutShort() =>
        Assert.Contains("{0, 1, 2, 3, 4, 5, 6, 7, …}", Printer.Print(new([], [("y", Constant(HostTensor.Of([9], [0.0, 1, 2, 3, 4, 5, 6, 7, 8])))])));
}
