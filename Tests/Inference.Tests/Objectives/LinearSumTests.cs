using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Objectives;

public class LinearSumTests
{
    [Fact]
    public void TheSumTakenThroughLinearTermsIsTheSumOfTheElements()
    {
        Tensor x = Input("x", DType.F64, [3, 5]), row = Input("row", DType.F64, [5]), one = Input("one", DType.F64, [1, 1]), scalar = Input("scalar", DType.F64, []);
        Shape shape = [3, 5];
        Tensor wide = BroadcastTo(row, shape), same = BroadcastTo(one, shape), all = BroadcastTo(scalar, shape);
        (string, Tensor)[] terms =
        [
            ("a broadcast row", wide), ("one value", same), ("a scalar", all), ("scaled", x * 3 - all), ("divided", (x - wide) / same), ("by a row", x * wide + all * x),
            ("negated", -(same * (x - 1) + 2)), ("of logarithms", (Square(x) - 1) * 0.5 - Log(Exp(x) + all)), ("a number over x", all / (x + 9)), ("constant", Full(DType.F64, shape, 0.7)),
            ("a column", BroadcastTo(Input("unused", DType.F64, []) * 0 + 1, [1, 7])),
        ];
        var graph = new TensorGraph([x, row, one, scalar, .. terms.Select(t => t.Item2).SelectMany(t => Topology.Sort([t])).Where(n => n.Op == OpCode.Input && n.InputName() == "unused").Distinct()],
            [.. terms.Select(t => (t.Item1, SumAll(t.Item2))), .. terms.Select(t => (t.Item1 + " apart", LinearSum.Of(t.Item2)))]);
        var random = new Random(2);
        var values = graph.Inputs.Select(i => HostTensor.FromDoubles(DType.F64, i.Shape, [.. Enumerable.Range(0, i.Shape.Size).Select(_ => 0.3 + random.NextDouble())])).ToArray();
        var results = Reference.Evaluate(graph, values);
        for (var i = 0; i < terms.Length; i++)
        {
            Assert.Equal(Shape.Scalar, results[terms.Length + i].Shape);
            Assert.Equal(results[i][0], results[terms.Length + i][0], 1e-12 * (1 + Math.Abs(results[i][0])));
        }
    }
}
