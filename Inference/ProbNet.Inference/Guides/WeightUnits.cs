using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Which input of the linear map each element of a weight belongs to, or which output. In x @ w with w [inputs, outputs] element (k, j) belongs to input k and output j; in w @ x it is the
/// other way round; the inputs of a convolution are its channels and its outputs the filters, whatever the position in the window. Transposed, reshaped and sliced weights are followed
/// element by element.
/// </summary>
/// <param name="Shape">The shape of the site's value.</param>
/// <param name="Count">The number of units. Elements that do not enter the product share one.</param>
/// <param name="Axis">The axis of the value that counts the units, where there is one.</param>
/// <param name="Map">Where there is none, the unit of each element in row-major order; units are numbered in the order in which elements meet them.</param>
/// <param name="Order">The unit of each input (or output) of the product in order; empty where they are the same.</param>
internal sealed record WeightUnits(Shape Shape, int Count, int? Axis, EqArray<int> Map, EqArray<int> Order)
{
    /// <summary>Numbers of units, […, Count], at the elements that belong to them: they broadcast against […, the site's shape]. At most one leading axis.</summary>
    public Tensor Spread(Tensor numbers)
    {
        var lead = numbers.Shape[..^1];
        if (Axis is { } axis) return Reshape(numbers, lead.Concat(Ones(Shape.Rank).With(axis, Count)));
        var taken = Gather(lead.Rank == 0 ? numbers : TransposeLast(numbers), Index(Map));
        return Reshape(lead.Rank == 0 ? taken : TransposeLast(taken), lead.Concat(Shape));
    }

    /// <summary>The sum of the elements of each unit: the site's shape to [Count].</summary>
    public Tensor Total(Tensor x) => Axis is { } axis
        ? Sum(x, [.. Enumerable.Range(0, Shape.Rank).Where(a => a != axis)])
        : ScatterAdd([Count], Index(Map), Reshape(x, [Shape.Size]));

    /// <summary>Numbers of units, [rows, Count], in the order of the product's inputs (or outputs).</summary>
    public Tensor InOrder(Tensor numbers) => Order.IsEmpty ? numbers : TransposeLast(Gather(TransposeLast(numbers), Index(Order)));

    /// <summary>The units of a site's value in a product.</summary>
    /// <param name="product">The matrix product.</param>
    /// <param name="side">Which operand the weight is.</param>
    /// <param name="path">The operations between the value and the weight's own shape.</param>
    /// <param name="shape">The shape of the value.</param>
    /// <param name="windows">The windows of an image that meet the weights, if the product is a convolution.</param>
    /// <param name="outputs">Whether the units are the outputs.</param>
    public static WeightUnits Of(Tensor product, int side, IEnumerable<PathStep> path, Shape shape, Tensor? windows, bool outputs)
    {
        EqArray<PathStep> moves = [.. path.Where(step => step.Node.Op is OpCode.Reshape or OpCode.Transpose or OpCode.Slice)];
        // The common case, a matrix as it is, takes no time however large it is.
        if (moves.IsEmpty && shape.Rank == 2 && (windows is null || outputs))
        {
            var direct = outputs ? side : 1 - side;
            return new(shape, shape[direct], shape[direct] == 1 && shape[0] == 1 ? 0 : direct, [], []);
        }
        var elements = Elements(moves, shape);
        var (own, axis) = (elements.Shape, elements.Shape.Rank - 2 + (outputs ? side : 1 - side));
        var (size, below) = (own[axis], own[(axis + 1)..].Size);
        // A window's vector counts positions, then channels.
        var each = windows is null || outputs ? size : windows.Inputs[0].Shape[^1];
        var matrix = own[^2] * own[^1];
        var at = (long[])elements.Data;
        var labels = new int[shape.Size];
        Array.Fill(labels, -1);
        for (var p = 0; p < at.Length; p++) labels[at[p]] = p / matrix * each + p / below % size % each;
        return Canonical(shape, labels, own[..^2].Size * each);
    }

    // The position in the value, row-major, of each element of the weight.
    private static HostTensor Elements(EqArray<PathStep> moves, Shape shape)
    {
        var value = HostTensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (long)i)]);
        foreach (var (node, _) in moves)
        {
            var moved = Tensor.Create(node.Op, [Constant(value)], node.Attributes);
            value = Reference.Evaluate(new TensorGraph([], [("elements", moved)]), [])[0];
        }
        return value;
    }

    private static WeightUnits Canonical(Shape shape, int[] labels, int count)
    {
        var (number, found) = (new Dictionary<int, int>(), new int[labels.Length]);
        for (var i = 0; i < labels.Length; i++)
        {
            if (!number.TryGetValue(labels[i], out var unit)) number[labels[i]] = unit = number.Count;
            found[i] = unit;
        }
        int[] order = [.. Enumerable.Range(0, count).Select(label => number[label])];
        var strides = shape.Strides();
        int? axis = Enumerable.Range(0, shape.Rank).Where(a => shape[a] == number.Count && IsAlong(a)).Select(a => (int?)a).FirstOrDefault();
        return new(shape, number.Count, axis, axis is null ? [.. found] : [], order.Select((u, i) => u == i).All(same => same) && number.Count == count ? [] : [.. order]);

        bool IsAlong(int a)
        {
            for (var i = 0; i < found.Length; i++) if (found[i] != i / strides[a] % shape[a]) return false;
            return true;
        }
    }

    private static Tensor Index(EqArray<int> units) => Constant(HostTensor.Of([units.Count], [.. units.Select(u => (long)u)]));

    private static Shape Ones(int rank) => Shape.Create([.. Enumerable.Repeat(1, rank)]);
}
