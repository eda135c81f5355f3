using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Replacement of nodes.</summary>
public sealed class SubstitutionTests
{
    [Fact]
    public void OnlyWhatChangesIsRebuilt()
    {
        var (x, y) = (Eval.F64("x", [3]), Eval.F64("y", [3]));
        var untouched = Exp(y);
        var origin = new Origin("s", "a.prob:2:3");
        var root = (Sin(x) * untouched).WithOrigin(origin);
        var replaced = Substitution.Apply([root, untouched], new Dictionary<Tensor, Tensor> { [x] = y });
        Assert.Same(untouched, replaced[1]);
        Assert.Same(untouched, replaced[0].Inputs[1]);
        Assert.Same(y, replaced[0].Inputs[0].Inputs[0]);
        Assert.Equal(origin, replaced[0].Origin);
    }

    [Fact]
    public void ReplacementsAreNotReplacedAgain()
    {
        var (x, y) = (Eval.F64("x", []), Eval.F64("y", []));
        var swapped = Substitution.Apply([x - y], new Dictionary<Tensor, Tensor> { [x] = y, [y] = x })[0];
        Assert.Equal(-4, Eval.Of(swapped, (x, [7]), (y, [3]))[0]);
    }

    [Fact]
    public void SharedNodesStayShared()
    {
        var x = Eval.F64("x", []);
        var y = x;
        for (var i = 0; i < 60; i++) y += y;
        var replaced = Substitution.Apply([y], new Dictionary<Tensor, Tensor> { [x] = Constant(DType.F64, 3) })[0];
        Assert.Equal(61, Topology.Sort([replaced]).Length);
    }

    [Fact]
    public void OtherShapesAreInferredAgain()
    {
        var x = Eval.F64("x", [3]);
        var replaced = Substitution.Apply([Exp(x)], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("z", [5, 2]) })[0];
        Assert.Equal([5, 2], replaced.Shape);
        Assert.Throws<ShapeException>(() => Substitution.Apply([x + Eval.F64("w", [3])], new Dictionary<Tensor, Tensor> { [x] = Eval.F64("z", [5]) }));
    }
}
