using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Sums of probabilities by their logarithms, some of which may be 0, with gradients that are never NaN.</summary>
internal static class LogSpace
{
    /// <summary>log x for x ≥ 0. Where x is 0 the value is -inf and the gradient 0: a probability that is exactly 0 stays there.</summary>
    public static Tensor Log(Tensor x)
    {
        var zero = Equal(x, Like(x, 0));
        return Select(zero, Like(x, double.NegativeInfinity), TensorMath.Log(Select(zero, Like(x, 1), x)));
    }

    /// <summary>log(sum(exp(x))) over one axis (negative: from the end), which is removed; where all terms are -inf, -inf with gradient 0.</summary>
    public static Tensor Sum(Tensor x, int axis)
    {
        var max = StopGradient(ReduceMax(x, axis));
        var shift = Select(IsFinite(max), max, Like(max, 0));
        var sum = TensorMath.Sum(Exp(x - ExpandDims(shift, axis)), axis);
        return Log(sum) + shift;
    }
}
