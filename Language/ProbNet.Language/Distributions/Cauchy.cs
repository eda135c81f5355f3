using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The Cauchy distribution: p(x) = 1 / (pi scale (1 + ((x - loc) / scale)^2)).
/// </summary>
/// <remarks>
/// No mean; loc is the median, scale half the distance between the quartiles. Drawn by inverting the distribution function.
/// Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 16.
/// </remarks>
public sealed class Cauchy : Distribution
{
    private Cauchy() { }

    /// <summary>The family.</summary>
    public static Cauchy Family { get; } = new();

    /// <summary>The distribution with this median and scale.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "cauchy";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        -Math.Log(Math.PI) - Log(arguments[1]) - LogOnePlusSquaredRatio(Abs(value - arguments[0]), arguments[1]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) => Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!;

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Log(arguments[1]) + Math.Log(4 * Math.PI);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments)
    {
        var z = (value - arguments[0]) / arguments[1];
        var tail = Less(z, Like(z, -1));
        // 1/2 + atan(z) / pi would lose the digits of the lower tail.
        return Select(tail, Atan(-1 / Select(tail, z, Like(z, -1))), Atan(z) + Math.PI / 2) * (1 / Math.PI);
    }

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments)
    {
        var upper = Less(Like(probability, 0.5), probability);
        var angle = Select(upper, 1 - probability, probability) * Math.PI;
        var cotangent = Cos(angle) / Sin(angle);
        return arguments[0] + arguments[1] * Select(upper, cotangent, -cotangent);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.6], [0.5, -2.0, 9.0]),
        Probe.Scalars([-40.0, 0.5], [-40.0, -39.0, 1e200]),
        Probe.Scalars([1.0, 5e8], [1.0, -3e9, 1e250]),
    ];
}
