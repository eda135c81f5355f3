using System.Runtime.CompilerServices;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>The normal distribution, by mean and standard deviation.</summary>
    public static Distribution Normal(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "normal", loc, scale);

    /// <summary>The normal distribution with mean 0 restricted to values above 0.</summary>
    public static Distribution HalfNormal(Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "halfNormal", scale);

    /// <summary>The distribution of e^x with x normal.</summary>
    public static Distribution LogNormal(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "logNormal", loc, scale);

    /// <summary>The Cauchy distribution around 0 restricted to values above 0.</summary>
    public static Distribution HalfCauchy(Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "halfCauchy", scale);

    /// <summary>The exponential distribution, by rate.</summary>
    public static Distribution Exponential(Tensor rate, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "exponential", rate);

    /// <summary>The gamma distribution, by shape and rate.</summary>
    public static Distribution Gamma(Tensor shape, Tensor rate, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "gamma", shape, rate);

    /// <summary>The distribution of 1 / x with x gamma.</summary>
    public static Distribution InverseGamma(Tensor shape, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "inverseGamma", shape, scale);

    /// <summary>The beta distribution on (0, 1).</summary>
    public static Distribution Beta(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "beta", a, b);

    /// <summary>Two normals around 0 of different scales.</summary>
    public static Distribution NormalScaleMixture(Tensor weight, Tensor wide, Tensor narrow, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "normalScaleMixture", weight, wide, narrow);

    /// <summary>The multivariate normal, by mean [k] and Cholesky factor [k, k] of the covariance.</summary>
    public static Distribution MultivariateNormal(Tensor loc, Tensor scaleTril, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "multivariateNormal", loc, scaleTril);

    /// <summary>0 or 1, by the log-odds of 1.</summary>
    public static Distribution Bernoulli(Tensor logit, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "bernoulli", logit);

    /// <summary>0 or 1, by the probability of 1.</summary>
    public static Distribution BernoulliProbs(Tensor prob, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "bernoulliProbs", prob);

    /// <summary>A label below k, by unnormalised log-probabilities [k].</summary>
    public static Distribution Categorical(Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "categorical", logits);

    /// <summary>A label below k, by probabilities [k].</summary>
    public static Distribution CategoricalProbs(Tensor probs, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "categoricalProbs", probs);

    /// <summary>A label as a vector with a single 1, by unnormalised log-probabilities [k].</summary>
    public static Distribution OneHotCategorical(Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "oneHotCategorical", logits);

    /// <summary>A count, by its mean.</summary>
    public static Distribution Poisson(Tensor rate, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "poisson", rate);
}
