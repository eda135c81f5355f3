using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>Half a cosine from 1 down to the floor f over the run: f + (1 - f) (1 + cos(pi t / T)) / 2, with t steps taken out of T, and f after them.</summary>
/// <remarks>Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017, eq. 5, without restarts.</remarks>
public sealed record CosineSchedule : Schedule
{
    /// <summary>f, the factor at the end.</summary>
    public double Floor { get; init; }

    /// <inheritdoc/>
    public override string Name => "cosine";

    /// <inheritdoc/>
    public override string Doc => "half a cosine down to a floor over the run";

    /// <inheritdoc/>
    public override string Source => "Loshchilov and Hutter, SGDR, ICLR 2017, eq. 5";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
        [Option.Number<CosineSchedule>("floor", "factor at the end of the run", new(0, 1, true, true), s => s.Floor, (s, v) => s with { Floor = v })];

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run)
    {
        var progress = Min(step / run.Steps, Like(step, 1));
        return (Cos(progress * Math.PI) + 1) * ((1 - Floor) / 2) + Floor;
    }
}
