using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// The one place where a site's value w enters a model: through an elementwise affine map, into one factor of a matrix product whose other factor x holds
/// data rows. With it the product can be computed from the parameters of q(w) instead of from a draw of w.
/// </summary>
/// <param name="Product">The <see cref="OpCode.MatMul"/> node.</param>
/// <param name="WeightSide">Which operand the weight is: 1 in x @ w, 0 in w @ x.</param>
/// <param name="RowAxis">The axis of the product, and of x, that counts data rows.</param>
/// <param name="Path">The operations between the site's value and the product, first to last.</param>
/// <param name="VectorsPerRow">How many vectors of one data row meet the same weights: 1 in a dense layer, the number of positions in a sequence.</param>
public sealed record LinearUse(Tensor Product, int WeightSide, int RowAxis, EqArray<PathStep> Path, int VectorsPerRow)
{
    /// <summary>The factor that holds data rows.</summary>
    public Tensor Input => Product.Inputs[1 - WeightSide];

    /// <summary>The axis along which the product's terms for one row are told apart: columns of x @ w, rows of w @ x.</summary>
    internal int OutputAxis => Product.Rank - 2 + WeightSide;

    /// <summary>The axis of x that is summed over.</summary>
    internal int InnerAxis => Product.Rank - 2 + WeightSide;

    /// <summary>The operations between the site's value and the weights' own shape, without a last repetition along leading axes of the product.</summary>
    internal IEnumerable<PathStep> OwnPath => Repeats ? Path.SkipLast(1) : Path;

    /// <summary>The shape of the weights before they are repeated along leading axes of the product.</summary>
    internal Shape OwnShape => Repeats ? Path[^1].Node.Inputs[0].Shape : Product.Inputs[WeightSide].Shape;

    /// <summary>The axis of the product from which on the weights differ between its matrices.</summary>
    internal int FirstOwnAxis => Product.Rank - OwnShape.Rank;

    /// <summary>The windows of an image that the rows are, if the product is a convolution.</summary>
    internal Tensor? Windows => WindowsOf(Product, WeightSide) is { } node && RowAxis < node.Rank - 3 && node.Shape[RowAxis] == Input.Shape[RowAxis] ? node : null;

    /// <summary>The windows of an image that meet the weights on a side of a product; null where something else does.</summary>
    internal static Tensor? WindowsOf(Tensor product, int weightSide)
    {
        var node = product.Inputs[1 - weightSide];
        while (node.Op == OpCode.Reshape) node = node.Inputs[0];
        return node.Op == OpCode.Unfold && weightSide == 1 ? node : null;
    }

    private bool Repeats => Path.Count > 0 && Path[^1].Node.Op == OpCode.Broadcast;
}

/// <summary>One operation a value passes through.</summary>
/// <param name="Node">The operation: a movement, or elementwise and affine.</param>
/// <param name="Side">The operand through which the value enters.</param>
public readonly record struct PathStep(Tensor Node, int Side);

/// <summary>A linear use ready to be computed: what surrounds it has been rewritten.</summary>
public sealed class LinearProduct
{
    private readonly LinearUse _use;
    private readonly Func<Tensor, Tensor> _rewritten;

    internal LinearProduct(LinearUse use, Func<Tensor, Tensor> rewritten) => (_use, _rewritten) = (use, rewritten);

    /// <summary>The factor that holds data rows.</summary>
    public Tensor Input => _rewritten(_use.Input);

    private Tensor? Windows => _use.Windows;

    /// <summary>The use.</summary>
    internal LinearUse Use => _use;

    /// <summary>The shape of the product.</summary>
    public Shape Shape => _use.Product.Shape;

    /// <summary>The shape of numbers for each row and each input of the product: each channel, where the product is a convolution.</summary>
    public Shape RowInputs => Windows is { } windows ? OnesBut(windows.Inputs[0].Shape, windows.Rank - 1) : OnesBut(_use.Input.Shape, _use.InnerAxis);

    /// <summary>
    /// The rows with every input scaled by a factor of <see cref="RowInputs"/>'s shape. A convolution's image is scaled before its windows are taken, so that they need not be
    /// written to memory.
    /// </summary>
    public Tensor Scaled(Tensor factors) => Windows is { } windows
        ? Reshape(Tensor.Create(OpCode.Unfold, [_rewritten(windows.Inputs[0]) * factors], windows.Attributes), _use.Input.Shape)
        : Input * factors;

    /// <summary>The shape of numbers for each row and each output of the product; they broadcast against it.</summary>
    public Shape RowOutputs => OnesBut(Shape, _use.OutputAxis);

    /// <summary>
    /// Numbers for each row and each input of the weights, [rows, inputs], as factors for <see cref="Scaled"/>. The inputs of several matrices of weights follow one another; the inputs
    /// of a convolution are its channels.
    /// </summary>
    internal Tensor InputFactors(Tensor numbers) => Windows is { } windows ? Lay(numbers, windows.Inputs[0].Shape, windows.Rank - 1) : Lay(numbers, _use.Input.Shape, _use.InnerAxis);

    /// <summary>Numbers for each row and each output of the weights, [rows, outputs], as factors of the product.</summary>
    internal Tensor OutputFactors(Tensor numbers) => Lay(numbers, Shape, _use.OutputAxis);

    /// <summary>Whether the weights are more than a linear function of the site's value: something is added to it.</summary>
    internal bool HasOffset => _use.Path.Any(step => step.Node.Op is OpCode.Add or OpCode.Sub);

    /// <summary>The shape of one number for each row; it broadcasts against the product.</summary>
    public Shape PerRow => OnesBut(Shape, _use.RowAxis);

    /// <summary>What multiplies the rows when the site's value is <paramref name="value"/>.</summary>
    public Tensor Weight(Tensor value) => Follow(value, linearPart: false);

    /// <summary>How <see cref="Weight"/> changes when the site's value changes by <paramref name="difference"/>.</summary>
    public Tensor WeightChange(Tensor difference) => Follow(difference, linearPart: true);

    /// <summary>The product of rows and weights, in the model's order.</summary>
    public Tensor Multiply(Tensor rows, Tensor weights) => _use.WeightSide == 1 ? MatMul(rows, weights) : MatMul(weights, rows);

    /// <summary>How many vectors of one data row meet the same weights.</summary>
    public int VectorsPerRow => _use.VectorsPerRow;

    /// <summary>The number of data rows.</summary>
    public int Rows => Shape[_use.RowAxis];

    /// <summary>The product where the site has a value of its own for each row: all vectors of row i are multiplied by the weights that member i of the values gives.</summary>
    /// <param name="values">The values, [rows, ...the site's shape].</param>
    public Tensor MultiplyByRow(Tensor values)
    {
        var one = TensorMath.Input("value of one row", values.DType, values.Shape[1..]);
        var weights = Vmap.Batch([Follow(one, linearPart: false, _use.OwnPath)], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [one] = values }, Rows)[0];
        // Rows first, then the axes along which weights differ anyway, and all vectors of a row joined into one matrix.
        int rank = Shape.Rank, inner = _use.InnerAxis;
        int[] own = [.. Enumerable.Range(0, rank - 2).Where(a => a >= _use.FirstOwnAxis && a != _use.RowAxis)];
        int[] vectors = [.. Enumerable.Range(0, rank).Where(a => a != _use.RowAxis && a != inner && !own.Contains(a))];
        int[] order = _use.WeightSide == 1 ? [_use.RowAxis, .. own, .. vectors, inner] : [_use.RowAxis, .. own, inner, .. vectors];
        var x = Transpose(Input, [.. order]);
        var count = vectors.Aggregate(1, (total, a) => total * Shape[a]);
        var joined = x.Shape[..(1 + own.Length)].Concat(_use.WeightSide == 1 ? [count, x.Shape[^1]] : [x.Shape[1 + own.Length], count]);
        var product = Multiply(Reshape(x, joined), weights);
        var back = new int[rank];
        for (var i = 0; i < rank; i++) back[order[i]] = i;
        return Transpose(Reshape(product, Shape.Create([.. order.Select(a => Shape[a])])), [.. back]);
    }

    private Tensor Follow(Tensor value, bool linearPart) => Follow(value, linearPart, _use.Path);

    private Tensor Follow(Tensor value, bool linearPart, IEnumerable<PathStep> path)
    {
        foreach (var (node, side) in path)
        {
            value = (node.Op, side) switch
            {
                (OpCode.Add, _) or (OpCode.Sub, 0) when linearPart => value,
                (OpCode.Sub, 1) when linearPart => -value,
                (OpCode.Add or OpCode.Sub or OpCode.Mul or OpCode.Div, 0) => Tensor.Create(node.Op, [value, _rewritten(node.Inputs[1])], node.Attributes),
                (OpCode.Add or OpCode.Sub or OpCode.Mul, 1) => Tensor.Create(node.Op, [_rewritten(node.Inputs[0]), value], node.Attributes),
                _ => Tensor.Create(node.Op, [value], node.Attributes),
            };
        }
        return value;
    }

    // Rows, then the axes along which the weights differ, then one more, put where they stand in a shape whose other axes get size 1.
    private Tensor Lay(Tensor numbers, Shape of, int axis)
    {
        int[] axes = [_use.RowAxis, .. Enumerable.Range(0, Shape.Rank - 2).Where(a => a >= _use.FirstOwnAxis && a != _use.RowAxis), axis];
        var dims = new int[of.Rank];
        Array.Fill(dims, 1);
        foreach (var a in axes) dims[a] = of[a];
        var apart = Reshape(numbers, Shape.Create([.. axes.Select(a => of[a])]));
        return Reshape(Transpose(apart, [.. Enumerable.Range(0, axes.Length).OrderBy(i => axes[i])]), Shape.Create(dims));
    }

    private Shape OnesBut(Shape of, int axis)
    {
        var dims = new int[of.Rank];
        Array.Fill(dims, 1);
        (dims[_use.RowAxis], dims[axis]) = (of[_use.RowAxis], of[axis]);
        return Shape.Create(dims);
    }
}
