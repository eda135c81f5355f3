using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Batching as a whole, and how it composes with differentiation.</summary>
public sealed class VmapTests
{
    private const int Size = 3;

    [Fact]
    public void MembersOfANetworkAreItsDraws()
    {
        var x = Eval.F64("x", [5, 2]);
        var w = Eval.F64("w", [2, 7]);
        var b = Eval.F64("b", [7]);
        var output = Composite.LogSoftmax(Tanh(MatMul(x, w) + b));
        double[] xs = Values(10, 1), ws = Values(Size * 14, 2), bs = Values(7, 3);
        var many = Eval.F64("ws", [Size, 2, 7]);
        var batched = Vmap.Batch([output], new Dictionary<Tensor, Tensor> { [w] = many }, Size)[0];
        var all = Eval.Of(batched, (x, xs), (many, ws), (b, bs));
        for (var member = 0; member < Size; member++)
            Eval.Equal(Eval.Of(output, (x, xs), (w, ws[(14 * member)..(14 * member + 14)]), (b, bs)), all[(35 * member)..(35 * member + 35)]);
    }

    [Fact]
    public void BatchingAndDifferentiationCommute()
    {
        var x = Eval.F64("x", [4]);
        var y = SumAll(Sin(x) * Exp(0.3 * x));
        var xs = Eval.F64("xs", [Size, 4]);
        var map = new Dictionary<Tensor, Tensor> { [x] = xs };
        var gradientThenBatch = Vmap.Batch([Vjp.Gradients(y, [x])[0]], map, Size)[0];
        var batchThenGradient = Vjp.Gradients(SumAll(Vmap.Batch([y], map, Size)[0]), [xs])[0];
        Eval.Equal(Eval.Of(gradientThenBatch, (xs, Values(12, 5))), Eval.Of(batchThenGradient, (xs, Values(12, 5))));
    }

    [Fact]
    public void BatchesNest()
    {
        var (x, y) = (Eval.F64("x", []), Eval.F64("y", []));
        var (xs, ys) = (Eval.F64("xs", [Size]), Eval.F64("ys", [5]));
        var inner = Vmap.Batch([x * Exp(y)], new Dictionary<Tensor, Tensor> { [x] = xs }, Size)[0];
        var outer = Vmap.Batch([inner], new Dictionary<Tensor, Tensor> { [y] = ys }, 5)[0];
        Assert.Equal([5, Size], outer.Shape);
        double[] a = [2, 3, 5], b = [0.1, 0.2, 0.3, 0.4, 0.5];
        Eval.Equal([.. b.SelectMany(v => a.Select(u => u * Math.Exp(v)))], Eval.Of(outer, (xs, a), (ys, b)));
    }

    [Fact]
    public void IndependentOutputsAreRepeated()
    {
        var x = Eval.F64("x", [2]);
        var y = Eval.F64("y", []);
        var batched = Vmap.Batch([2 * x, y, Exp(y)], new Dictionary<Tensor, Tensor> { [y] = Eval.F64("ys", [Size]) }, Size);
        Assert.Equal([Size, 2], batched[0].Shape);
        Eval.Equal([6, 10, 6, 10, 6, 10], Eval.Of(batched[0], (x, [3, 5])));
        Assert.Equal("ys", batched[1].InputName());
    }

    /// <summary>A batched parameter sees the same noise in every member; a batched draw sees what it would alone.</summary>
    [Fact]
    public void DrawsKeepTheirNoise()
    {
        var draw = Input("draw", DType.I64, []);
        var shape = Eval.F64("a", [4]);
        var source = new RandomSource(Constant(HostTensor.Scalar(5)), Constant(HostTensor.Scalar(6)), draw, 7);
        var output = source.Gamma(shape) + source.Named("n").Normal(DType.F64, [4]);
        var (draws, shapes) = (Input("draws", DType.I64, [2]), Eval.F64("as", [2, 4]));
        double[] a = [0.5, 1.5, 2.5, 3.5], b = [7, 1, 0.2, 30];

        var byShape = Eval.Of(Vmap.Batch([output], new Dictionary<Tensor, Tensor> { [shape] = shapes }, 2)[0], (draw, [11]), (shapes, [.. a, .. b]));
        Assert.Equal([.. Eval.Of(output, (draw, [11]), (shape, a)), .. Eval.Of(output, (draw, [11]), (shape, b))], byShape);
        var byDraw = Eval.Of(Vmap.Batch([output], new Dictionary<Tensor, Tensor> { [draw] = draws }, 2)[0], (draws, [11, 3]), (shape, a));
        Assert.Equal([.. Eval.Of(output, (draw, [11]), (shape, a)), .. Eval.Of(output, (draw, [3]), (shape, a))], byDraw);
    }

    [Fact]
    public void OnlyTheLeftOperandBatchedGivesOneTallProduct()
    {
        var (x, w) = (Eval.F64("x", [5, 2]), Eval.F64("w", [2, 7]));
        var batched = Vmap.Batch([MatMul(x, w)], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("xs", [Size, 5, 2]) }, Size)[0];
        var product = Assert.Single(Topology.Sort([batched]), node => node.Op == OpCode.MatMul);
        Assert.Equal([Size * 5, 7], product.Shape);
    }

    [Fact]
    public void WrongShapesAreRefused()
    {
        var x = Eval.F64("x", [2]);
        Assert.Throws<ArgumentException>(() => Vmap.Batch([x], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("xs", [4, 2]) }, Size));
        Assert.Throws<ArgumentException>(() => Vmap.Batch([x], new Dictionary<Tensor, Tensor> { [x] = Input("xs", DType.F32, [Size, 2]) }, Size));
    }

    [Fact]
    public void NewNodesCarryOrigins()
    {
        var origin = new Origin("site", "m.prob:1:1");
        var (x, y) = (Eval.F64("x", [2]), Eval.F64("y", [2]));
        var batched = Vmap.Batch([(x * y).WithOrigin(origin)], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("xs", [Size, 2]) }, Size)[0];
        Assert.All(Topology.Sort([batched]).Where(node => !node.Inputs.IsEmpty), node => Assert.Equal(origin, node.Origin));
    }

    private static double[] Values(int count, int salt) => [.. Enumerable.Range(0, count).Select(i => Math.Sin(2.3 * i + salt))];
}
