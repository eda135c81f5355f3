using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>The factor is multiplied by gamma each time a number of epochs has passed: gamma^floor(epoch / every).</summary>
/// <remarks>Source: Bengio, Practical recommendations for gradient-based training of deep architectures (2012), sec. 3.1.1.</remarks>
public sealed record StepSchedule : Schedule
{
    /// <summary>Epochs between reductions.</summary>
    public int Every { get; init; } = 30;

    /// <summary>gamma.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Name => "step";

    /// <inheritdoc/>
    public override string Doc => "reductions by a factor at fixed numbers of epochs";

    /// <inheritdoc/>
    public override string Source => "Bengio, Practical recommendations for gradient-based training (2012), sec. 3.1.1";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<StepSchedule>("every", "epochs between reductions", 1, s => s.Every, (s, v) => s with { Every = v }),
        Option.Number<StepSchedule>("gamma", "factor of each reduction", new(0, 1, false, true), s => s.Gamma, (s, v) => s with { Gamma = v }),
    ];

    /// <inheritdoc/>
    public override Tensor Factor(Tensor step, RunLength run) => Pow(Like(step, Gamma), Floor(step / ((double)Every * run.StepsPerEpoch)));
}
