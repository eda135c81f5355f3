using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>The sum of all elements of an expression, taken through what is linear in it: sum(a x - b) is written a sum(x) - sum(b).</summary>
/// <remarks>
/// Products and logarithms that are summed need not be stored, and what is left for single elements is less. Each sum is rounded once, so the result is as exact as the largest of
/// them: right for divergences, whose terms are positive or logarithms, and not for differences that cancel.
/// </remarks>
internal static class LinearSum
{
    /// <summary>The sum, a scalar.</summary>
    public static Tensor Of(Tensor x) => x.Op switch
    {
        OpCode.Add => Of(x.Inputs[0]) + Of(x.Inputs[1]),
        OpCode.Sub => Of(x.Inputs[0]) - Of(x.Inputs[1]),
        OpCode.Neg => -Of(x.Inputs[0]),
        OpCode.Mul when Repeated(x.Inputs[1]) is { } factor => Of(x.Inputs[0]) * factor,
        OpCode.Mul when Repeated(x.Inputs[0]) is { } factor => Of(x.Inputs[1]) * factor,
        OpCode.Div when Repeated(x.Inputs[1]) is { } divisor => Of(x.Inputs[0]) / divisor,
        OpCode.Broadcast when Repeated(x) is { } value => value * x.Shape.Size,
        _ => SumAll(x),
    };

    // The one value of all elements, as a scalar.
    private static Tensor? Repeated(Tensor x) => x.Op == OpCode.Broadcast && x.Inputs[0].Shape.Size == 1 ? Reshape(x.Inputs[0], Shape.Scalar) : null;
}
