using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// A linear rise over the first epochs, then another schedule for the rest of the run: (t + 1) / W for steps t &lt; W, afterwards the other's factor at
/// step t - W of a run of T - W steps.
/// </summary>
/// <remarks>Source: Goyal et al., Accurate, large minibatch SGD (2017), sec. 2.2 (gradual warmup).</remarks>
public sealed record WarmupSchedule : Schedule
{
    /// <summary>Epochs of rising.</summary>
    public double Epochs { get; init; } = 5;

    /// <summary>The schedule after them.</summary>
    public Schedule Then { get; init; } = new ConstantSchedule();

    /// <inheritdoc/>
    public override string Name => "warmup";

    /// <inheritdoc/>
    public override string Doc => "a linear rise over the first epochs, then another schedule";

    /// <inheritdoc/>
    public override string Source => "Goyal et al., Accurate, large minibatch SGD (2017), sec. 2.2";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<WarmupSchedule>("epochs", "epochs of rising", Interval.Positive, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Option.Choice<WarmupSchedule, Schedule>("next", "the schedule afterwards", ScheduleRegistry.Schedules, s => s.Then, (s, v) => s with { Then = v }),
    ];

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run)
    {
        var rise = Math.Max(1, (int)Math.Round(Epochs * run.StepsPerEpoch));
        var rest = Then.Factor(Max(step - rise, Like(step, 0)), run with { Steps = Math.Max(1, run.Steps - rise) });
        return Select(Less(step, Like(step, rise)), (step + 1) / rise, rest);
    }
}
