using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>The beta distribution: p(x) = x^(a - 1) (1 - x)^(b - 1) / B(a, b) for 0 &lt; x &lt; 1.</summary>
/// <remarks>
/// Mean a / (a + b), variance a b / ((a + b)^2 (a + b + 1)). A draw is g / (g + h) with g ~ Gamma(a, 1), h ~ Gamma(b, 1), taken through
/// their logarithms: log g = log g' + log(u) / a with g' ~ Gamma(a + 1, 1), which does not underflow for small a (Marsaglia and Tsang 2000,
/// section 6). Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 25.
/// </remarks>
public sealed class Beta : Distribution
{
    private Beta() { }

    /// <summary>The family.</summary>
    public static Beta Family { get; } = new();

    /// <summary>The distribution with these shape parameters: a pulls towards 1, b towards 0.</summary>
    public static Instance Of(Tensor a, Tensor b) => Instance.Of(Family, a, b);

    /// <inheritdoc/>
    public override string Name => "beta";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("a", new Support.Positive()), new("b", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.UnitInterval();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (a, b) = (arguments[0], arguments[1]);
        return (a - 1) * Log(value) + (b - 1) * Log1p(-value) - LogBeta(a, b);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoUnitInterval(Sigmoid(LogGammaDraw(random.Named("a"), arguments[0]) - LogGammaDraw(random.Named("b"), arguments[1])));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] / (arguments[0] + arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var (a, b) = (arguments[0], arguments[1]);
        var sum = a + b;
        return a / sum * (b / sum) / (sum + 1);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var (a, b) = (arguments[0], arguments[1]);
        var sum = a + b;
        return LogBeta(a, b) - (a - 1) * Digamma(a) - (b - 1) * Digamma(b) + (sum - 2) * Digamma(sum);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([2.3, 3.7], [0.4, 0.07, 0.93]),
        Probe.Scalars([0.3, 0.6], [1e-300, 0.2, 1 - 1e-14]),
        Probe.Scalars([310.0, 47.0], [0.87, 0.3, 0.999]),
        Probe.Scalars([1.0, 2e7], [1e-9, 5e-8, 1e-6]),
    ];
}
