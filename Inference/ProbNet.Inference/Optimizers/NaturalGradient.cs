using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Natural gradients of independent normals N(loc, s^2), s = softplus(rho): Newton's method on the expected second derivative. With L the objective in nats (the weighted loss of
/// <see cref="OptimizerStep.Weight"/>), P = 1 / s^2 and r = 1 - beta2: dL/ds = s H - 1 / s, where H = E[second derivative of -log joint] (Price's theorem), so that x = r (H - P) / P = r s dL/ds. The
/// precision becomes P' = P f(x), and the location loc' = loc - rate m / P' with m the corrected running mean of dL/dloc. Parameters of other kinds follow Adam.
/// </summary>
/// <remarks>
/// Source: Khan, Nielsen, Tangkaratt, Lin, Gal, Srivastava, Fast and scalable Bayesian deep learning by weight-perturbation in Adam, ICML 2018, sec. 3. dL/ds at a draw
/// loc + s eps is eps times the gradient at it, whose mean is s H: the second derivative costs nothing beside the gradient. The prior, the Jacobian of constrained sites and
/// the temperature are all in L, so none of them needs an option of its own. What the step goes by is noisy where draws are few; <c>trust</c> limits what one step may do.
/// </remarks>
public abstract record NaturalGradient : Optimizer
{
    private static readonly Adam Other = new();

    /// <inheritdoc/>
    public override double Rate { get; init; } = 0.1;

    /// <summary>The decay of the running mean of the location's gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The share of the old precision in the new.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>A location moves by at most this many scales in a step, and a precision changes by at most the factor 1 + trust.</summary>
    public double Trust { get; init; } = 3;

    /// <summary>Adam's step size for parameters that belong to no independent normal.</summary>
    public double OtherRate { get; init; } = 1e-3;

    /// <inheritdoc/>
    public sealed override bool TakesPairs => true;

    /// <inheritdoc/>
    public sealed override EqArray<string> Slots => Other.Slots;

    /// <summary>The options of such an optimiser.</summary>
    protected static EqArray<Option> Declare<T>() where T : NaturalGradient =>
    [
        Option.Number<T>("rate", "step size of locations: 1 is Newton's step", Interval.Positive, o => o.Rate, (o, v) => o with { Rate = v }),
        Option.Number<T>("beta1", "decay of the running mean of gradients", Interval.Fraction, o => o.Beta1, (o, v) => o with { Beta1 = v }),
        Option.Number<T>("beta2", "share of the old precision in the new", Interval.Fraction, o => o.Beta2, (o, v) => o with { Beta2 = v }),
        Option.Number<T>("trust", "most scales a location moves in a step, and most a precision changes (by the factor 1 + trust)", Interval.Positive, o => o.Trust, (o, v) => o with { Trust = v }),
        Option.Number<T>("otherRate", "Adam's step size for parameters that belong to no independent normal", Interval.Positive, o => o.OtherRate, (o, v) => o with { OtherRate = v }),
    ];

    /// <summary>f: the factor on the precision.</summary>
    /// <param name="x">The relative change asked for.</param>
    protected abstract Tensor Factor(Tensor x);

    /// <inheritdoc/>
    public sealed override (OptimizerUpdate Loc, OptimizerUpdate Rho) UpdatePair(OptimizerParameter loc, OptimizerParameter rho, OptimizerStep at)
    {
        var weight = OptimizerStep.In(at.Weight, loc.Value);
        var scale = Softplus(rho.Value);
        // d rho / d s = 1 / sigmoid(rho).
        var x = rho.Gradient * weight * (1 - Beta2) * (scale / Sigmoid(rho.Value));
        var factor = Min(Max(Factor(x), Like(x, 1 / (1 + Trust))), Like(x, 1 + Trust));
        var next = scale / Sqrt(factor);
        var mean = loc.Slots[0] * Beta1 + loc.Gradient * (1 - Beta1);
        var corrected = mean / OptimizerStep.In(1 - Pow(Like(at.Number, Beta1), at.Number), mean);
        var move = OptimizerStep.In(at.Rate, loc.Value) * weight * corrected * next;
        var limited = Max(Min(move, Like(move, Trust)), Like(move, -Trust)) * next;
        // log(exp(s) - 1), which neither overflows nor cancels.
        return (new(loc.Value - limited, [mean, loc.Slots[1]]), new(next + Log(-Expm1(-next)), rho.Slots));
    }

    /// <inheritdoc/>
    public sealed override OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at) =>
        Other.Update(parameter, gradient, slots, at with { Rate = at.Rate * (OtherRate / Rate) });
}
