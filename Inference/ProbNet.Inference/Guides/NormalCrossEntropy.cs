using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// The cross-entropy of a factor with independent normal priors, which needs of the factor only the mean and variance of each component:
/// E_q[-log N(z; m, s)] = log(2 pi) / 2 + log s + ((E z - m)^2 + Var z) / (2 s^2). Source: Bishop, Pattern recognition and machine learning (2006), sec. 1.6.1 and 2.3.
/// </summary>
public static class NormalCrossEntropy
{
    /// <summary>The cross-entropy, elementwise, of a factor with these moments with a prior; null for priors other than the normal.</summary>
    /// <param name="mean">E z, of the site's shape.</param>
    /// <param name="variance">Var z, of the site's shape.</param>
    public static Func<Instance, Tensor?> Of(Tensor mean, Tensor variance) => prior =>
    {
        if (prior.Family != Normal.Family || prior.Shape != mean.Shape) return null;
        var (centre, scale) = (prior.Arguments[0], prior.Arguments[1]);
        return (Square(mean - centre) + variance) / Square(scale) * 0.5 + Log(scale) + 0.5 * Math.Log(2 * Math.PI);
    };
}
