using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>A tensor of zeros of a shape.</summary>
    public static Tensor Zeros(params Tensor[] shape) => Shaped("zeros", shape);

    /// <summary>A tensor of ones of a shape.</summary>
    public static Tensor Ones(params Tensor[] shape) => Shaped("ones", shape);

    /// <summary>Repeats axes of size 1 and missing leading axes.</summary>
    public static Tensor Broadcast(Tensor x, params Tensor[] shape) => Shaped("broadcast", shape, x);

    /// <summary>The same elements in row-major order under another shape.</summary>
    public static Tensor Reshape(Tensor x, params Tensor[] shape) => Shaped("reshape", shape, x);

    /// <summary>Joins all axes but the first: [n, …] to [n, k].</summary>
    public static Tensor Flatten(Tensor x) => Tensor.Of("flatten", x);

    /// <summary>The axes in another order.</summary>
    public static Tensor Permute(Tensor x, params int[] axes) =>
        Tensor.Make([x], s => s.Evaluator.Apply(new(s.Call("transpose", Distribution.Shape(s, Array.ConvertAll(axes, a => (Tensor)a))), s.Clause), s.Clause, x.In(s)));

    /// <summary>Numbers or tensors of one shape stacked along a new first axis, <c>tensor [a; b]</c> in the text form.</summary>
    public static Tensor Stack(params Tensor[] items) => Tensor.Make(items, s => s.Call("tensor", Distribution.Shape(s, items)));

    /// <summary>Joins tensors along an axis.</summary>
    public static Tensor Concat(int axis, params Tensor[] parts) =>
        Tensor.Make(parts, s => s.Call("concat", ((Tensor)axis).In(s), Distribution.Shape(s, parts)));

    /// <summary>The sum of all elements.</summary>
    public static Tensor Sum(Tensor x) => Tensor.Of("sum", x);

    /// <summary>The mean of all elements.</summary>
    public static Tensor Mean(Tensor x) => Tensor.Of("mean", x);

    /// <summary>The sum along one axis, which is dropped.</summary>
    public static Tensor SumAxis(int axis, Tensor x) => Tensor.Of("sumAxis", axis, x);

    /// <summary>The mean along one axis, which is dropped.</summary>
    public static Tensor MeanAxis(int axis, Tensor x) => Tensor.Of("meanAxis", axis, x);

    /// <summary>The maximum along one axis, which is dropped.</summary>
    public static Tensor MaxAxis(int axis, Tensor x) => Tensor.Of("maxAxis", axis, x);

    /// <summary>log of the sum of exponentials over the last axis, which is dropped.</summary>
    public static Tensor LogSumExp(Tensor x) => Tensor.Of("logSumExp", x);

    /// <summary>Exponentials normalised over the last axis.</summary>
    public static Tensor Softmax(Tensor x) => Tensor.Of("softmax", x);

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public static Tensor LogSoftmax(Tensor x) => Tensor.Of("logSoftmax", x);

    /// <summary>The identity matrix, [n, n].</summary>
    public static Tensor Eye(Tensor n) => Tensor.Of("eye", n);

    /// <summary>The diagonal matrix of a vector, [n] to [n, n].</summary>
    public static Tensor Diag(Tensor v) => Tensor.Of("diag", v);

    /// <summary>The lower Cholesky factor of a symmetric positive-definite matrix, […, n, n].</summary>
    public static Tensor Cholesky(Tensor m) => Tensor.Of("cholesky", m);

    private static Tensor Shaped(string function, Tensor[] shape, params Tensor[] rest) =>
        Tensor.Make([.. shape, .. rest], s => s.Call(function, [Distribution.Shape(s, shape), .. rest.Select(r => r.In(s))]));
}
