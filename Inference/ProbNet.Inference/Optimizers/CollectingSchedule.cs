using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>A schedule over the first epochs of a run, as if they were all of it, and then a constant step size, with which points around an optimum are collected.</summary>
/// <param name="Before">The schedule of the first epochs.</param>
/// <param name="Epochs">Their number.</param>
/// <param name="Collecting">The factor after them.</param>
/// <remarks>Source: Maddox et al., A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019, sec. 3.1: a high constant learning rate explores. No program names it; algorithms that collect make it.</remarks>
internal sealed record CollectingSchedule(Schedule Before, int Epochs, double Collecting) : Schedule
{
    /// <inheritdoc/>
    public override string Name => "collecting";

    /// <inheritdoc/>
    public override string Doc => "a schedule, then a constant step size";

    /// <inheritdoc/>
    public override string Source => "Maddox et al., A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019, sec. 3.1";

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run)
    {
        var first = Epochs * run.StepsPerEpoch;
        if (first == 0) return Like(step, Collecting);
        return Select(Less(step, Like(step, first)), Before.Factor(Min(step, Like(step, first)), run with { Steps = first }), Like(step, Collecting));
    }
}
