using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The distribution of 1 / (1 + e^-y) with y ~ N(loc, scale^2): p(x) = exp(-((logit x - loc) / scale)^2 / 2) / (x (1 - x) scale sqrt(2 pi)) for 0 &lt; x &lt; 1.
/// </summary>
/// <remarks>
/// The median is 1 / (1 + e^-loc); moments have no closed form. Source: Aitchison and Shen, Logistic-normal distributions, Biometrika 67 (1980), eq. 1.1.
/// </remarks>
public sealed class LogitNormal : Distribution
{
    private LogitNormal() { }

    /// <summary>The family.</summary>
    public static LogitNormal Family { get; } = new();

    /// <summary>The distribution whose logit has this mean and standard deviation.</summary>
    public static Instance Of(Tensor loc, Tensor scale) => Instance.Of(Family, loc, scale);

    /// <inheritdoc/>
    public override string Name => "logitNormal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.UnitInterval();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (log, rest) = (Log(value), Log1p(-value));
        return Square((log - rest - arguments[0]) / arguments[1]) * -0.5 - Log(arguments[1]) - log - rest - HalfLogTwoPi;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        RoundIntoUnitInterval(Sigmoid(arguments[0] + arguments[1] * random.Normal(arguments[0].DType, OneDraw(random, arguments[0]))));

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments)
    {
        var x = RoundIntoUnitInterval(value);
        return Normal.StandardCdf((Log(x) - Log1p(-x) - arguments[0]) / arguments[1]);
    }

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => Sigmoid(arguments[0] + arguments[1] * Normal.StandardQuantile(probability));

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.4, 0.9], [0.6, 0.1, 0.97]),
        Probe.Scalars([-8.0, 2.1], [1e-300, 3e-4, 0.9]),
        Probe.Scalars([2.0, 0.01], [0.88, 0.875, 0.9]),
    ];
}
