using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Graph.Windows;

namespace ProbNet.Graph;

/// <summary>
/// Rows of the primitives over windows of images [..., height, width, channels]. Each is linear in its last operand, and each pair are transposes of each
/// other, so the gradients of one are applications of the other.
/// </summary>
internal static class WindowOps
{
    public static OpRule[] Rows => [UnfoldRow, FoldRow, PickRow, RouteRow];

    private static OpRule UnfoldRow => new()
    {
        Op = OpCode.Unfold,
        Kind = OpKind.Window,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Unfold, x, 1);
            var grid = Grid(OpCode.Unfold, a);
            RequireImage(OpCode.Unfold, x[0], grid);
            return new(x[0].DType, x[0].Shape[..^3].Concat([grid.Rows.Count, grid.Columns.Count, grid.Positions * x[0].Shape[^1]]));
        },
        Evaluate = static (node, x) => HostArrays.Take(x[0], node.Shape, Sources(Of(node), x[0].Shape)),
        Vjp = static (node, g) => [Fold(g, Of(node).Rows, Of(node).Columns)],
        Batch = Batching.Leading,
        Simplify = static node => IsIdentity(node) ? node.Inputs[0] : null,
        Samples = static type =>
        [
            new([Image(type, [2, 5, 3, 2])], new Attributes.Window(new(5, 3, 1, 1, 1, 1), new(3, 2))),
            new([Image(type, [5, 7, 3])], new Attributes.Window(new(5, 2, 2, 2), new(7, 3, 3, 1, 2, 1))),
            new([Image(type, [2, 3, 1, 5, 2])], new Attributes.Window(new(1, 1), new(5, 3, 2, 2, 3, 2))),
            new([Image(type, [3, 2, 5])], new Attributes.Window(new(3, 1), new(2, 1))),
            new([Image(type, [0, 3, 2, 5])], new Attributes.Window(new(3, 2), new(2, 2)), false),
        ],
    };

    private static OpRule FoldRow => new()
    {
        Op = OpCode.Fold,
        Kind = OpKind.Window,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.Fold, x, 1);
            var grid = Grid(OpCode.Fold, a);
            Require.Type(OpCode.Fold, x[0], x[0].DType.IsFloat());
            var shape = x[0].Shape;
            Require.That(OpCode.Fold, shape.Rank >= 3 && shape[^3] == grid.Rows.Count && shape[^2] == grid.Columns.Count && shape[^1] % grid.Positions == 0,
                $"shape {shape} does not hold the windows of {grid.Rows} by {grid.Columns}");
            return new(x[0].DType, shape[..^3].Concat([grid.Rows.Image, grid.Columns.Image, shape[^1] / grid.Positions]));
        },
        Evaluate = static (node, x) =>
        {
            var sources = Sources(Of(node), node.Shape);
            var sums = new double[node.Shape.Size];
            for (var i = 0; i < sources.Length; i++)
            {
                if (sources[i] >= 0) sums[sources[i]] += x[0][i];
            }
            return HostTensor.FromDoubles(node.DType, node.Shape, sums);
        },
        Vjp = static (node, g) => [Unfold(g, Of(node).Rows, Of(node).Columns)],
        Batch = Batching.Leading,
        Simplify = static node => IsIdentity(node) ? node.Inputs[0] : TransposedConvolution(node),
        Samples = static type =>
        [
            new([Image(type, [2, 5, 2, 12])], new Attributes.Window(new(5, 3, 1, 1, 1, 1), new(3, 2))),
            new([Image(type, [2, 3, 18])], new Attributes.Window(new(5, 2, 2, 2), new(7, 3, 3, 1, 2, 1))),
            new([Image(type, [3, 1, 3, 6])], new Attributes.Window(new(1, 1), new(5, 3, 2, 2, 3, 2))),
            new([Image(type, [3, 2, 5])], new Attributes.Window(new(3, 1), new(2, 1))),
        ],
    };

    // The first largest element of a window, in row-major order, is picked; NaN counts as the largest. Padding is never picked.
    private static OpRule PickRow => new()
    {
        Op = OpCode.WindowPick,
        Kind = OpKind.Window,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.WindowPick, x, 2);
            var grid = Grid(OpCode.WindowPick, a);
            RequireImage(OpCode.WindowPick, x[0], grid);
            Require.SameType(OpCode.WindowPick, x[0], x[1]);
            Require.SameShape(OpCode.WindowPick, x[0], x[1]);
            RequireSight(OpCode.WindowPick, grid);
            return new(x[0].DType, x[0].Shape[..^3].Concat([grid.Rows.Count, grid.Columns.Count, x[0].Shape[^1]]));
        },
        Evaluate = static (node, x) => HostArrays.Take(x[1], node.Shape, Winners(Of(node), x[0])),
        Vjp = static (node, g) => [null, WindowRoute(node.Inputs[0], g, Of(node).Rows, Of(node).Columns)],
        Batch = Batching.Leading,
        Simplify = static node => IsIdentity(node) ? node.Inputs[1] : null,
        Samples = static type =>
        [
            new([Image(type, [2, 5, 3, 2]), Image(type, [2, 5, 3, 2], 0.3)], new Attributes.Window(new(5, 3, 1, 1, 1, 1), new(3, 2, 1, 1, 1, 0))),
            new([Image(type, [5, 7, 3]), Image(type, [5, 7, 3], 0.7)], new Attributes.Window(new(5, 2, 2, 2), new(7, 3, 3, 1, 2, 1))),
            new([Elementwise.Cycle(type, [2, 3, 2], 1, 1, double.NaN, -2, double.NegativeInfinity, 1, 5), Image(type, [2, 3, 2])], new Attributes.Window(new(2, 2), new(3, 2)), false),
        ],
    };

    private static OpRule RouteRow => new()
    {
        Op = OpCode.WindowRoute,
        Kind = OpKind.Window,
        Infer = static (x, a) =>
        {
            Require.Arity(OpCode.WindowRoute, x, 2);
            var grid = Grid(OpCode.WindowRoute, a);
            RequireImage(OpCode.WindowRoute, x[0], grid);
            Require.SameType(OpCode.WindowRoute, x[0], x[1]);
            RequireSight(OpCode.WindowRoute, grid);
            var windows = x[0].Shape[..^3].Concat([grid.Rows.Count, grid.Columns.Count, x[0].Shape[^1]]);
            Require.That(OpCode.WindowRoute, x[1].Shape == windows, $"shape {x[1].Shape} does not hold one value for each window, {windows}");
            return new(x[0].DType, x[0].Shape);
        },
        Evaluate = static (node, x) =>
        {
            var winners = Winners(Of(node), x[0]);
            var sums = new double[node.Shape.Size];
            for (var i = 0; i < winners.Length; i++) sums[winners[i]] += x[1][i];
            return HostTensor.FromDoubles(node.DType, node.Shape, sums);
        },
        Vjp = static (node, g) => [null, WindowPick(node.Inputs[0], g, Of(node).Rows, Of(node).Columns)],
        Batch = Batching.Leading,
        Simplify = static node => IsIdentity(node) ? node.Inputs[1] : null,
        Samples = static type =>
        [
            new([Image(type, [2, 5, 3, 2]), Image(type, [2, 5, 3, 2], 0.3)], new Attributes.Window(new(5, 3, 1, 1, 1, 1), new(3, 2, 1, 1, 1, 0))),
            new([Image(type, [5, 7, 3]), Image(type, [2, 3, 3], 0.7)], new Attributes.Window(new(5, 2, 2, 2), new(7, 3, 3, 1, 2, 1))),
            new([Elementwise.Cycle(type, [2, 3, 2], 1, 1, double.NaN, -2, double.NegativeInfinity, 1, 5), Image(type, [1, 2, 2])], new Attributes.Window(new(2, 2), new(3, 2)), false),
        ],
    };

    private static Attributes.Window Of(Tensor node) => (Attributes.Window)node.Attributes;

    private static bool IsIdentity(Tensor node) => Of(node).Rows.IsIdentity && Of(node).Columns.IsIdentity;

    private static Attributes.Window Grid(OpCode op, Attributes attributes)
    {
        var grid = Require.Attribute<Attributes.Window>(op, attributes);
        Require.That(op, grid.Rows.IsLegal && grid.Columns.IsLegal, $"there are no windows of {grid.Rows} by {grid.Columns}");
        return grid;
    }

    private static void RequireImage(OpCode op, Tensor x, Attributes.Window grid)
    {
        Require.Type(op, x, x.DType.IsFloat());
        Require.That(op, x.Rank >= 3 && x.Shape[^3] == grid.Rows.Image && x.Shape[^2] == grid.Columns.Image, $"shape {x.Shape} is no image of {grid.Rows} by {grid.Columns}");
    }

    private static void RequireSight(OpCode op, Attributes.Window grid) =>
        Require.That(op, grid.Rows.SeesImage && grid.Columns.SeesImage, $"a window of {grid.Rows} by {grid.Columns} sees only padding");

    /// <summary>For each element of all windows [..., rows, columns, positions * channels] the element of the image, or -1 for padding.</summary>
    private static int[] Sources(Attributes.Window grid, Shape image)
    {
        var (rows, columns, channels) = (grid.Rows, grid.Columns, image[^1]);
        var images = image[..^3].Size;
        var result = new int[images * rows.Count * columns.Count * grid.Positions * channels];
        var next = 0;
        for (var n = 0; n < images; n++)
        for (var oh = 0; oh < rows.Count; oh++)
        for (var ow = 0; ow < columns.Count; ow++)
        for (var kh = 0; kh < rows.Size; kh++)
        for (var kw = 0; kw < columns.Size; kw++)
        {
            var (y, x) = (rows.At(oh, kh), columns.At(ow, kw));
            var isInside = (uint)y < (uint)rows.Image && (uint)x < (uint)columns.Image;
            for (var c = 0; c < channels; c++) result[next++] = isInside ? ((n * rows.Image + y) * columns.Image + x) * channels + c : -1;
        }
        return result;
    }

    /// <summary>For each window and channel the element of the image that is its first maximum.</summary>
    private static int[] Winners(Attributes.Window grid, HostTensor image)
    {
        var sources = Sources(grid, image.Shape);
        var channels = image.Shape[^1];
        var result = new int[sources.Length / grid.Positions];
        for (var i = 0; i < result.Length; i++)
        {
            var best = -1;
            for (var k = 0; k < grid.Positions; k++)
            {
                var at = sources[(i / channels * grid.Positions + k) * channels + i % channels];
                if (at >= 0 && (best < 0 || image[at] > image[best] || (double.IsNaN(image[at]) && !double.IsNaN(image[best])))) best = at;
            }
            result[i] = best;
        }
        return result;
    }

    /// <summary>
    /// With steps of 1 the windows' values g W^T laid back on the image are a convolution of g with the kernel turned by half a turn, which needs no windows in memory.
    /// </summary>
    private static Tensor? TransposedConvolution(Tensor node)
    {
        var grid = Of(node);
        var product = node.Inputs[0];
        while (product.Op == OpCode.Reshape) product = product.Inputs[0];
        if (product.Op != OpCode.MatMul || grid.Rows.Stride != 1 || grid.Columns.Stride != 1) return null;
        if (Turned(grid.Rows) is not { } rows || Turned(grid.Columns) is not { } columns) return null;
        var (g, w) = (product.Inputs[0], product.Inputs[1]);
        var lead = node.Inputs[0].Shape[..^3];
        var windows = grid.Rows.Count * grid.Columns.Count;
        if (product.Shape[^1] != node.Inputs[0].Shape[^1] || (product.Rank > 2 && (product.Shape[..^2] != lead || product.Shape[^2] != windows))) return null;
        var source = w.Op == OpCode.Broadcast && w.Inputs[0].Rank >= 2 && w.Inputs[0].Shape[^2..] == w.Shape[^2..] ? w.Inputs[0] : w;
        var (filters, channels, positions) = (w.Shape[^2], node.Shape[^1], grid.Positions);
        var batch = source.Shape[..^2];
        var rank = batch.Rank;
        // [batch, filters, positions, channels] with positions first, reversed, and moved behind the batch.
        var byPosition = Transpose(Reshape(source, batch.Concat([filters, positions, channels])), [rank + 1, .. Enumerable.Range(0, rank + 1), rank + 2]);
        var reversed = Gather(byPosition, Constant(HostTensor.Of([positions], [.. Enumerable.Range(0, positions).Select(k => (long)(positions - 1 - k))])));
        var kernel = Reshape(Transpose(reversed, [.. Enumerable.Range(1, rank), 0, rank + 1, rank + 2]), batch.Concat([positions * filters, channels]));
        var unfolded = Unfold(Reshape(g, lead.Concat([grid.Rows.Count, grid.Columns.Count, filters])), rows, columns);
        var joined = product.Rank > 2 ? lead.Concat([rows.Count * columns.Count, positions * filters]) : [lead.Size * rows.Count * columns.Count, positions * filters];
        return Reshape(MatMul(Reshape(unfolded, joined), kernel), node.Shape);
    }

    private static WindowAxis? Turned(WindowAxis axis)
    {
        var reach = axis.Extent - 1;
        return axis.Low <= reach && axis.High <= reach ? axis with { Image = axis.Count, Low = reach - axis.Low, High = reach - axis.High } : null;
    }

    /// <summary>Distinct values, so that every window has one maximum.</summary>
    private static HostTensor Image(DType type, Shape shape, double phase = 0) =>
        HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(i => Math.Round(Math.Sin(1.7 * i + phase) * 64) / 16 + i / 1024.0)]);
}
