using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// RMSProp: from s = 0, s' = decay s + (1 - decay) g^2; with momentum mu from v = 0: v' = mu v + g / (sqrt(s') + epsilon), p' = p - rate v'.
/// </summary>
/// <remarks>
/// Source: Tieleman and Hinton, Lecture 6.5: RMSProp, Neural networks for machine learning (2012); the position of epsilon and the momentum form are
/// those of Graves, Generating sequences with recurrent neural networks (2013), without the centring.
/// </remarks>
public sealed record RmsProp : Optimizer
{
    /// <inheritdoc/>
    public override double Rate { get; init; } = 1e-3;

    /// <summary>The decay of the running mean of squared gradients.</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>mu.</summary>
    public double Momentum { get; init; }

    /// <summary>The number that keeps the quotient bounded, in units of the gradient.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <inheritdoc/>
    public override string Doc => "gradients divided by a running root mean square";

    /// <inheritdoc/>
    public override string Source => "Tieleman and Hinton, Neural networks for machine learning, lecture 6.5 (2012)";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<RmsProp>("rate", "step size", Interval.Positive, o => o.Rate, (o, v) => o with { Rate = v }),
        Option.Number<RmsProp>("decay", "decay of the running mean of squared gradients", Interval.Fraction, o => o.Decay, (o, v) => o with { Decay = v }),
        Option.Number<RmsProp>("momentum", "fraction of the last update kept", Interval.Fraction, o => o.Momentum, (o, v) => o with { Momentum = v }),
        Option.Number<RmsProp>("epsilon", "added to the root of the running square", Interval.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }),
    ];

    /// <inheritdoc/>
    public override EqArray<string> Slots => Momentum == 0 ? ["square"] : ["square", "velocity"];

    /// <inheritdoc/>
    public override OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at)
    {
        var square = slots[0] * Decay + Square(gradient) * (1 - Decay);
        var direction = gradient / (Sqrt(square) + Epsilon);
        var rate = OptimizerStep.In(at.Rate, parameter);
        if (Momentum == 0) return new(parameter - rate * direction, [square]);
        var velocity = slots[1] * Momentum + direction;
        return new(parameter - rate * velocity, [square, velocity]);
    }
}
