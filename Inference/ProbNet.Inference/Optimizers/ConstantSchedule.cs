using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>The factor is 1 throughout.</summary>
public sealed record ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override string Doc => "the same step size throughout";

    /// <inheritdoc/>
    public override string Source => "Robbins and Monro, A stochastic approximation method (1951), without their decay";

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run) => Like(step, 1);
}
