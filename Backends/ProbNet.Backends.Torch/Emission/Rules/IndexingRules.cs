using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Rows by index. An index outside the axis is reported by libtorch.</summary>
internal static class IndexingRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.Gather, static (node, x, _) =>
        {
            var indices = node.Inputs[1].Shape;
            if (indices.Rank == 1) return $"torch.index_select({x[0]}, 0, {x[1]})";
            return Script.Reshape($"torch.index_select({x[0]}, 0, {Script.Reshape(x[1], [indices.Size])})", node.Shape);
        }),
        new(OpCode.ScatterAdd, static (node, x, script) =>
        {
            var count = node.Inputs[0].Shape.Size;
            var rows = node.Shape[1..].Prepend(count);
            return $"{script.Function("scatter_add_rows")}({Script.List(node.Shape)}, {Script.Reshape(x[0], [count])}, {Script.Reshape(x[1], rows)})";
        }),
    ];
}
