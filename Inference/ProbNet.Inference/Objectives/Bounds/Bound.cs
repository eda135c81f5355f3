using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// A lower bound of the log evidence from the log-weights of K draws, l_k = log p(x, z_k) - log q(z_k). One file a bound, one line in <see cref="BoundRegistry"/>.
/// </summary>
/// <remarks>
/// All bounds here are of Rényi's family: with order a, B = log(mean_k exp((1 - a) l_k)) / (1 - a), whose limit at a = 1 is the mean of the log-weights. Source: Li and Turner, Rényi
/// divergence variational inference, NeurIPS 2016, sec. 3–4. Its gradient is sum_k v_k grad l_k with v = softmax((1 - a) l), by definition.
/// </remarks>
public abstract record Bound : Component
{
    /// <summary>The order a. At 1 draws count equally and the bound is the ELBO.</summary>
    public abstract double Order { get; }

    /// <summary>Whether every draw counts equally, so that terms of the objective may be averaged one by one.</summary>
    public bool IsMean => Order == 1;

    /// <summary>The bound, over one axis of the log-weights.</summary>
    /// <param name="logWeights">[…, K, …], in nats.</param>
    /// <param name="axis">The axis of the K draws.</param>
    internal Tensor Of(Tensor logWeights, int axis)
    {
        if (IsMean) return Mean(logWeights, axis);
        // Relative to the draw that counts most every exponent is at most 0; what is left of it near order 1 keeps its digits.
        var rate = 1 - Order;
        var most = StopGradient(rate > 0 ? ReduceMax(logWeights, axis) : -ReduceMax(-logWeights, axis));
        return most + Log1p(Mean(Expm1((logWeights - ExpandDims(most, axis)) * rate), axis)) / rate;
    }

    /// <summary>v: how much each draw counts, summing to 1 over the leading axis.</summary>
    /// <param name="logWeights">[K, …].</param>
    internal Tensor Shares(Tensor logWeights)
    {
        if (IsMean) return Full(logWeights.DType, logWeights.Shape, 1.0 / logWeights.Shape[0]);
        var scaled = logWeights * (1 - Order);
        var e = Exp(scaled - ExpandDims(StopGradient(ReduceMax(scaled, 0)), 0));
        return e / ExpandDims(Sum(e, 0), 0);
    }

    /// <summary>
    /// What each draw adds to the bound: the bound minus what it is when the draw's log-weight is replaced by the mean of the others', which does not depend on the draw. Of the ELBO
    /// it is (l_k - mean of the others) / K.
    /// </summary>
    /// <remarks>
    /// Source: Mnih and Rezende, Variational inference for Monte Carlo objectives, ICML 2016; for the ELBO the leave-one-out baseline of Kool, van Hoof, Welling, Buy 4 REINFORCE
    /// samples, get a baseline for free!, ICLR workshop 2019.
    /// </remarks>
    /// <param name="logWeights">[K, …] with K of at least 2.</param>
    internal Tensor Contributions(Tensor logWeights)
    {
        var draws = logWeights.Shape[0];
        var total = ExpandDims(Sum(logWeights, 0), 0);
        if (IsMean) return (logWeights - total / draws) / (draws - 1);
        var others = (total - logWeights) / (draws - 1);
        var square = logWeights.Shape.Prepend(draws);
        var isOwn = Equal(Iota(square, 0), Iota(square, 1));
        var replaced = Select(isOwn, BroadcastTo(ExpandDims(others, 1), square), BroadcastTo(ExpandDims(logWeights, 0), square));
        return ExpandDims(Of(logWeights, 0), 0) - Of(replaced, 1);
    }
}
