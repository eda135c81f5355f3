using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Pareto distribution: p(x) = shape scale^shape / x^(shape + 1) for x ≥ scale.
/// </summary>
/// <remarks>
/// Mean shape scale / (shape - 1) for shape &gt; 1. Drawn as scale exp(e / shape) with e standard exponential. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 20.
/// </remarks>
public sealed class Pareto : Distribution
{
    private Pareto() { }

    /// <summary>The family.</summary>
    public static Pareto Family { get; } = new();

    /// <summary>The distribution of values from scale upwards whose tail falls with the power shape.</summary>
    public static Instance Of(Tensor scale, Tensor shape) => Instance.Of(Family, scale, shape);

    /// <inheritdoc/>
    public override string Name => "pareto";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("scale", new Support.Positive()), new("shape", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.AtLeast("scale");

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var log = Log(value);
        return Log(arguments[1]) - log - arguments[1] * (log - Log(arguments[0]));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoPositive(Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!);

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments)
    {
        var finite = Less(Like(arguments[1], 1), arguments[1]);
        return Select(finite, arguments[0] * arguments[1] / (Select(finite, arguments[1], Like(arguments[1], 2)) - 1), Like(arguments[1], double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var shape = arguments[1];
        var finite = Less(Like(shape, 2), shape);
        var safe = Select(finite, shape, Like(shape, 3));
        return Select(finite, Square(arguments[0] / (safe - 1)) * safe / (safe - 2), Like(shape, double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[0]) - Log(arguments[1]) + 1 / arguments[1] + 1;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        -Expm1(-arguments[1] * (Log(Max(value, arguments[0])) - Log(arguments[0])));

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => arguments[0] * Exp(-Log1p(-probability) / arguments[1]);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([1.3, 3.6], [1.31, 2.0, 70.0]),
        Probe.Scalars([20.0, 0.4], [25.0, 1e6, 1e200]),
        Probe.Scalars([3e5, 60.0], [3.1e5, 1e7]),
    ];
}
