using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ProbNet.Graph;

/// <summary>
/// The text form of graphs: one line a node, <c>%12 = matmul %3, %7 : f32[32, 64]   # h1.w (iris.prob:6:5)</c>, then the outputs. Names are positions in
/// topological order, so equal graphs print equally.
/// </summary>
public static class Printer
{
    /// <summary>The graph as text, lines ending in <c>\n</c>.</summary>
    public static string Print(TensorGraph graph)
    {
        var numbers = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        var text = new StringBuilder();
        foreach (var node in graph.Nodes)
        {
            numbers[node] = numbers.Count;
            text.Append('%').Append(numbers[node]).Append(" = ").Append(Name(node.Op));
            for (var i = 0; i < node.Inputs.Length; i++) text.Append(i == 0 ? " %" : ", %").Append(numbers[node.Inputs[i]]);
            var attributes = Describe(node);
            if (attributes.Length > 0) text.Append(' ').Append(attributes);
            text.Append(" : ").Append(node.DType.Name()).Append(node.Shape.ToString());
            if (node.Origin is { } origin) text.Append("   # ").Append(Comment(origin));
            text.Append('\n');
            if (node.Attributes is Attributes.Loop loop) text.Append(Indented(Print(loop.Body)));
        }
        foreach (var (name, value) in graph.Outputs) text.Append("return ").Append(name).Append(" = %").Append(numbers[value]).Append('\n');
        return text.ToString();
    }

    /// <summary>The name of a primitive in printed graphs: the enumeration's, with a small first letter.</summary>
    public static string Name(OpCode op)
    {
        var name = op.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    // A loop's body stands under it, numbered on its own.
    private static string Indented(string body) => string.Concat(body.TrimEnd('\n').Split('\n').Select(line => $"    | {line}\n"));

    private static string Comment(Origin origin) => origin.Site is null ? origin.Location : origin.Location.Length == 0 ? origin.Site : $"{origin.Site} ({origin.Location})";

    // The target of a broadcast or reshape and the type of a conversion stand behind the colon already.
    private static string Describe(Tensor node) => node.Attributes switch
    {
        Attributes.Named named => $"\"{named.Name}\"",
        Attributes.Literal literal => Values(literal.Value),
        Attributes.IotaSpec iota => $"axis={iota.Along}",
        Attributes.Order order => $"order={order.Value}",
        Attributes.Axes axes => $"axes={axes.Value}",
        Attributes.Axis axis => $"axis={axis.Value}",
        Attributes.Box box => $"start={box.Start} stop={box.Stop}",
        Attributes.Padding padding => $"low={padding.Low} high={padding.High}",
        Attributes.Triangle triangle => triangle.Transposed ? "transposed" : "",
        Attributes.Window window => $"rows=({window.Rows}) columns=({window.Columns})",
        Attributes.RandomSpec random => $"stream={random.Stream} event={random.Event}",
        Attributes.Loop loop => $"steps={loop.Length} carries={loop.Carries} sequences={loop.Sequences}{(loop.Reverse ? " reverse" : "")}",
        Attributes.None or Attributes.ToShape or Attributes.ConvertTo => "",
        _ => throw new SwitchExpressionException(node.Attributes),
    };

    private static string Values(HostTensor value)
    {
        const int shown = 8;
        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(value.Data.Length, shown); i++)
        {
            if (i > 0) text.Append(", ");
            text.Append(value.Data switch
            {
                float[] f => f[i].ToString("R", CultureInfo.InvariantCulture),
                double[] d => d[i].ToString("R", CultureInfo.InvariantCulture),
                long[] l => l[i].ToString(CultureInfo.InvariantCulture),
                _ => value[i] != 0 ? "true" : "false",
            });
        }
        if (value.Data.Length > shown) text.Append(", …");
        return value.Shape.Rank == 0 ? text.ToString() : $"{{{text}}}";
    }
}
