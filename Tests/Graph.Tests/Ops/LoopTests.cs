using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Loops as a whole: gradients against the loop written out and against differences, segments, and what the pipeline makes of them.</summary>
public sealed class LoopTests
{
    private static readonly Tensor X = Eval.F64("x", [7, 2, 3]), W = Eval.F64("w", [3, 5]), V = Eval.F64("v", [5, 5]), B = Eval.F64("b", [5]);
    private static readonly (Tensor Input, double[] Values)[] At = [(X, Numbers(42, 1)), (W, Numbers(15, 2)), (V, Numbers(25, 3)), (B, Numbers(5, 4))];

    [Fact]
    public void ARecurrentNetIsTheNetWrittenOut()
    {
        foreach (var reverse in new[] { false, true })
        {
            var (looped, unrolled) = (Net(reverse), Unrolled(reverse));
            Eval.Equal(Eval.Of(unrolled, At), Eval.Of(looped, At));
            Tensor[] wrt = [X, W, V, B];
            var (first, expected) = (Vjp.Gradients(looped, wrt), Vjp.Gradients(unrolled, wrt));
            for (var i = 0; i < wrt.Length; i++) Eval.Equal(Eval.Of(expected[i], At), Eval.Of(first[i], At), 1e-11);
            var second = Vjp.Gradients(SumAll(Sin(first[2])) + SumAll(first[1] * first[1]), wrt);
            var twice = Vjp.Gradients(SumAll(Sin(expected[2])) + SumAll(expected[1] * expected[1]), wrt);
            for (var i = 0; i < wrt.Length; i++) Eval.Equal(Eval.Of(twice[i], At), Eval.Of(second[i], At), 1e-10);
        }
    }

    [Fact]
    public void TheGradientOfARecurrentNetEqualsDifferences()
    {
        var loss = Net(reverse: false);
        for (var k = 0; k < At.Length; k++)
        {
            var place = k;
            var gradient = Eval.Of(Vjp.Gradients(loss, [At[k].Input])[0], At);
            var differences = Differences.Gradient(values => Eval.Of(loss, [.. At.Select((a, i) => i == place ? (a.Input, values) : a)])[0], At[k].Values);
            Eval.Equal(differences, gradient, 1e-8);
        }
    }

    [Fact]
    public void SegmentsChangeNeitherValuesNorGradients()
    {
        foreach (var length in new[] { 16, 17, 23, 30 })
        {
            foreach (var reverse in new[] { false, true })
            {
                Tensor a = Eval.F64("a", [2]), s = Eval.F64("s", [length]), k = Eval.F64("k", [2]);
                var node = Loops.Scan(DType.F64, length, [a], [s], (c, x) => new([Sin(c[0] * k + x[0])], [c[0] * x[0], SumAll(c[0])]), reverse).Node;
                (Tensor, double[])[] at = [(a, [0.3, -0.4]), (s, Numbers(length, 5)), (k, [1.2, 0.8])];
                var cut = LoopSegments.Cut(node);
                Assert.NotSame(node, cut);
                Eval.Equal(Eval.Of(node, at), Eval.Of(cut, at));
                var g = Constant(HostTensor.Of(node.Shape, Numbers(node.Shape.Size, 6)));
                var (plain, segmented) = (LoopGradient.Vjp(node, g), LoopGradient.Vjp(node, g, limit: 1));
                for (var i = 0; i < plain.Length; i++) Eval.Equal(Eval.Of(plain[i]!, at), Eval.Of(segmented[i]!, at), 1e-11);
            }
        }
    }

    [Fact]
    public void ALongLoopKeepsAboutTwoRootsOfItsCarries()
    {
        const int length = 1024, width = 2048;
        Tensor a = Eval.F64("a", [width]), s = Eval.F64("s", [length]);
        var last = Loops.Scan(DType.F64, length, [a], [s], (c, x) => new([Sin(c[0] + x[0])], [])).Carries[0];
        var graph = Pipeline.Optimize(new([a, s], [("g", Vjp.Gradients(SumAll(last), [a])[0])]), verifyEach: true);
        var kept = Scans(graph).Sum(node => (long)node.Shape.Size);
        // 32 carries at the ends of segments, 32 inside one, and the final ones of each loop.
        Assert.True(kept <= 80L * width, $"{kept / width} carries are kept");
        Assert.True(kept >= 64L * width, $"{kept / width} carries cannot be enough");
    }

    [Fact]
    public void ValueAndGradientShareTheForwardLoop()
    {
        var loss = Net(reverse: false);
        var gradients = Vjp.Gradients(loss, [W, V, B]);
        var graph = Pipeline.Optimize(new([X, W, V, B], [("loss", loss), .. gradients.Select((g, i) => ($"g{i}", g))]), verifyEach: true);
        var loops = Scans(graph).ToArray();
        Assert.Equal(2, loops.Length);
        var backward = (Attributes.Loop)loops.Single(n => ((Attributes.Loop)n.Attributes).Reverse).Attributes;
        // Data receive no gradient: nothing is stacked for them.
        Assert.Equal(backward.Carries, backward.Body.Outputs.Length);
        var before = Eval.Of(loss, At);
        Eval.Equal(before, Reference.Evaluate(graph, [.. At.Select(a => HostTensor.Of(a.Input.Shape, a.Values))])[0].ToDoubles());
    }

    [Fact]
    public void WhatNobodyReadsIsNotComputed()
    {
        Tensor a = Eval.F64("a", []), s = Eval.F64("s", [9]);
        var loop = Loops.Scan(DType.F64, 9, [a, a, a], [s], (c, x) => new([c[0] + x[0], Exp(c[1]) + c[0], c[2] * c[1]], [Sin(c[2]), c[0] * 2]));
        var graph = Pipeline.Optimize(new([a, s], [("y", loop.Outputs[1])]));
        var rest = (Attributes.Loop)Scans(graph).Single().Attributes;
        Assert.Equal((1, 2), (rest.Carries, rest.Body.Outputs.Length));
        Eval.Equal([.. Enumerable.Range(0, 9).Select(i => 2 * (0.5 + i * 0.25))], Reference.Evaluate(graph, [HostTensor.Of([], [0.5]), HostTensor.Of([9], Enumerable.Repeat(0.25, 9).ToArray())])[0].ToDoubles());
    }

    [Fact]
    public void WhatIsTheSameAtEveryStepIsComputedOnce()
    {
        Tensor a = Eval.F64("a", [5]), m = Eval.F64("m", [5, 5]);
        var loop = Loops.Scan(DType.F64, 6, [a], [], (c, _) => new([Tanh(Reshape(MatMul(Exp(m), ExpandDims(c[0], 1)), [5]))], []));
        var body = ((Attributes.Loop)loop.Node.Attributes).Body;
        Assert.DoesNotContain(body.Nodes, node => node.Op == OpCode.Exp);
        // The gradient's body too: the transposed matrix costs nothing, its exponential is taken once.
        var graph = Pipeline.Optimize(new([a, m], [("g", Vjp.Gradients(SumAll(loop.Carries[0]), [m])[0])]));
        Assert.All(Scans(graph), node => Assert.DoesNotContain(((Attributes.Loop)node.Attributes).Body.Nodes, inner => inner.Op == OpCode.Exp));
    }

    [Fact]
    public void EqualLoopsAreMergedAndDifferentOnesAreNot()
    {
        Tensor a = Eval.F64("a", []), s = Eval.F64("s", [9]);
        Tensor Last(double factor) => Loops.Scan(DType.F64, 9, [a], [s], (c, x) => new([Sin(c[0] * factor + x[0])], [])).Carries[0];
        Assert.Single(Scans(Pipeline.Optimize(new([a, s], [("y", Last(2)), ("z", Last(2))]))));
        Assert.Equal(2, Scans(Pipeline.Optimize(new([a, s], [("y", Last(2)), ("z", Last(3))]))).Count());
    }

    [Fact]
    public void BodiesArePrintedAndFaultsInsideThemAreNamed()
    {
        Tensor a = Eval.F64("a", []), s = Eval.F64("s", [3]);
        var origin = new Origin("z", "m.prob:3:5");
        var loop = Loops.Scan(DType.F64, 3, [a], [s], (c, x) => new([Log(x[0]).WithOrigin(origin) + c[0]], []));
        var graph = new TensorGraph([a, s], [("y", loop.Carries[0])]);
        var text = Printer.Print(graph);
        Assert.Contains("scan %0, %1 steps=3 carries=1 sequences=1 : f64[1]", text);
        Assert.Contains("    | %2 = log %1 : f64[]   # z (m.prob:3:5)", text);
        Assert.Contains("    | return carry0 = ", text);
        var found = Reference.FirstNonFinite(graph, [HostTensor.Of([], [1.0]), HostTensor.Of([3], [1.0, -1, 2])]);
        Assert.Equal(origin, found?.Node.Origin);
        Assert.Null(Reference.FirstNonFinite(graph, [HostTensor.Of([], [1.0]), HostTensor.Of([3], [1.0, 3, 2])]));
    }

    [Fact]
    public void WholeNumbersAreCarriedAsSuch()
    {
        Tensor n = Input("n", DType.I64, []), keep = Input("keep", DType.Bool, [5]);
        var loop = Loops.Scan(DType.F64, 5, [n], [keep], (c, x) => new([Select(x[0], c[0] * 2, c[0] + 1)], [c[0]]));
        Assert.Equal((DType.I64, DType.I64), (loop.Carries[0].DType, loop.Outputs[0].DType));
        Assert.Equal([3, 6, 7, 14, 28], Eval.Of(loop.Outputs[0], (n, [3]), (keep, [1, 0, 1, 1, 0])));
        Assert.Equal(29, Eval.Of(loop.Carries[0], (n, [3]), (keep, [1, 0, 1, 1, 0]))[0]);
    }

    private static Tensor Net(bool reverse)
    {
        var loop = Loops.Scan(DType.F64, 7, [Full(DType.F64, [2, 5], 0.25)], [X], (c, x) =>
        {
            var h = Cell(c[0], x[0]);
            return new([h], [Sum(h * h, -1)]);
        }, reverse);
        return Loss(loop.Carries[0], loop.Outputs[0]);
    }

    private static Tensor Unrolled(bool reverse)
    {
        var h = Full(DType.F64, [2, 5], 0.25);
        var outputs = new Tensor[7];
        for (var step = 0; step < 7; step++)
        {
            var t = reverse ? 6 - step : step;
            h = Cell(h, Index(X, 0, t));
            outputs[t] = Sum(h * h, -1);
        }
        return Loss(h, Stack(outputs, 0));
    }

    private static Tensor Cell(Tensor h, Tensor x) => Tanh(MatMul(x, W) + MatMul(h, V) + B);

    private static Tensor Loss(Tensor last, Tensor outputs) => SumAll(Exp(0.5 * last)) + SumAll(outputs * Constant(HostTensor.Of([7, 2], Numbers(14, 9))));

    /// <summary>The loops of a graph and of their bodies.</summary>
    private static IEnumerable<Tensor> Scans(TensorGraph graph) =>
        graph.Nodes.Where(node => node.Op == OpCode.Scan).SelectMany(node => Scans(((Attributes.Loop)node.Attributes).Body).Prepend(node));

    private static double[] Numbers(int count, int salt) => [.. Enumerable.Range(0, count).Select(i => 0.7 * Math.Sin(1.7 * i + salt))];
}
