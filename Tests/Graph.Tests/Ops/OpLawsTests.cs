using static ProbNet.Graph.TensorMath;
using ProbNet.Tests.Support;

namespace ProbNet.Graph.Tests;

/// <summary>The laws that every row of the table keeps, run on the row's own samples.</summary>
public sealed class OpLawsTests
{
    private static readonly DType[] Floats = [DType.F32, DType.F64];

    [Fact]
    public void EveryPrimitiveHasARowInItsPlaceWithSamples()
    {
        Assert.Equal(Enum.GetValues<OpCode>(), OpTable.All.Select(rule => rule.Op));
        foreach (var rule in OpTable.All.Where(rule => rule.Op != OpCode.Input))
        {
            foreach (var type in Floats) Assert.NotEmpty(rule.Samples(type));
        }
    }

    [Fact]
    public void InferredAndEvaluatedTypesAgree()
    {
        foreach (var graph in Floats.SelectMany(SampleGraph.All))
        {
            var value = graph.Evaluate(graph.Node);
            Assert.True(value.DType == graph.Node.DType && value.Shape == graph.Node.Shape, $"{graph}: {graph.Node} evaluates to {value}");
        }
    }

    [Fact]
    public void EveryRowRefusesWrongAttributesAndWrongArity()
    {
        foreach (var graph in SampleGraph.All(DType.F64))
        {
            if (graph.Sample.Attributes is not Attributes.None)
                Assert.Throws<ShapeException>(() => Tensor.Create(graph.Rule.Op, graph.Inputs, Attributes.None.Value));
            // Concatenation takes any number; nothing takes the empty truth value added here, and nothing but the leaves takes no operand.
            var extra = Input("extra", DType.Bool, [0]);
            Assert.Throws<ShapeException>(() => Tensor.Create(graph.Rule.Op, graph.Inputs.Add(extra), graph.Sample.Attributes));
            if (graph.Inputs.Length > 0) Assert.Throws<ShapeException>(() => Tensor.Create(graph.Rule.Op, [], graph.Sample.Attributes));
        }
    }

    [Fact]
    public void FirstDerivativesEqualDifferences()
    {
        var rows = new HashSet<OpCode>();
        foreach (var graph in SampleGraph.All(DType.F64).Where(IsDifferentiable))
        {
            CheckGradient(graph, Weighted(graph.Node, 1), "first order");
            rows.Add(graph.Rule.Op);
        }
        Assert.True(rows.Count > 30, $"only {rows.Count} rows were differentiated");
    }

    [Fact]
    public void SecondDerivativesEqualDifferences()
    {
        foreach (var graph in SampleGraph.All(DType.F64).Where(IsDifferentiable))
        {
            var inputs = graph.Inputs.Where(x => x.DType.IsFloat()).ToArray();
            var first = Vjp.Gradients(Weighted(graph.Node, 1), inputs);
            var sum = first.Select((g, i) => Weighted(g, 2 + i)).Aggregate((a, b) => a + b);
            CheckGradient(graph, sum, "second order");
        }
    }

    [Fact]
    public void BatchingEqualsALoopForEverySubsetOfOperands()
    {
        const int size = 3;
        foreach (var graph in Floats.SelectMany(SampleGraph.All).Where(graph => graph.Inputs.Length > 0))
        {
            for (var subset = 1; subset < 1 << graph.Inputs.Length; subset++)
            {
                var mask = subset;
                var members = Enumerable.Range(0, size)
                    .Select(b => graph.Sample.Operands.Select((x, i) => (mask >> i & 1) == 1 ? Member(x, b) : x).ToArray()).ToArray();
                var batchedInputs = graph.Inputs.Select((x, i) => (mask >> i & 1) == 1 ? Input($"b{i}", x.DType, x.Shape.Prepend(size)) : x).ToArray();
                var map = graph.Inputs.Zip(batchedInputs).Where(pair => pair.First != pair.Second).ToDictionary(pair => pair.First, pair => pair.Second);

                var batched = Vmap.Batch([graph.Node], map, size)[0];

                Assert.Equal(graph.Node.Shape.Prepend(size), batched.Shape);
                var operands = graph.Sample.Operands.Select((x, i) => (mask >> i & 1) == 1 ? Join([.. members.Select(m => m[i])]) : x).ToArray();
                var all = Reference.Evaluate(new(batchedInputs, [("y", batched)]), operands)[0];
                var each = Join([.. members.Select(m => graph.Evaluate(graph.Node, m))]);
                Same.Values(each, all, $"{graph}, operands {mask:b} batched");
            }
        }
    }

    [Fact]
    public void SimplificationAndFoldingKeepTheValue()
    {
        foreach (var graph in Floats.SelectMany(SampleGraph.All))
        {
            var before = graph.Evaluate(graph.Node);
            var optimised = Pipeline.Optimize(new(graph.Inputs, [("y", graph.Node)]), verifyEach: true);
            Same.Values(before, Reference.Evaluate(optimised, graph.Sample.Operands)[0], graph);

            var constants = graph.Inputs.Zip(graph.Sample.Operands).ToDictionary(pair => pair.First, pair => Constant(pair.Second));
            var literal = Substitution.Apply([graph.Node], constants)[0];
            var folded = Pipeline.Optimize(new([], [("y", literal)]), verifyEach: true);
            Same.Values(before, Reference.Evaluate(folded, [])[0], $"{graph} of literals");
        }
    }

    [Fact]
    public void IntegerAndTruthOperandsReceiveNoGradient()
    {
        foreach (var graph in SampleGraph.All(DType.F64).Where(graph => graph.Node.DType.IsFloat()))
        {
            var parts = graph.Rule.Vjp(graph.Node, OnesLike(graph.Node));
            Assert.Equal(graph.Inputs.Length, parts.Length);
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts[i] is not { } part) continue;
                Assert.True(graph.Inputs[i].DType.IsFloat(), $"{graph}: a cotangent for operand {i}");
                Assert.True(part.DType == graph.Inputs[i].DType && part.Shape == graph.Inputs[i].Shape, $"{graph}: cotangent {part} for operand {i}");
            }
        }
    }

    private static bool IsDifferentiable(SampleGraph graph) =>
        graph.Sample.Differentiable && graph.Node.DType.IsFloat() && graph.Inputs.Any(x => x.DType.IsFloat());

    /// <summary>A scalar that weighs every element differently, so that misplaced elements show.</summary>
    private static Tensor Weighted(Tensor x, int salt)
    {
        var weights = Enumerable.Range(0, x.Shape.Size).Select(i => 0.3 + Math.Sin(1.7 * i + salt)).ToArray();
        return SumAll(TensorMath.Convert(x, DType.F64) * Constant(HostTensor.Of(x.Shape, weights)));
    }

    private static void CheckGradient(SampleGraph graph, Tensor scalar, string order)
    {
        var inputs = graph.Inputs.Where(x => x.DType.IsFloat()).ToArray();
        var gradients = Vjp.Gradients(scalar, inputs);
        for (var k = 0; k < inputs.Length; k++)
        {
            var position = graph.Inputs.IndexOf(inputs[k]);
            var operand = graph.Sample.Operands[position];
            var exact = graph.Evaluate(gradients[k]).ToDoubles();
            var differences = Differences.Gradient(
                x => graph.Evaluate(scalar, graph.Sample.Operands.SetItem(position, HostTensor.FromDoubles(operand.DType, operand.Shape, x)))[0], operand.ToDoubles());
            for (var i = 0; i < exact.Length; i++)
            {
                Assert.True(Math.Abs(exact[i] - differences[i]) <= 1e-6 * (1 + Math.Abs(differences[i])),
                    $"{graph}, {order}: d/dx{position}[{i}] is {exact[i]:R}, by differences {differences[i]:R}");
            }
        }
    }

    /// <summary>A variant of an operand that stays in the primitive's domain: scaled numbers, rotated integers and truth values.</summary>
    private static HostTensor Member(HostTensor x, int b)
    {
        if (x.DType.IsFloat()) return HostTensor.FromDoubles(x.DType, x.Shape, [.. x.ToDoubles().Select(v => v * (1 + 0.25 * b))]);
        if (x.DType == DType.I64 && x.Shape.Rank == 0) return HostTensor.Of([], [Math.Max(((long[])x.Data)[0] - b, 0)]);
        var size = x.Data.Length;
        return x.Data is long[] l
            ? HostTensor.Of(x.Shape, [.. Enumerable.Range(0, size).Select(i => l[(i + b) % size])])
            : HostTensor.Of(x.Shape, [.. Enumerable.Range(0, size).Select(i => ((bool[])x.Data)[(i + b) % size])]);
    }

    private static HostTensor Join(HostTensor[] members) => Reference.Evaluate(new([], [("y", Stack(members.Select(Constant), 0))]), [])[0];
}
