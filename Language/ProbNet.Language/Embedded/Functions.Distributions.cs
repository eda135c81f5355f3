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

    /// <summary>The uniform distribution between two numbers.</summary>
    public static Distribution Uniform(Tensor low, Tensor high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "uniform", low, high);

    /// <summary>Student's t, by degrees of freedom, location and scale.</summary>
    public static Distribution StudentT(Tensor df, Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "studentT", df, loc, scale);

    /// <summary>Student's t around 0 restricted to values above 0, by degrees of freedom and scale.</summary>
    public static Distribution HalfStudentT(Tensor df, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "halfStudentT", df, scale);

    /// <summary>The Cauchy distribution, by location and scale.</summary>
    public static Distribution Cauchy(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "cauchy", loc, scale);

    /// <summary>The Laplace distribution, by location and scale: density exp(-|x - loc| / scale) / (2 scale).</summary>
    public static Distribution Laplace(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "laplace", loc, scale);

    /// <summary>The logistic distribution, by location and scale.</summary>
    public static Distribution Logistic(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "logistic", loc, scale);

    /// <summary>The Gumbel distribution of maxima, by location and scale.</summary>
    public static Distribution Gumbel(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "gumbel", loc, scale);

    /// <summary>The Weibull distribution on positive numbers, by shape and scale.</summary>
    public static Distribution Weibull(Tensor shape, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "weibull", shape, scale);

    /// <summary>The Pareto distribution of values from <paramref name="scale"/> upwards, by scale and tail index.</summary>
    public static Distribution Pareto(Tensor scale, Tensor shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "pareto", scale, shape);

    /// <summary>The chi-squared distribution, by degrees of freedom.</summary>
    public static Distribution ChiSquared(Tensor df, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "chiSquared", df);

    /// <summary>The distribution on (0, 1) of sigmoid(x) with x normal.</summary>
    public static Distribution LogitNormal(Tensor loc, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "logitNormal", loc, scale);

    /// <summary>The Kumaraswamy distribution on (0, 1).</summary>
    public static Distribution Kumaraswamy(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "kumaraswamy", a, b);

    /// <summary>The normal distribution restricted to values from low to high.</summary>
    public static Distribution TruncatedNormal(Tensor loc, Tensor scale, Tensor low, Tensor high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "truncatedNormal", loc, scale, low, high);

    /// <summary>The von Mises distribution of angles in [-pi, pi], by location and concentration.</summary>
    public static Distribution VonMises(Tensor loc, Tensor concentration, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "vonMises", loc, concentration);

    /// <summary>Two normals around 0 of different scales.</summary>
    public static Distribution NormalScaleMixture(Tensor p, Tensor wide, Tensor narrow, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "normalScaleMixture", p, wide, narrow);

    /// <summary>The multivariate normal, by mean [k] and Cholesky factor [k, k] of the covariance.</summary>
    public static Distribution MultivariateNormal(Tensor loc, Tensor cholesky, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "multivariateNormal", loc, cholesky);

    /// <summary>0 or 1, by the log-odds of 1.</summary>
    public static Distribution Bernoulli(Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "bernoulli", logits);

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

    /// <summary>The number of successes in trials, by the log-odds of each.</summary>
    public static Distribution Binomial(Tensor trials, Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "binomial", trials, logits);

    /// <summary>The number of successes in trials, by the probability of each.</summary>
    public static Distribution BinomialProbs(Tensor trials, Tensor prob, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "binomialProbs", trials, prob);

    /// <summary>The number of successes in trials whose common probability is beta distributed.</summary>
    public static Distribution BetaBinomial(Tensor trials, Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "betaBinomial", trials, a, b);

    /// <summary>A count, by its mean and dispersion: variance mean + mean^2 / dispersion.</summary>
    public static Distribution NegativeBinomial(Tensor mean, Tensor dispersion, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "negativeBinomial", mean, dispersion);

    /// <summary>The number of failures before a success, by its log-odds.</summary>
    public static Distribution Geometric(Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "geometric", logits);

    /// <summary>The number of failures before a success, by its probability.</summary>
    public static Distribution GeometricProbs(Tensor prob, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "geometricProbs", prob);

    /// <summary>How often each of k labels comes up in trials, by unnormalised log-probabilities [k].</summary>
    public static Distribution Multinomial(Tensor trials, Tensor logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "multinomial", trials, logits);

    /// <summary>How often each of k labels comes up in trials, by probabilities [k].</summary>
    public static Distribution MultinomialProbs(Tensor trials, Tensor probs, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "multinomialProbs", trials, probs);

    /// <summary>How often each of k labels comes up in trials whose common probabilities are Dirichlet distributed, by concentration [k].</summary>
    public static Distribution DirichletMultinomial(Tensor trials, Tensor concentration, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "dirichletMultinomial", trials, concentration);

    /// <summary>A label on an ordered scale, by location and ascending cutpoints [k - 1].</summary>
    public static Distribution OrderedLogistic(Tensor eta, Tensor cutpoints, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "orderedLogistic", eta, cutpoints);

    /// <summary>The Dirichlet distribution of probability vectors, by concentration [k].</summary>
    public static Distribution Dirichlet(Tensor concentration, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "dirichlet", concentration);

    /// <summary>Student's t of vectors, by degrees of freedom, location [k] and Cholesky factor [k, k] of the scale matrix.</summary>
    public static Distribution MultivariateStudentT(Tensor df, Tensor loc, Tensor cholesky, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "multivariateStudentT", df, loc, cholesky);

    /// <summary>Cholesky factors of correlation matrices of a size known beforehand; shape 1 is uniform over correlation matrices.</summary>
    public static Distribution LkjCholesky(Tensor size, Tensor shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Distribution.Of(file, line, "lkjCholesky", size, shape);
}
