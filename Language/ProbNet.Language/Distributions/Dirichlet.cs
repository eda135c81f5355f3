using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Dirichlet distribution of probability vectors: p(x) = Gamma(sum_i a_i) prod_i x_i^(a_i - 1) / Gamma(a_i), a the concentration.
/// </summary>
/// <remarks>
/// concentration [k], values [k]. The density is with respect to the first k-1 components. Mean a_i / s with s the sum of a, variance
/// a_i (s - a_i) / (s^2 (s + 1)). A draw is a vector of Gamma(a_i, 1) draws divided by their sum, through logarithms; its gradient is that
/// of the gammas. Source: Johnson, Kotz, Balakrishnan, Continuous Multivariate Distributions 1, ch. 49.
/// </remarks>
public sealed class Dirichlet : Distribution
{
    private Dirichlet() { }

    /// <summary>The family.</summary>
    public static Dirichlet Family { get; } = new();

    /// <summary>The distribution with this concentration, […, k].</summary>
    public static Instance Of(Tensor concentration) => Instance.Of(Family, concentration);

    /// <inheritdoc/>
    public override string Name => "dirichlet";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("concentration", new Support.Positive(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Simplex();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[0];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        Sum(XLogY(arguments[0] - 1, value), -1) - LogNormaliser(arguments[0]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(Exp(Composite.LogSoftmax(LogGammaDraw(random, arguments[0]))));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0] / Total(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var (a, total) = (arguments[0], Total(arguments[0]));
        return a / total * ((total - a) / total) / (total + 1);
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var a = arguments[0];
        return LogNormaliser(a) - Sum((a - 1) * (Digamma(a) - Digamma(Total(a))), -1);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([Probe.Vector(2.3, 0.9, 3.7)], [Probe.Vector(0.3, 0.1, 0.6), Probe.Vector(1e-30, 0.25, 0.75), Probe.Vector(0.5, 0.4999, 1e-4)]),
        new([Probe.Vector(0.4, 0.3)], [Probe.Vector(0.9, 0.1), Probe.Vector(1 - 1e-9, 1e-9)]),
        new([Probe.Vector(1, 1, 1)], [Probe.Vector(0, 0.5, 0.5), Probe.Vector(0, 0, 1)]),
        new([Probe.Vector(140, 30)], [Probe.Vector(0.8, 0.2), Probe.Vector(0.01, 0.99)]),
    ];

    /// <summary>
    /// sum_i log Gamma(a_i) - log Gamma(sum_i a_i), as the sum of log B(a_1 + … + a_(i-1), a_i), each of which is accurate for large arguments.
    /// </summary>
    internal static Tensor LogNormaliser(Tensor concentration)
    {
        var k = concentration.Shape[^1];
        var before = CumulativeSum(concentration, (piece, position) => piece < position);
        return Sum(LogBeta(SliceAxis(before, -1, 1, k), SliceAxis(concentration, -1, 1, k)), -1);
    }

    private static Tensor Total(Tensor concentration) => ExpandDims(Sum(concentration, -1), -1);
}
