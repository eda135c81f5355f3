using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum mu, from v = 0: v' = mu v + g; p' = p - rate v', or with Nesterov's look-ahead p' = p - rate (g + mu v').
/// Without momentum p' = p - rate g.
/// </summary>
/// <remarks>Source: Sutskever, Martens, Dahl, Hinton, On the importance of initialization and momentum in deep learning, ICML 2013, sec. 2 (v here is -v / rate there).</remarks>
public sealed record Sgd : Optimizer
{
    /// <inheritdoc/>
    public override double Rate { get; init; } = 0.01;

    /// <summary>mu; 0 keeps no running gradient.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether the gradient is applied as if the momentum step had been taken.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    public override string Doc => "stochastic gradient descent, with optional momentum";

    /// <inheritdoc/>
    public override string Source => "Sutskever, Martens, Dahl, Hinton, ICML 2013, sec. 2";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<Sgd>("rate", "step size, in units of the parameter per unit of gradient", Interval.Positive, o => o.Rate, (o, v) => o with { Rate = v }),
        Option.Number<Sgd>("momentum", "fraction of the last update kept", Interval.Fraction, o => o.Momentum, (o, v) => o with { Momentum = v }),
        Option.Boolean<Sgd>("nesterov", "look ahead along the momentum", o => o.Nesterov, (o, v) => o with { Nesterov = v }),
    ];

    /// <inheritdoc/>
    public override EqArray<string> Slots => Momentum == 0 ? [] : ["velocity"];

    /// <inheritdoc/>
    public override OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at)
    {
        var rate = OptimizerStep.In(at.Rate, parameter);
        if (Momentum == 0) return new(parameter - rate * gradient, []);
        var velocity = slots[0] * Momentum + gradient;
        var direction = Nesterov ? gradient + velocity * Momentum : velocity;
        return new(parameter - rate * direction, [velocity]);
    }
}
