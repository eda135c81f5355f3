using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The distribution of 1 / g with g ~ Gamma(shape, rate = scale):
/// p(x) = scale^shape x^(-shape - 1) exp(-scale / x) / Gamma(shape) for x &gt; 0.
/// </summary>
/// <remarks>
/// The convention of Stan's <c>inv_gamma(alpha, beta)</c> and SciPy's <c>invgamma(a, scale)</c>: the second parameter multiplies the
/// variable. Mean scale / (shape - 1), infinite for shape ≤ 1; variance scale^2 / ((shape - 1)^2 (shape - 2)), infinite for 1 &lt; shape ≤
/// 2 and NaN (undefined) below. A draw is scale divided by a Gamma(shape, 1) draw. Source: Gelman et al., Bayesian Data Analysis, 3rd ed.,
/// table A.1.
/// </remarks>
public sealed class InverseGamma : Distribution
{
    private InverseGamma() { }

    /// <summary>The family.</summary>
    public static InverseGamma Family { get; } = new();

    /// <summary>The distribution with this shape and scale.</summary>
    public static Instance Of(Tensor shape, Tensor scale) => Instance.Of(Family, shape, scale);

    /// <inheritdoc/>
    public override string Name => "inverseGamma";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("shape", new Support.Positive()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Positive();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (shape, scale) = (arguments[0], arguments[1]);
        var log = Log(value);
        return LogPoisson(shape, scale / value, Log(scale) - log) + Log(shape) - log;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(arguments[1] / RoundIntoPositive(random.Gamma(arguments[0])));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments)
    {
        var (shape, scale) = (arguments[0], arguments[1]);
        var exists = Less(Like(shape, 1), shape);
        return Select(exists, scale / (Select(exists, shape, Like(shape, 2)) - 1), Like(shape, double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var (shape, scale) = (arguments[0], arguments[1]);
        var finite = Less(Like(shape, 2), shape);
        var safe = Select(finite, shape, Like(shape, 3));
        var otherwise = Select(Less(Like(shape, 1), shape), Like(shape, double.PositiveInfinity), Like(shape, double.NaN));
        return Select(finite, Square(scale / (safe - 1)) / (safe - 2), otherwise);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var shape = arguments[0];
        return shape + Log(arguments[1]) + Lgamma(shape) - (shape + 1) * Digamma(shape);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([11.0, 7.0], [0.65, 0.3, 4.1]),
        Probe.Scalars([0.6, 2.3], [1e-3, 1.7, 1e200]),
        Probe.Scalars([3.0, 1e-5], [1e-10, 4e-6, 12.0]),
    ];
}
