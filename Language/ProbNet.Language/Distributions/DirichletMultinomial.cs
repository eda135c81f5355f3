using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// How often each of k labels comes up in trials whose common probabilities are drawn from a Dirichlet distribution:
/// p(x) = trials! Gamma(s) / Gamma(trials + s) prod_i Gamma(x_i + a_i) / (x_i! Gamma(a_i)), a the concentration, s its sum.
/// </summary>
/// <remarks>
/// concentration [k]; values are I64 [k] that sum to trials, a whole number. Mean trials a_i / s, variance
/// trials a_i (s - a_i) / s^2 (trials + s) / (1 + s). Drawn as it is told. Source: Johnson, Kotz, Balakrishnan, Discrete Multivariate
/// Distributions, ch. 35, section 13.1.
/// </remarks>
public sealed class DirichletMultinomial : Distribution
{
    private DirichletMultinomial() { }

    /// <summary>The family.</summary>
    public static DirichletMultinomial Family { get; } = new();

    /// <summary>The distribution with this number of trials and this concentration, […, k].</summary>
    public static Instance Of(Tensor trials, Tensor concentration) => Instance.Of(Family, trials, concentration);

    /// <inheritdoc/>
    public override string Name => "dirichletMultinomial";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("trials", new Support.Count()), new("concentration", new Support.Positive(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CountsSummingTo("trials");

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[1];

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    // n! Gamma(s) / Gamma(n + s) = n B(s, n), and likewise for each label that came up.
    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (trials, a) = (arguments[0], arguments[1]);
        return LogRising(trials, Sum(a, -1)) - Sum(LogRising(Convert(value, a.DType), a), -1);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Multinomial.DrawCounts(random.Named("counts"), arguments[0], LogGammaDraw(random.Named("probs"), arguments[1]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => ExpandDims(arguments[0], -1) * Share(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var share = Share(arguments[1]);
        var sum = Sum(arguments[1], -1);
        var others = CumulativeSum(share, (piece, position) => piece != position);
        return ExpandDims(arguments[0] * ((arguments[0] + sum) / (1 + sum)), -1) * share * others;
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "the mean of log Gamma(x + a) has no closed form")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 7), Probe.Vector(2.3, 0.9, 3.7)], [Probe.Integers(2, 1, 4), Probe.Integers(0, 7, 0), Probe.Integers(0, 0, 7)]),
        new([HostTensor.Scalar(DType.F64, 40), Probe.Vector(0.2, 0.05)], [Probe.Integers(33, 7), Probe.Integers(0, 40)]),
        new([HostTensor.Scalar(DType.F64, 60), Probe.Vector(150, 40)], [Probe.Integers(47, 13), Probe.Integers(0, 60)]),
        new([HostTensor.Scalar(DType.F64, 0), Probe.Vector(0.3, 0.4)], [Probe.Integers(0, 0)]),
    ];

    // log(x B(a, x)), 0 for x = 0.
    private static Tensor LogRising(Tensor x, Tensor a)
    {
        var zero = LessEqual(x, Like(x, 0));
        var some = Select(zero, Like(x, 1), x);
        return Select(zero, a * 0, Log(some) + LogBeta(a, some));
    }

    private static Tensor Share(Tensor concentration) => concentration / ExpandDims(Sum(concentration, -1), -1);
}
