using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Finds where a model uses the number of its data rows as a value: a literal made from it, positions along the rows, a fold over repeated values. Row by row such
/// a model may look independent, yet on a minibatch the number is another one.
/// </summary>
internal static class RowCount
{
    /// <summary>The first dependence, found by comparing two elaborations with different numbers of rows; null if there is none.</summary>
    public static (Site Site, string Why, string Location)? Dependence(ModelGraph one, ModelGraph other)
    {
        for (var s = 0; s < one.Sites.Count; s++)
        {
            var site = one.Sites[s];
            var (a, b) = (Topology.Sort(Expressions(site)), Topology.Sort(Expressions(other.Sites[s])));
            if (Between(a, b) is { } found) return (site, found.Why, found.Location);
        }
        return null;
    }

    /// <summary>As <see cref="Dependence"/>, of the factors.</summary>
    public static (Factor Factor, string Why, string Location)? FactorDependence(ModelGraph one, ModelGraph other)
    {
        foreach (var (factor, same) in one.Factors.Zip(other.Factors))
        {
            if (Between(Topology.Sort([factor.LogDensity]), Topology.Sort([same.LogDensity])) is { } found) return (factor, found.Why, found.Location);
        }
        return null;
    }

    private static (string Why, string Location)? Between(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b)
    {
        if (a.Count != b.Count) return ("is built differently for different numbers", "");
        for (var i = 0; i < a.Count; i++)
        {
            if (Difference(a[i], b[i]) is { } why) return (why, a[i].Origin?.Location ?? "");
        }
        return null;
    }

    private static IEnumerable<Tensor> Expressions(Site site) => site.Distribution.Arguments.Add(site.Value);

    private static string? Difference(Tensor a, Tensor b) => (a.Op, b.Op) switch
    {
        var (x, y) when x != y => "is built differently for different numbers",
        (OpCode.Constant, _) when !SameLiteral(Literal(a), Literal(b)) => "computes with that number",
        (OpCode.Iota, _) when a.Shape[Axis(a)] != b.Shape[Axis(b)] => "counts positions along the rows",
        (OpCode.ReduceSum, _) when a.Inputs[0].Shape.Size / a.Shape.Size != b.Inputs[0].Shape.Size / b.Shape.Size => "sums repeated values over the rows",
        (OpCode.MatMul, _) when a.Inputs[0].Shape[^1] != b.Inputs[0].Shape[^1] => "sums repeated values over the rows in a matrix product",
        (OpCode.Scan, _) => InLoop((Attributes.Loop)a.Attributes, (Attributes.Loop)b.Attributes),
        (OpCode.Slice, _) when a.Inputs[0].Op == OpCode.Scan => null,
        (OpCode.Slice, _) when SlicesRows(a, b) => "takes positions along the rows",
        _ => null,
    };

    private static string? InLoop(Attributes.Loop a, Attributes.Loop b)
    {
        if (a.Length != b.Length) return "goes over the rows one after the other";
        if (a.Body.Nodes.Length != b.Body.Nodes.Length) return "is built differently for different numbers";
        return a.Body.Nodes.Zip(b.Body.Nodes, Difference).FirstOrDefault(why => why is not null);
    }

    // A literal that holds one value for each row is the same for every row if it holds one value.
    private static bool SameLiteral(HostTensor a, HostTensor b) =>
        a.Shape == b.Shape ? a.Equals(b) : a.Data.Length > 0 && b.Data.Length > 0 && Enumerable.Range(0, a.Data.Length).All(i => a[i].Equals(a[0])) && Enumerable.Range(0, b.Data.Length).All(i => b[i].Equals(a[0]));

    private static bool SlicesRows(Tensor a, Tensor b)
    {
        for (var axis = 0; axis < a.Rank; axis++)
        {
            var dependsOnRows = a.Inputs[0].Shape[axis] != b.Inputs[0].Shape[axis];
            if (dependsOnRows && (a.Shape[axis] != a.Inputs[0].Shape[axis] || b.Shape[axis] != b.Inputs[0].Shape[axis])) return true;
        }
        return false;
    }

    private static HostTensor Literal(Tensor x) => ((Attributes.Literal)x.Attributes).Value;

    private static int Axis(Tensor x) => ((Attributes.IotaSpec)x.Attributes).Along;
}
