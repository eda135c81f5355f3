using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Where fits start. Locations start at a typical value under the prior: the prior mean with all parents at their own typical values, mapped to
/// unconstrained space (0 there if the mean does not exist or depends on data). Weights (<see cref="GuideSite.IsWeight"/>) are drawn around it with variance
/// 1 / (3 fan-in), that of the usual uniform start on ±1/sqrt(fan-in) (Glorot and Bengio, Understanding the difficulty of training deep feedforward
/// neural networks, AISTATS 2010, eq. 1), so that units differ. Scales start at r / sqrt(fan-in) for weights and at r for other sites: the noise in each
/// product x @ w is then r times the root mean square of x, whatever the width, about a tenth of the product itself for r = 0.05, so that a net starts near
/// its deterministic behaviour.
/// </summary>
internal static class Initial
{
    /// <summary>The fraction r that families use unless told otherwise.</summary>
    public const double Fraction = 0.05;

    /// <summary>The starting location in unconstrained space.</summary>
    public static Tensor Location(GuideSite site, RandomSource random) =>
        site.IsWeight ? site.Typical + random.Normal(site.Typical.DType, site.UnconstrainedShape) * Spread(site) : site.Typical;

    /// <summary>The standard deviation of a weight's starting location around its typical value.</summary>
    public static double Spread(GuideSite site) => Math.Sqrt(1.0 / (3 * site.FanIn));

    /// <summary>The starting scale in unconstrained space.</summary>
    public static double Scale(GuideSite site, double fraction) => site.IsWeight ? fraction / Math.Sqrt(site.FanIn) : fraction;

    /// <summary>The rho with softplus(rho) = <paramref name="scale"/>.</summary>
    public static double InverseSoftplus(double scale) => scale > 30 ? scale : Math.Log(Math.Exp(scale) - 1);
}
