using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Where fits start. Locations start at a typical value under the prior: the prior mean with all parents at their own typical values, mapped to
/// unconstrained space (0 there if the mean does not exist or depends on data). Weights (<see cref="GuideSite.IsWeight"/>) are drawn around it with standard
/// deviation 1/sqrt(fan-in) (LeCun, Bottou, Orr, Mueller, Efficient BackProp, 1998, sec. 4.6), which keeps the size of activations from layer to layer
/// and makes the units differ. Scales start at a fraction of that deviation for weights, and at that fraction for other sites: with fraction r the noise
/// in each product x @ w has r times the standard deviation of the product itself, whatever the width, so that a net starts near its deterministic behaviour.
/// </summary>
internal static class Initial
{
    /// <summary>The fraction r that families use unless told otherwise.</summary>
    public const double Fraction = 0.1;

    /// <summary>The starting location in unconstrained space.</summary>
    public static Tensor Location(GuideSite site, RandomSource random) =>
        site.IsWeight ? site.Typical + random.Normal(site.Typical.DType, site.UnconstrainedShape) * (1 / Math.Sqrt(site.FanIn)) : site.Typical;

    /// <summary>The starting scale in unconstrained space.</summary>
    public static double Scale(GuideSite site, double fraction) => site.IsWeight ? fraction / Math.Sqrt(site.FanIn) : fraction;

    /// <summary>The rho with softplus(rho) = <paramref name="scale"/>.</summary>
    public static double InverseSoftplus(double scale) => scale > 30 ? scale : Math.Log(Math.Exp(scale) - 1);
}
