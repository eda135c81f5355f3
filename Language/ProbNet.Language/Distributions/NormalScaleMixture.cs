using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Two zero-mean normals, one wide and one narrow: p(x) = p N(x; 0, wide^2) + (1 - p) N(x; 0, narrow^2), with 0 &lt; p &lt; 1.
/// </summary>
/// <remarks>
/// Mean 0, variance p wide^2 + (1 - p) narrow^2. Source: Blundell et al., Weight Uncertainty in Neural Networks (2015), eq. 7. A draw picks
/// a component and scales a normal number. Picking is not differentiable, so the gradient is attached by implicit differentiation of the
/// distribution function F: dx/da = -(dF/da) / p(x) for each parameter a (Figurnov, Mohamed, Mnih 2018, eq. 5). It is unbiased for first
/// derivatives only.
/// </remarks>
public sealed class NormalScaleMixture : Distribution
{
    private NormalScaleMixture() { }

    /// <summary>The family.</summary>
    public static NormalScaleMixture Family { get; } = new();

    /// <summary>
    /// The mixture with weight <paramref name="p"/> on the component of scale <paramref name="wide"/> and 1 - p on <paramref
    /// name="narrow"/>.
    /// </summary>
    public static Instance Of(Tensor p, Tensor wide, Tensor narrow) => Instance.Of(Family, p, wide, narrow);

    /// <inheritdoc/>
    public override string Name => "normalScaleMixture";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("p", new Support.UnitInterval()), new("wide", new Support.Positive()), new("narrow", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Real();

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (p, wide, narrow) = (arguments[0], arguments[1], arguments[2]);
        return LogAddExp(Log(p) + Component(value, wide), Log1p(-p) + Component(value, narrow)) - HalfLogTwoPi;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (p, wide, narrow) = (arguments[0], arguments[1], arguments[2]);
        var shape = OneDraw(random, p);
        var chosen = Less(random.Named("component").Uniform(p.DType, shape), p);
        var x = StopGradient(Select(chosen, wide, narrow) * random.Named("value").Normal(p.DType, shape));
        var cdf = Cdf(x, arguments)!;
        var density = StopGradient(Exp(LogDensityInside(x, arguments)));
        return x - (cdf - StopGradient(cdf)) / density;
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => ZerosLike(arguments[0]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) =>
        arguments[0] * Square(arguments[1]) + (1 - arguments[0]) * Square(arguments[2]);

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        arguments[0] * Normal.StandardCdf(value / arguments[1]) + (1 - arguments[0]) * Normal.StandardCdf(value / arguments[2]);

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = 
        [new("Is_zero_between_equals_and_positive_between_others", "divergences of mixtures have no closed form")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.3, 1.7, 0.4], [0.2, -1.4, 5.5]),
        Probe.Scalars([0.25, 1.0, 2.4787521766663585e-3], [0.0, 1e-3, 0.02, -60.0]),
        Probe.Scalars([1e-12, 1e5, 3.0], [7.0, 4e5, 1e10]),
    ];

    private static Tensor Component(Tensor value, Tensor scale) => Square(value / scale) * -0.5 - Log(scale);
}
