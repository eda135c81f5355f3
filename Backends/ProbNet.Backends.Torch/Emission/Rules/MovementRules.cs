using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Movements: views where libtorch has them.</summary>
internal static class MovementRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.Broadcast, static (node, x, _) => Script.Expand(x[0], node.Shape)),
        new(OpCode.Reshape, static (node, x, _) => Script.Reshape(x[0], node.Shape)),
        new(OpCode.Transpose, static (node, x, _) => node.Rank == 0 ? x[0] : $"torch.permute({x[0]}, {Script.List(((Attributes.Axes)node.Attributes).Value)})"),
        new(OpCode.Slice, Slice),
        new(OpCode.Pad, Pad),
        new(OpCode.Concat, static (node, x, _) => $"torch.cat([{string.Join(", ", x)}], {((Attributes.Axis)node.Attributes).Value})"),
    ];

    private static string Slice(Tensor node, string[] x, ScriptWriter script)
    {
        var box = (Attributes.Box)node.Attributes;
        var source = node.Inputs[0].Shape;
        string[] axes = [.. Enumerable.Range(0, node.Rank).Select(i => box.Start[i] == 0 && box.Stop[i] == source[i] ? ":" : $"{box.Start[i]}:{box.Stop[i]}")];
        var last = Array.FindLastIndex(axes, axis => axis != ":");
        return last < 0 ? x[0] : $"{x[0]}[{string.Join(", ", axes.Take(last + 1))}]";
    }

    // libtorch names the last axis first.
    private static string Pad(Tensor node, string[] x, ScriptWriter script)
    {
        if (node.Rank == 0) return x[0];
        var padding = (Attributes.Padding)node.Attributes;
        var amounts = Enumerable.Range(0, node.Rank).Reverse().SelectMany(i => new[] { padding.Low[i], padding.High[i] });
        return $"torch.constant_pad_nd({x[0]}, {Script.List(amounts)}, 0)";
    }
}
