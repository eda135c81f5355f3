using System.Collections.Frozen;
using ProbNet.Graph;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The families of the language. The laws of the tests run over <see cref="All"/>, so that a family is tested by being listed.
/// </summary>
public static class Registry
{
    /// <summary>Every family, in the order of the documentation.</summary>
    public static EqArray<Distribution> All { get; } =
    [
        Normal.Family,
        HalfNormal.Family,
        LogNormal.Family,
        HalfCauchy.Family,
        Exponential.Family,
        Gamma.Family,
        InverseGamma.Family,
        Beta.Family,
        Uniform.Family,
        StudentT.Family,
        HalfStudentT.Family,
        Cauchy.Family,
        Laplace.Family,
        Logistic.Family,
        Gumbel.Family,
        Weibull.Family,
        Pareto.Family,
        ChiSquared.Family,
        LogitNormal.Family,
        Kumaraswamy.Family,
        TruncatedNormal.Family,
        VonMises.Family,
        NormalScaleMixture.Family,
        MultivariateNormal.Family,
        Bernoulli.Family,
        BernoulliProbs.Family,
        Categorical.Family,
        CategoricalProbs.Family,
        OneHotCategorical.Family,
        Poisson.Family,
        Binomial.Family,
        BinomialProbs.Family,
        BetaBinomial.Family,
        NegativeBinomial.Family,
        Geometric.Family,
        GeometricProbs.Family,
        Multinomial.Family,
        MultinomialProbs.Family,
        DirichletMultinomial.Family,
        OrderedLogistic.Family,
        Dirichlet.Family,
        MultivariateStudentT.Family,
        LkjCholesky.Family,
    ];

    private static readonly FrozenDictionary<string, Distribution> ByName = All.ToFrozenDictionary(d => d.Name);

    /// <summary>The family of this name in the language, or null.</summary>
    public static Distribution? Find(string name) => ByName.GetValueOrDefault(name);
}
