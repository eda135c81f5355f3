using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Windows of images. Leading axes become one; the functions take each axis as the list size, stride, dilation, low, high, count.</summary>
internal static class WindowRules
{
    public static EmitRule[] Rows =>
    [
        Row(OpCode.Unfold, static (node, x, script) => $"{script.Function("unfold")}({Image(x[0], node.Inputs[0].Shape)}, {Axes(node)})"),
        Row(OpCode.Fold, static (node, x, script) =>
        {
            var grid = (Attributes.Window)node.Attributes;
            var shape = node.Inputs[0].Shape;
            Shape windows = [shape[..^3].Size, shape[^3], shape[^2], grid.Rows.Size, grid.Columns.Size, node.Shape[^1]];
            return $"{script.Function("fold")}({Script.Reshape(x[0], windows)}, {grid.Rows.Image}, {grid.Columns.Image}, {Axes(node)})";
        }),
        Row(OpCode.WindowPick, static (node, x, script) =>
            $"{script.Function("window_pick")}({Image(x[0], node.Inputs[0].Shape)}, {Image(x[1], node.Inputs[1].Shape)}, {Axes(node)})"),
        Row(OpCode.WindowRoute, static (node, x, script) =>
            $"{script.Function("window_route")}({Image(x[0], node.Inputs[0].Shape)}, {Image(x[1], node.Inputs[1].Shape)}, {Axes(node)})"),
    ];

    private static EmitRule Row(OpCode op, Func<Tensor, string[], ScriptWriter, string> write) => new(op, (node, x, script) =>
        node.Shape.Size == 0 ? $"{x[0]}.new_zeros({Script.List(node.Shape)})" : Script.Reshape(write(node, x, script), node.Shape));

    private static string Image(string x, Shape shape) => shape.Rank == 4 ? x : Script.Reshape(x, Shape.Create([shape[..^3].Size]).Concat(shape[^3..]));

    private static string Axes(Tensor node)
    {
        var grid = (Attributes.Window)node.Attributes;
        return $"{Axis(grid.Rows)}, {Axis(grid.Columns)}";
    }

    private static string Axis(WindowAxis axis) => Script.List([axis.Size, axis.Stride, axis.Dilation, axis.Low, axis.High, axis.Count]);
}
