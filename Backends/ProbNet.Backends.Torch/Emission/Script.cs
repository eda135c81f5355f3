using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>How values of the compiler are written in TorchScript.</summary>
internal static class Script
{
    /// <summary>The number by which TorchScript knows an element type: its names for them are no part of the language.</summary>
    public static int Number(DType type) => type switch
    {
        DType.F32 => 6,
        DType.F64 => 7,
        DType.I64 => 4,
        DType.Bool => 11,
    };

    /// <summary>A list of integers, at least one: an empty one would be a list of tensors.</summary>
    public static string List(IEnumerable<int> values) => $"[{string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>The elements of a tensor under another shape.</summary>
    public static string Reshape(string x, Shape shape) => shape.Rank == 0 ? $"torch.squeeze({x})" : $"torch.reshape({x}, {List(shape)})";

    /// <summary>A tensor repeated to a shape.</summary>
    public static string Expand(string x, Shape shape) => shape.Rank == 0 ? x : $"{x}.expand({List(shape)})";

    /// <summary>A tensor under another type; itself where it has that type.</summary>
    public static string Cast(string x, DType from, DType to) => from == to ? x : $"{x}.to({Number(to)})";

    /// <summary>Type, shape and origin of a node, for people.</summary>
    public static string Comment(Tensor node)
    {
        var type = node.DType.Name() + node.Shape;
        if (node.Attributes is Attributes.Literal { Value: { Data.Length: 1 } value })
            type += " = " + (value.Data is float[] single ? single[0].ToString("R", CultureInfo.InvariantCulture) : value[0].ToString("R", CultureInfo.InvariantCulture));
        return node.Origin switch
        {
            null => type,
            { Site: null } o => $"{type} {o.Location}".TrimEnd(),
            { Location: "" } o => $"{type} {o.Site}",
            var o => $"{type} {o.Site} ({o.Location})",
        };
    }
}
