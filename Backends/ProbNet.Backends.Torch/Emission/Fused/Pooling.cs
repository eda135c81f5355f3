using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// Maxima of windows as libtorch's pooling. Where a window holds several values that are not numbers it takes another of them than the rules of the primitives do; any of them spoils
/// the step alike.
/// </summary>
internal sealed class Pooling
{
    private readonly Dictionary<(string Image, Attributes.Window Window), (string Pooled, string Places)> _made = [];

    /// <summary>Whether pooling computes a node: even padding of at most half a window, windows that see the image, and of picks those of the image itself.</summary>
    public static bool Takes(Tensor node)
    {
        if (node.Op is not (OpCode.WindowPick or OpCode.WindowRoute) || !node.DType.IsFloat() || node.Shape.Size == 0 || node.Inputs[0].Shape.Size == 0) return false;
        var window = (Attributes.Window)node.Attributes;
        return IsUsual(window.Rows) && IsUsual(window.Columns) && (node.Op == OpCode.WindowRoute || ReferenceEquals(node.Inputs[0], node.Inputs[1]));

        static bool IsUsual(WindowAxis axis) => axis.Low == axis.High && 2 * axis.Low <= axis.Size && axis.SeesImage;
    }

    /// <summary>The expression of such a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="operands">The expressions of its operands.</param>
    /// <param name="script">What is written to.</param>
    public string Write(Tensor node, string[] operands, ScriptWriter script)
    {
        var window = (Attributes.Window)node.Attributes;
        var (rows, columns) = (window.Rows, window.Columns);
        var form = $"[{rows.Size}, {columns.Size}], [{rows.Stride}, {columns.Stride}], [{rows.Low}, {columns.Low}], [{rows.Dilation}, {columns.Dilation}], False";
        var image = First(operands[0], node.Inputs[0].Shape);
        if (!_made.TryGetValue((operands[0], window), out var made))
        {
            made = (script.Fresh("pooled"), script.Fresh("places"));
            script.Line($"{made.Pooled}, {made.Places} = torch.max_pool2d_with_indices({image}, {form})");
            _made.Add((operands[0], window), made);
        }
        var result = node.Op == OpCode.WindowPick ? made.Pooled : $"torch.max_pool2d_with_indices_backward({First(operands[1], node.Inputs[1].Shape)}, {image}, {form}, {made.Places})";
        return $"{result}.permute([0, 2, 3, 1]).reshape({Script.List(node.Shape.AsSpan().ToArray())})";
    }

    private static string First(string x, Shape shape) => $"{x}.reshape([{shape[..^3].Size}, {shape[^3]}, {shape[^2]}, {shape[^1]}]).permute([0, 3, 1, 2])";
}
