using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>The factor falls by gamma an epoch, evenly over its steps: gamma^(step / stepsPerEpoch).</summary>
/// <remarks>Source: Bengio, Practical recommendations for gradient-based training of deep architectures (2012), sec. 3.1.1.</remarks>
public sealed record ExponentialSchedule : Schedule
{
    /// <summary>gamma.</summary>
    public double Gamma { get; init; } = 0.99;

    /// <inheritdoc/>
    public override string Name => "exponential";

    /// <inheritdoc/>
    public override string Doc => "a constant relative reduction each epoch";

    /// <inheritdoc/>
    public override string Source => "Bengio, Practical recommendations for gradient-based training (2012), sec. 3.1.1";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
        [Option.Number<ExponentialSchedule>("gamma", "factor of one epoch", new(0, 1, false, true), s => s.Gamma, (s, v) => s with { Gamma = v })];

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run) => Pow(Like(step, Gamma), step / run.StepsPerEpoch);
}
