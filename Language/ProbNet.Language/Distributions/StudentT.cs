using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Student's t distribution with df degrees of freedom, shifted and scaled: p(x) = (1 + z^2 / df)^(-(df + 1) / 2) / (scale sqrt(df) B(1/2, df / 2)),
/// z = (x - loc) / scale.
/// </summary>
/// <remarks>
/// Mean loc for df &gt; 1, variance scale^2 df / (df - 2) for df &gt; 2; scale is not a standard deviation. Drawn as loc + scale z sqrt((df / 2) / g) with z
/// standard normal and g ~ Gamma(df / 2, 1). Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 28.
/// </remarks>
public sealed class StudentT : Distribution
{
    private StudentT() { }

    /// <summary>The family.</summary>
    public static StudentT Family { get; } = new();

    /// <summary>The distribution with these degrees of freedom, location and scale.</summary>
    public static Instance Of(Tensor df, Tensor loc, Tensor scale) => Instance.Of(Family, df, loc, scale);

    /// <inheritdoc/>
    public override string Name => "studentT";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("df", new Support.Positive()), new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => LogStandard(Abs(value - arguments[1]), arguments[0], arguments[2]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => arguments[1] + arguments[2] * DrawStandard(random, arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Select(Less(Like(arguments[0], 1), arguments[0]), arguments[1], Like(arguments[1], double.NaN));

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Square(arguments[2]) * StandardVariance(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var half = arguments[0] * 0.5;
        return (half + 0.5) * (Digamma(half + 0.5) - Digamma(half)) + Log(arguments[0]) * 0.5 + LogBeta(Like(half, 0.5), half) + Log(arguments[2]);
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([4.7, 0.6, 1.3], [0.6, -1.9, 7.5]),
        Probe.Scalars([1.3, -20.0, 0.02], [-20.0, -19.9, 1e9, -1e200]),
        Probe.Scalars([3e5, 2.0, 40.0], [2.5, 130.0, -500.0]),
        Probe.Scalars([60.0, 1e6, 3e3], [1.002e6]),
    ];

    /// <summary>The log-density of loc + scale t at a distance from loc.</summary>
    internal static Tensor LogStandard(Tensor distance, Tensor df, Tensor scale)
    {
        var unit = LogOnePlusSquaredRatio(distance, scale * Sqrt(df));
        return (df + 1) * -0.5 * unit - LogBeta(Like(df, 0.5) + ZerosLike(df), df * 0.5) - Log(df) * 0.5 - Log(scale);
    }

    internal static Tensor DrawStandard(RandomSource random, Tensor df)
    {
        var normal = random.Named("normal").Normal(df.DType, OneDraw(random, df));
        return normal * Sqrt(df * 0.5 / RoundIntoPositive(random.Named("gamma").Gamma(df * 0.5)));
    }

    // Infinite for 1 < df <= 2, undefined below.
    internal static Tensor StandardVariance(Tensor df)
    {
        var finite = Less(Like(df, 2), df);
        var beyond = Select(Less(Like(df, 1), df), Like(df, double.PositiveInfinity), Like(df, double.NaN));
        return Select(finite, df / (Select(finite, df, Like(df, 3)) - 2), beyond);
    }
}
