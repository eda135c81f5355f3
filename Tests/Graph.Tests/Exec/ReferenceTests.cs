using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>The reference evaluator's own duties: input checks, the first non-finite node, the backend interface.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void InputsOfAnotherTypeAreRefused()
    {
        var x = Eval.F64("x", [2]);
        var graph = new TensorGraph([x], [("y", x)]);
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => Reference.Evaluate(graph, [HostTensor.Of([3], new double[3])])).Message);
        Assert.Throws<ArgumentException>(() => Reference.Evaluate(graph, [HostTensor.Of([2], new float[2])]));
        Assert.Throws<ArgumentException>(() => Reference.Evaluate(graph, []));
    }

    [Fact]
    public void TheFirstNonFiniteNodeIsNamed()
    {
        var x = Eval.F64("x", [3]);
        var guilty = Log(x).WithOrigin(new Origin("sigma", "m.prob:4:3"));
        var output = SumAll(Exp(Tanh(guilty) * 2) / 3 + Sqrt(x));
        var graph = new TensorGraph([x], [("fine", SumAll(x)), ("loss", output)]);
        Assert.Null(Reference.FirstNonFinite(graph, [HostTensor.Of([3], [1.0, 2, 3])]));
        var found = Reference.FirstNonFinite(graph, [HostTensor.Of([3], [1.0, -2, 3])]);
        Assert.Same(guilty, found!.Value.Node);
        Assert.True(double.IsNaN(found.Value.Value[1]));
    }

    [Fact]
    public void SelectedBranchesAndLiteralInfinitiesAreSeenThrough()
    {
        var x = Eval.F64("x", [3]);
        var masked = Select(Less(ZerosLike(x), x), Log(x), Like(x, 0));
        var outside = Select(Less(x, Like(x, 10)), masked, Like(x, double.NegativeInfinity));
        var overflow = Exp(masked * 1000);
        HostTensor[] at = [HostTensor.Of([3], [-1.0, 2, 3])], far = [HostTensor.Of([3], [-1.0, 2, 11])];
        // The logarithm of -1 is not selected; the exponential overflows by itself.
        Assert.Same(overflow, Reference.FirstNonFinite(new([x], [("y", SumAll(overflow))]), at)!.Value.Node);
        Assert.Null(Reference.FirstNonFinite(new([x], [("y", SumAll(outside))]), at));
        Assert.Same(outside, Reference.FirstNonFinite(new([x], [("y", SumAll(outside))]), far)!.Value.Node);
    }

    [Fact]
    public void ABadInputIsNamed()
    {
        var x = Eval.F64("x", [2]);
        var found = Reference.FirstNonFinite(new([x], [("y", SumAll(Exp(x)))]), [HostTensor.Of([2], [1, double.NaN])]);
        Assert.Same(x, found!.Value.Node);
    }

    [Fact]
    public void TheBackendCarriesStateFromRunToRun()
    {
        var x = Eval.F64("x", [2]);
        var rate = Eval.F64("rate", []);
        using var run = new ReferenceBackend().Compile(new([x, rate], [("next", x * rate), ("sum", SumAll(x))]), new() { Carries = [new(0, 0)] });
        run.Write<double>(0, [3, 5]);
        run.Write<double>(1, [2]);
        run.Run();
        run.Run();
        Assert.Equal([6 + 10], run.Read(1, new(DType.F64, [])).ToDoubles());
        Assert.Equal([12, 20], run.ReadInput(0, new(DType.F64, [2])).ToDoubles());
        Assert.Throws<ArgumentException>(() => run.Write<double>(0, [1]));
        Assert.Throws<ArgumentException>(() => run.Write<float>(0, [1, 2]));
        Assert.Equal("reference", new ReferenceBackend().Name);
        Assert.Contains("mul", run.Describe());
    }
}
