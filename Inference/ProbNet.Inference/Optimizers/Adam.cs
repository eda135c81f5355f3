using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// Adam. From m = v = 0, at step t = 1, 2, …: m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g^2;
/// p' = p - rate (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + epsilon), computed with the corrections as scalars: with r = sqrt(1 - b2^t),
/// p' = p - rate r / (1 - b1^t) m' / (sqrt(v') + epsilon r).
/// </summary>
/// <remarks>Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1, in the order of its section 2.</remarks>
public sealed record Adam : Optimizer
{
    /// <inheritdoc/>
    public override double Rate { get; init; } = 1e-3;

    /// <summary>b1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>b2.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The number that keeps the quotient bounded, in units of the gradient.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override string Doc => "step sizes adapted to each parameter by running moments of its gradient";

    /// <inheritdoc/>
    public override string Source => "Kingma and Ba, Adam, ICLR 2015, algorithm 1";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<Adam>("rate", "step size: about the most a parameter moves in one step", Interval.Positive, o => o.Rate, (o, v) => o with { Rate = v }),
        Option.Number<Adam>("beta1", "decay of the running mean of gradients", Interval.Fraction, o => o.Beta1, (o, v) => o with { Beta1 = v }),
        Option.Number<Adam>("beta2", "decay of the running mean of squared gradients", Interval.Fraction, o => o.Beta2, (o, v) => o with { Beta2 = v }),
        Option.Number<Adam>("epsilon", "added to the root of the running square", Interval.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }),
    ];

    /// <inheritdoc/>
    public override EqArray<string> Slots => ["mean", "square"];

    /// <inheritdoc/>
    public override OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at)
    {
        var (direction, scale, moments) = Direction(gradient, slots, at, Beta1, Beta2, Epsilon);
        return new(parameter - OptimizerStep.In(at.Rate * scale, parameter) * direction, moments);
    }

    // A gradient of 0 gives 0 / epsilon, which is 0 as long as epsilon is not rounded to 0.
    private static double Smallest(DType type) => type == DType.F32 ? 1.17549435e-38 : 2.2250738585072014e-308;

    /// <summary>Adam's direction, a scalar in the precision of the rate times a quotient, which other optimisers build on.</summary>
    internal static (Tensor Quotient, Tensor Scale, EqArray<Tensor> Slots) Direction(Tensor gradient, EqArray<Tensor> slots, OptimizerStep at, double beta1, double beta2, double epsilon)
    {
        var mean = slots[0] * beta1 + gradient * (1 - beta1);
        var square = slots[1] * beta2 + Square(gradient) * (1 - beta2);
        var root = Sqrt(1 - Pow(Like(at.Number, beta2), at.Number));
        var scale = root / (1 - Pow(Like(at.Number, beta1), at.Number));
        return (mean / (Sqrt(square) + OptimizerStep.In(Max(root * epsilon, Like(root, Smallest(gradient.DType))), gradient)), scale, [mean, square]);
    }
}
