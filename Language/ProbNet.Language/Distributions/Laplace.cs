using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Laplace (double exponential) distribution: p(x) = exp(-|x - loc| / scale) / (2 scale).
/// </summary>
/// <remarks>
/// Mean loc, variance 2 scale^2. Drawn by inverting the distribution function. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 24.
/// </remarks>
public sealed class Laplace : Distribution
{
    private Laplace() { }

    /// <summary>The family.</summary>
    public static Laplace Family { get; } = new();

    /// <summary>The distribution with this mean and mean absolute deviation.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "laplace";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => -Abs(value - arguments[0]) / arguments[1] - Log(arguments[1]) - Math.Log(2);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!;

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1]) * 2;

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1]) + (1 + Math.Log(2));

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments)
    {
        var z = (value - arguments[0]) / arguments[1];
        var tail = Exp(-Abs(z)) * 0.5;
        return Select(Less(z, Like(z, 0)), tail, 1 - tail);
    }

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments)
    {
        var upper = Less(Like(probability, 0.5), probability);
        var distance = -Log(Select(upper, 1 - probability, probability) * 2);
        return arguments[0] + arguments[1] * Select(upper, distance, -distance);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.6], [0.5, -2.0, 9.0]),
        Probe.Scalars([-40.0, 0.5], [-41.0, -39.0, 1e6]),
        Probe.Scalars([3.0, 5e8], [-2e9, 1e11]),
    ];
}
