using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Adam with decoupled weight decay: p' = p - rate (d + decay p), with d Adam's direction. The decay pulls every guide parameter towards 0 beside the
/// prior, so it changes what is optimised; under variational inference the prior is the usual place for such a pull.
/// </summary>
/// <remarks>Source: Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2.</remarks>
public sealed record AdamW : Optimizer
{
    /// <inheritdoc/>
    public override double Rate { get; init; } = 1e-3;

    /// <summary>The decay per unit of step size.</summary>
    public double Decay { get; init; } = 0.01;

    /// <summary>The decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The number that keeps the quotient bounded, in units of the gradient.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <inheritdoc/>
    public override string Doc => "Adam with weight decay apart from the gradient";

    /// <inheritdoc/>
    public override string Source => "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<AdamW>("rate", "step size: about the most a parameter moves in one step", Interval.Positive, o => o.Rate, (o, v) => o with { Rate = v }),
        Option.Number<AdamW>("decay", "fraction of a parameter removed per unit of step size", Interval.NonNegative, o => o.Decay, (o, v) => o with { Decay = v }),
        Option.Number<AdamW>("beta1", "decay of the running mean of gradients", Interval.Fraction, o => o.Beta1, (o, v) => o with { Beta1 = v }),
        Option.Number<AdamW>("beta2", "decay of the running mean of squared gradients", Interval.Fraction, o => o.Beta2, (o, v) => o with { Beta2 = v }),
        Option.Number<AdamW>("epsilon", "added to the root of the running square", Interval.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }),
    ];

    /// <inheritdoc/>
    public override EqArray<string> Slots => ["mean", "square"];

    /// <inheritdoc/>
    public override OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at)
    {
        var (direction, scale, moments) = Adam.Direction(gradient, slots, at, Beta1, Beta2, Epsilon);
        var kept = parameter - OptimizerStep.In(at.Rate * Decay, parameter) * parameter;
        return new(kept - OptimizerStep.In(at.Rate * scale, parameter) * direction, moments);
    }
}
