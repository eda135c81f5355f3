using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>The verifier sees what passes could break.</summary>
public sealed class VerifyTests
{
    [Fact]
    public void WellFormedGraphsHaveNoProblems() => Assert.Empty(Verify.Problems(new([Eval.F64("x", [2])], [("y", Constant(DType.F64, 1))])));

    [Fact]
    public void AWrongTypeIsNamed()
    {
        var x = Eval.F64("x", [2]);
        var broken = Exp(x).WithInputs([Eval.F64("x", [3])]);
        var problem = Assert.Single(Verify.Problems(new(Topology.Sort([broken]).Where(node => node.Op == OpCode.Input), [("y", broken)])));
        Assert.Contains("should be f64[3]", problem);
    }

    [Fact]
    public void OperandsThatDoNotFitAreNamed()
    {
        var (x, y) = (Eval.F64("x", [2]), Eval.F64("y", [2]));
        var other = Eval.F64("z", [3]);
        var broken = (x + y).WithInputs([x, other]);
        var graph = new TensorGraph([x, other], [("y", broken)]);
        Assert.Contains("[2] and [3] differ", Assert.Single(Verify.Problems(graph)));
        Assert.Contains("after testing", Assert.Throws<InvalidOperationException>(() => Verify.Require(graph, "testing")).Message);
    }

    [Fact]
    public void TwoOutputsOfOneNameAreNamed()
    {
        var x = Eval.F64("x", [2]);
        Assert.Contains("'y'", Assert.Single(Verify.Problems(new([x], [("y", x), ("y", Exp(x))]))));
    }

    [Fact]
    public void InputsAreCheckedByTheGraph()
    {
        var x = Eval.F64("x", [2]);
        Assert.Throws<ArgumentException>(() => new TensorGraph([x, Eval.F64("x", [2])], []));
        Assert.Throws<ArgumentException>(() => new TensorGraph([Exp(x)], []));
        Assert.Throws<ArgumentException>(() => new TensorGraph([], [("y", x)]));
    }
}
