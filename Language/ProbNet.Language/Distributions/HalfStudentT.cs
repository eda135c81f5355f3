using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The absolute value of a Student t variable centred at 0: p(x) = 2 (1 + (x / scale)^2 / df)^(-(df + 1) / 2) / (scale sqrt(df) B(1/2, df / 2)) for x ≥ 0.
/// </summary>
/// <remarks>
/// Mean 2 scale sqrt(df) / ((df - 1) B(1/2, df / 2)) for df &gt; 1. With df = 1 it is the half-Cauchy, for large df the half-normal.
/// Source: Gelman, Prior distributions for variance parameters in hierarchical models, Bayesian Analysis 1 (2006), section 3.2.
/// </remarks>
public sealed class HalfStudentT : Distribution
{
    private HalfStudentT() { }

    /// <summary>The family.</summary>
    public static HalfStudentT Family { get; } = new();

    /// <summary>The distribution with these degrees of freedom and scale.</summary>
    public static Instance Of(Tensor df, Tensor scale) => Instance.Of(Family, df, scale);

    /// <inheritdoc/>
    public override string Name => "halfStudentT";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("df", new Support.Positive()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.NonNegative();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => StudentT.LogStandard(value, arguments[0], arguments[1]) + Math.Log(2);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => arguments[1] * Abs(StudentT.DrawStandard(random, arguments[0]));

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments)
    {
        var df = arguments[0];
        var finite = Less(Like(df, 1), df);
        var safe = Select(finite, df, Like(df, 2));
        return Select(finite, arguments[1] * (2 / (safe - 1)) * Exp(Log(safe) * 0.5 - LogBeta(Like(df, 0.5) + ZerosLike(df), safe * 0.5)), Like(df, double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[1]) * StudentT.StandardVariance(arguments[0]) - Square(Mean(arguments)!);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => StudentT.Family.Entropy([arguments[0], arguments[1], arguments[1]])! - Math.Log(2);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([3.7, 1.6], [0.4, 1.7, 19.0]),
        Probe.Scalars([1.2, 1e-4], [0.0, 3e-5, 1e200]),
        Probe.Scalars([500.0, 6e7], [0.0, 1e8, 4e8]),
    ];
}
