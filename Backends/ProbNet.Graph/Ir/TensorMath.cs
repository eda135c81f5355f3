namespace ProbNet.Graph;

/// <summary>
/// The functions from which tensor expressions are built; meant for <c>using static</c>. Binary functions broadcast right-aligned
/// by inserting explicit <see cref="OpCode.Broadcast"/> nodes; element types must agree. All functions are pure.
/// </summary>
public static class TensorMath
{
    /// <summary>A named input.</summary>
    public static Tensor Input(string name, DType type, Shape shape, Origin? origin = null) =>
        Tensor.Create(OpCode.Input, [], new Attributes.Named(name, type, shape), origin);

    /// <summary>A literal tensor.</summary>
    public static Tensor Constant(HostTensor value) => Tensor.Create(OpCode.Constant, [], new Attributes.Literal(value));

    /// <summary>A literal scalar of the given type.</summary>
    public static Tensor Constant(DType type, double value) => Constant(HostTensor.Scalar(type, value));

    /// <summary>A scalar literal with the element type of <paramref name="like"/>.</summary>
    public static Tensor Like(Tensor like, double value) => Constant(like.DType, value);

    /// <summary>A tensor of one repeated value.</summary>
    public static Tensor Full(DType type, Shape shape, double value) => BroadcastTo(Constant(type, value), shape);

    /// <summary>A tensor of zeros with the type and shape of <paramref name="like"/>.</summary>
    public static Tensor ZerosLike(Tensor like) => Full(like.DType, like.Shape, 0);

    /// <summary>A tensor of ones with the type and shape of <paramref name="like"/>.</summary>
    public static Tensor OnesLike(Tensor like) => Full(like.DType, like.Shape, 1);

    /// <summary>0, 1, 2, … along <paramref name="axis"/>, repeated along the others (I64).</summary>
    public static Tensor Iota(Shape shape, int axis) => Tensor.Create(OpCode.Iota, [], new Attributes.IotaSpec(shape, axis < 0 ? axis + shape.Rank : axis));

    /// <summary>An elementwise primitive of one operand.</summary>
    public static Tensor Unary(OpCode op, Tensor x) => Tensor.Create(op, [x], Attributes.None.Value);

    /// <summary>An elementwise primitive of two operands, broadcast to their common shape.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast or the types differ.</exception>
    public static Tensor Binary(OpCode op, Tensor x, Tensor y)
    {
        if (x.Shape != y.Shape)
        {
            var shape = Shape.Broadcast(x.Shape, y.Shape) ?? throw new ShapeException(op, $"shapes {x.Shape} and {y.Shape} do not broadcast");
            (x, y) = (BroadcastTo(x, shape), BroadcastTo(y, shape));
        }
        return Tensor.Create(op, [x, y], Attributes.None.Value);
    }

    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => Unary(OpCode.Abs, x);

    /// <summary>-1, 0 or 1.</summary>
    public static Tensor Sign(Tensor x) => Unary(OpCode.Sign, x);

    /// <summary>The largest integer not above x.</summary>
    public static Tensor Floor(Tensor x) => Unary(OpCode.Floor, x);

    /// <summary>e^x.</summary>
    public static Tensor Exp(Tensor x) => Unary(OpCode.Exp, x);

    /// <summary>e^x - 1.</summary>
    public static Tensor Expm1(Tensor x) => Unary(OpCode.Expm1, x);

    /// <summary>Natural logarithm.</summary>
    public static Tensor Log(Tensor x) => Unary(OpCode.Log, x);

    /// <summary>log(1 + x).</summary>
    public static Tensor Log1p(Tensor x) => Unary(OpCode.Log1p, x);

    /// <summary>Square root.</summary>
    public static Tensor Sqrt(Tensor x) => Unary(OpCode.Sqrt, x);

    /// <summary>x².</summary>
    public static Tensor Square(Tensor x) => x * x;

    /// <summary>Hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Unary(OpCode.Tanh, x);

    /// <summary>1 / (1 + e^-x).</summary>
    public static Tensor Sigmoid(Tensor x) => Unary(OpCode.Sigmoid, x);

    /// <summary>log(1 + e^x).</summary>
    public static Tensor Softplus(Tensor x) => Unary(OpCode.Softplus, x);

    /// <summary>Sine.</summary>
    public static Tensor Sin(Tensor x) => Unary(OpCode.Sin, x);

    /// <summary>Cosine.</summary>
    public static Tensor Cos(Tensor x) => Unary(OpCode.Cos, x);

    /// <summary>Inverse tangent, in (-pi/2, pi/2).</summary>
    public static Tensor Atan(Tensor x) => Unary(OpCode.Atan, x);

    /// <summary>e^(x^2) (1 - erf(x)): the tail of the error function without its underflow.</summary>
    public static Tensor Erfcx(Tensor x) => Unary(OpCode.Erfcx, x);

    /// <summary>Error function.</summary>
    public static Tensor Erf(Tensor x) => Unary(OpCode.Erf, x);

    /// <summary>Inverse error function.</summary>
    public static Tensor ErfInv(Tensor x) => Unary(OpCode.ErfInv, x);

    /// <summary>log |Gamma(x)|.</summary>
    public static Tensor Lgamma(Tensor x) => Unary(OpCode.Lgamma, x);

    /// <summary>The digamma function.</summary>
    public static Tensor Digamma(Tensor x) => Polygamma(0, x);

    /// <summary>The polygamma function of the given order.</summary>
    public static Tensor Polygamma(int order, Tensor x) => Tensor.Create(OpCode.Polygamma, [x], new Attributes.Order(order));

    /// <summary>Whether x is neither infinite nor NaN.</summary>
    public static Tensor IsFinite(Tensor x) => Unary(OpCode.IsFinite, x);

    /// <summary>Logical negation.</summary>
    public static Tensor Not(Tensor x) => Unary(OpCode.Not, x);

    /// <summary>Change of element type; the identity if it is the same.</summary>
    public static Tensor Convert(Tensor x, DType type) => x.DType == type ? x : Tensor.Create(OpCode.Convert, [x], new Attributes.ConvertTo(type));

    /// <summary>The identity, whose gradient is zero.</summary>
    public static Tensor StopGradient(Tensor x) => Unary(OpCode.StopGradient, x);

    /// <summary>x^y.</summary>
    public static Tensor Pow(Tensor x, Tensor y) => Binary(OpCode.Pow, x, y);

    /// <summary>The larger.</summary>
    public static Tensor Max(Tensor x, Tensor y) => Binary(OpCode.Max, x, y);

    /// <summary>The smaller.</summary>
    public static Tensor Min(Tensor x, Tensor y) => Binary(OpCode.Min, x, y);

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => Max(x, Like(x, 0));

    /// <summary>x = y.</summary>
    public static Tensor Equal(Tensor x, Tensor y) => Binary(OpCode.Equal, x, y);

    /// <summary>x &lt; y.</summary>
    public static Tensor Less(Tensor x, Tensor y) => Binary(OpCode.Less, x, y);

    /// <summary>x ≤ y.</summary>
    public static Tensor LessEqual(Tensor x, Tensor y) => Binary(OpCode.LessEqual, x, y);

    /// <summary>Both.</summary>
    public static Tensor And(Tensor x, Tensor y) => Binary(OpCode.And, x, y);

    /// <summary>Either.</summary>
    public static Tensor Or(Tensor x, Tensor y) => Binary(OpCode.Or, x, y);

    /// <summary>x where the condition holds, else y; all three broadcast to their common shape.</summary>
    public static Tensor Select(Tensor condition, Tensor x, Tensor y)
    {
        var shape = Shape.Broadcast(x.Shape, y.Shape) is { } xy ? Shape.Broadcast(condition.Shape, xy) : null;
        if (shape is not { } s) throw new ShapeException(OpCode.Select, $"shapes {condition.Shape}, {x.Shape} and {y.Shape} do not broadcast");
        return Tensor.Create(OpCode.Select, [BroadcastTo(condition, s), BroadcastTo(x, s), BroadcastTo(y, s)], Attributes.None.Value);
    }

    /// <summary>Repeats size-1 or missing leading axes to reach <paramref name="shape"/>.</summary>
    public static Tensor BroadcastTo(Tensor x, Shape shape) =>
        x.Shape == shape ? x : Tensor.Create(OpCode.Broadcast, [x], new Attributes.ToShape(shape));

    /// <summary>The same elements under another shape of equal size.</summary>
    public static Tensor Reshape(Tensor x, Shape shape) =>
        x.Shape == shape ? x : Tensor.Create(OpCode.Reshape, [x], new Attributes.ToShape(shape));

    /// <summary>Output axis i is input axis <paramref name="permutation"/>[i].</summary>
    public static Tensor Transpose(Tensor x, EqArray<int> permutation) => Tensor.Create(OpCode.Transpose, [x], new Attributes.Axes(permutation));

    /// <summary>Exchanges the last two axes.</summary>
    public static Tensor TransposeLast(Tensor x)
    {
        var permutation = Enumerable.Range(0, x.Rank).ToArray();
        (permutation[^1], permutation[^2]) = (permutation[^2], permutation[^1]);
        return Transpose(x, permutation.ToEqArray());
    }

    /// <summary>A new axis of size 1 at <paramref name="axis"/>; negative counts from the end of the result.</summary>
    public static Tensor ExpandDims(Tensor x, int axis)
    {
        if (axis < 0) axis += x.Rank + 1;
        return Reshape(x, x.Shape[..axis].Concat([1]).Concat(x.Shape[axis..]));
    }

    /// <summary>Drops an axis of size 1.</summary>
    public static Tensor Squeeze(Tensor x, int axis) => Reshape(x, x.Shape.Without([axis < 0 ? axis + x.Rank : axis]));

    /// <summary>The box from <paramref name="start"/> (inclusive) to <paramref name="stop"/> (exclusive) along every axis.</summary>
    public static Tensor Slice(Tensor x, EqArray<int> start, EqArray<int> stop) => Tensor.Create(OpCode.Slice, [x], new Attributes.Box(start, stop));

    /// <summary>Positions <paramref name="start"/> to <paramref name="stop"/> (exclusive) of one axis.</summary>
    public static Tensor SliceAxis(Tensor x, int axis, int start, int stop)
    {
        if (axis < 0) axis += x.Rank;
        return Slice(x, Enumerable.Range(0, x.Rank).Select(i => i == axis ? start : 0).ToEqArray(), Enumerable.Range(0, x.Rank).Select(i => i == axis ? stop : x.Shape[i]).ToEqArray());
    }

    /// <summary>Position <paramref name="index"/> of one axis, which is dropped.</summary>
    public static Tensor Index(Tensor x, int axis, int index) => Squeeze(SliceAxis(x, axis, index, index + 1), axis);

    /// <summary>Zeros before and after each axis.</summary>
    public static Tensor Pad(Tensor x, EqArray<int> low, EqArray<int> high) => Tensor.Create(OpCode.Pad, [x], new Attributes.Padding(low, high));

    /// <summary>Operands joined along an axis.</summary>
    public static Tensor Concat(IEnumerable<Tensor> xs, int axis)
    {
        Tensor[] all = [.. xs];
        return all.Length == 1 ? all[0] : Tensor.Create(OpCode.Concat, [.. all], new Attributes.Axis(axis < 0 ? axis + all[0].Rank : axis));
    }

    /// <summary>Operands of equal shape joined along a new axis.</summary>
    public static Tensor Stack(IEnumerable<Tensor> xs, int axis) => Concat(xs.Select(x => ExpandDims(x, axis)), axis);

    /// <summary>Rows of <paramref name="x"/> (positions on axis 0) by index.</summary>
    public static Tensor Gather(Tensor x, Tensor indices) => Tensor.Create(OpCode.Gather, [x, indices], Attributes.None.Value);

    /// <summary>Zeros of <paramref name="shape"/> with the rows of <paramref name="updates"/> added at <paramref name="indices"/>.</summary>
    public static Tensor ScatterAdd(Shape shape, Tensor indices, Tensor updates) => Tensor.Create(OpCode.ScatterAdd, [indices, updates], new Attributes.ToShape(shape));

    /// <summary>Sum over the given axes (negative from the end), which are removed.</summary>
    public static Tensor Sum(Tensor x, params ReadOnlySpan<int> axes) => Reduce(OpCode.ReduceSum, x, axes);

    /// <summary>Sum over all axes.</summary>
    public static Tensor SumAll(Tensor x) => Sum(x, [.. Enumerable.Range(0, x.Rank)]);

    /// <summary>Sum over the last <paramref name="count"/> axes.</summary>
    public static Tensor SumLast(Tensor x, int count) => Sum(x, [.. Enumerable.Range(x.Rank - count, count)]);

    /// <summary>Maximum over the given axes, which are removed.</summary>
    public static Tensor ReduceMax(Tensor x, params ReadOnlySpan<int> axes) => Reduce(OpCode.ReduceMax, x, axes);

    /// <summary>Mean over the given axes, which are removed.</summary>
    public static Tensor Mean(Tensor x, params ReadOnlySpan<int> axes)
    {
        var sum = Sum(x, axes);
        return sum * ((double)sum.Shape.Size / x.Shape.Size);
    }

    /// <summary>Index of the first maximum along the last axis.</summary>
    public static Tensor ArgMax(Tensor x) => Unary(OpCode.ArgMax, x);

    /// <summary>Matrix product over the last two axes; leading axes broadcast.</summary>
    public static Tensor MatMul(Tensor x, Tensor y)
    {
        if (x.Rank < 2 || y.Rank < 2) throw new ShapeException(OpCode.MatMul, $"operands {x.Shape} and {y.Shape} need at least two axes");
        var batch = Shape.Broadcast(x.Shape[..^2], y.Shape[..^2]) ?? throw new ShapeException(OpCode.MatMul, $"batch axes of {x.Shape} and {y.Shape} do not broadcast");
        return Tensor.Create(OpCode.MatMul, [BroadcastTo(x, batch.Concat(x.Shape[^2..])), BroadcastTo(y, batch.Concat(y.Shape[^2..]))], Attributes.None.Value);
    }

    /// <summary>Lower Cholesky factor.</summary>
    public static Tensor Cholesky(Tensor x) => Unary(OpCode.Cholesky, x);

    /// <summary>x with L x = b (or L^T x = b), over the last two axes.</summary>
    public static Tensor TriangularSolve(Tensor lower, Tensor b, bool transposed = false) =>
        Tensor.Create(OpCode.TriangularSolve, [lower, b], new Attributes.Triangle(transposed));

    private static Tensor Reduce(OpCode op, Tensor x, ReadOnlySpan<int> axes)
    {
        if (axes.Length == 0) return x;
        var sorted = axes.ToArray().Select(a => a < 0 ? a + x.Rank : a).Order().ToEqArray();
        return Tensor.Create(op, [x], new Attributes.Axes(sorted));
    }
}
