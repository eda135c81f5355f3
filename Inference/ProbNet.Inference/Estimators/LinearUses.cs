using ProbNet.Graph;

namespace ProbNet.Inference.Estimators;

/// <summary>Finds linear uses of latent values in a model's terms.</summary>
internal sealed class LinearUses
{
    private readonly Dictionary<Tensor, List<PathStep>> _users = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, HashSet<object>> _under = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyList<Tensor> _roots;
    private readonly RowAnalysis _rows;

    /// <summary>Indexes the uses in the given terms.</summary>
    /// <param name="roots">Terms of the objective: log-densities, and divergences, of sites.</param>
    /// <param name="rows">Their row analysis.</param>
    public LinearUses(IReadOnlyList<Tensor> roots, RowAnalysis rows)
    {
        (_roots, _rows) = (roots, rows);
        foreach (var node in Topology.Sort(roots))
        {
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                if (!_users.TryGetValue(node.Inputs[i], out var list)) _users[node.Inputs[i]] = list = [];
                list.Add(new(node, i));
            }
        }
    }

    /// <summary>The linear use of a hole, or the reason why there is none.</summary>
    public (LinearUse? Use, string Why) Find(Tensor hole)
    {
        var path = new List<PathStep>();
        for (var value = hole; ;)
        {
            var users = _users.GetValueOrDefault(value) ?? [];
            if (users.Count == 0) return (null, path.Count == 0 ? "no other site depends on it" : "it is itself a term of the density");
            if (users.Count > 1) return (null, $"used {Times(users.Count)}: {string.Join(" and ", users.Select(u => Describe(u.Node)).Distinct().Take(3))}");
            var step = users[0];
            if (step.Node.Op == OpCode.MatMul) return Product(step, path);
            if (Obstacle(step) is { } why) return (null, why);
            path.Add(step);
            value = step.Node;
        }
    }

    private (LinearUse?, string) Product(PathStep step, List<PathStep> path)
    {
        var (product, side) = step;
        if (_rows[product.Inputs[1 - side]] is not RowStatus.Row(var axis)) return (null, $"the other factor of the matrix product{At(product)} holds no data rows");
        var inner = product.Rank - 2 + side;
        if (axis == inner) return (null, $"the matrix product{At(product)} sums over data rows");
        foreach (var root in _roots)
        {
            if (_rows[root] is RowStatus.Row(0) || !DependsOn(root, product)) continue;
            return (null, _rows[root] is RowStatus.Mixed mixed
                ? $"data rows do not stay apart after the product: an operation{At(mixed.Node)} {mixed.Why}"
                : "the product enters a term that is no plate over data rows");
        }
        // Vectors of one row that meet the same weights: all axes of x but the summed one, less those along which the weights themselves differ.
        var vectors = product.Inputs[1 - side].Shape.Without([inner]).Size / product.Shape[axis];
        var use = new LinearUse(product, side, axis, path.ToEqArray(), vectors);
        return (use with { VectorsPerRow = vectors / use.OwnShape[..^2].Size }, "");
    }

    private string? Obstacle(PathStep step)
    {
        var node = step.Node;
        switch (node.Op)
        {
            case OpCode.Reshape or OpCode.Transpose or OpCode.Slice or OpCode.Neg:
                return null;
            case OpCode.Mul or OpCode.Add or OpCode.Sub:
            case OpCode.Div when step.Side == 0:
                return _rows[node.Inputs[1 - step.Side]] is RowStatus.None ? null : $"{Describe(node)} combines it with data rows one by one, not in a matrix product";
            case OpCode.Broadcast:
                var users = _users.GetValueOrDefault(node) ?? [];
                if (users is [{ Node.Op: OpCode.MatMul }] && AddsLeadingAxesOnly(node)) return null;
                return users is [{ Node.Op: OpCode.Add or OpCode.Sub } sum]
                    ? $"enters by broadcast addition{At(sum.Node)}, not a matrix product"
                    : $"is repeated by broadcasting{At(node)} before any matrix product";
            case OpCode.Scan:
                return $"is used at every step of a loop{At(node)}, where one draw serves the whole sequence";
            default:
                return $"enters through {Describe(node)}, which is not linear";
        }
    }

    private bool DependsOn(Tensor root, Tensor node)
    {
        if (!_under.TryGetValue(root, out var nodes)) _under[root] = nodes = new(Topology.Sort([root]), ReferenceEqualityComparer.Instance);
        return nodes.Contains(node);
    }

    internal static bool AddsLeadingAxesOnly(Tensor broadcast)
    {
        var (from, to) = (broadcast.Inputs[0].Shape, broadcast.Shape);
        return from.Rank >= 2 && from[^1] == to[^1] && from[^2] == to[^2] && from[..^2].All(d => d != 1);
    }

    internal static string Describe(Tensor node) => $"{(node.Op == OpCode.MatMul ? "a matrix product" : node.Op.ToString().ToLowerInvariant())}{At(node)}";

    internal static string At(Tensor node) => node.Origin?.Location is { Length: > 0 } place ? $" at {place}" : "";

    private static string Times(int count) => count == 2 ? "twice" : $"{count} times";
}
