using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The gamma distribution with shape and rate (the reciprocal of a scale):
/// p(x) = rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape) for x &gt; 0.
/// </summary>
/// <remarks>
/// Mean shape / rate, variance shape / rate^2. A draw is a Gamma(shape, 1) draw divided by the rate; its gradient in the shape is implicit.
/// Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 17.
/// </remarks>
public sealed class Gamma : Distribution
{
    private Gamma() { }

    /// <summary>The family.</summary>
    public static Gamma Family { get; } = new();

    /// <summary>The distribution with this shape and rate.</summary>
    public static Instance Of(Tensor shape, Tensor rate) => Instance.Of(Family, shape, rate);

    /// <inheritdoc/>
    public override string Name => "gamma";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("shape", new Support.Positive()), new("rate", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Positive();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (shape, rate) = (arguments[0], arguments[1]);
        var log = Log(value);
        return LogPoisson(shape, rate * value, Log(rate) + log) + Log(shape) - log;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(random.Gamma(arguments[0]) / arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] / arguments[1];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => arguments[0] / Square(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var shape = arguments[0];
        return shape - Log(arguments[1]) + Lgamma(shape) + (1 - shape) * Digamma(shape);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([2.3, 0.7], [0.4, 2.9, 13.0]),
        Probe.Scalars([0.4, 3.1], [1e-300, 0.02, 55.0]),
        Probe.Scalars([130.0, 17.0], [7.6, 0.5, 400.0]),
        Probe.Scalars([1.0, 2e-6], [1e-9, 3e5, 1e11]),
        Probe.Scalars([3e4, 1e2], [300.0, 297.5, 1.0]),
    ];
}
