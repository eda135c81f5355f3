using System.Collections.Frozen;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;
using Arguments = ProbNet.Graph.EqArray<ProbNet.Graph.Tensor>;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Kullback–Leibler divergences KL(q || p) = E_q[log q - log p] in closed form, in nats, for pairs of families. Arguments are taken to be
/// legal.
/// </summary>
public static class Kl
{
    /// <summary>
    /// KL(q || p), one number for each batch component, or null where no closed form is known here. Both sides have the same batch shape;
    /// only a multivariate normal of shape b + [k] may also stand beside independent normals of batch shape b + [k], and then the result
    /// has shape b.
    /// </summary>
    public static Tensor? TryBetween(Instance q, Instance p)
    {
        if (!Pairs.TryGetValue((q.Family, p.Family), out var pair) || q.Shape != p.Shape) return null;
        // Label families of different sizes have values of one shape but nothing in common.
        if (q.Family == p.Family && q.Arguments.Map(a => a.Shape) != p.Arguments.Map(a => a.Shape)) return null;
        return CountsAgree(q, p) ? pair(q.Arguments, p.Arguments) : null;
    }

    // Between different numbers of trials the divergence is infinite or has no closed form, so they must be known to be equal.
    private static bool CountsAgree(Instance q, Instance p)
    {
        for (var i = 0; i < q.Family.Parameters.Count; i++)
        {
            if (!q.Family.Parameters[i].Support.IsDiscrete) continue;
            var (a, b) = (Origin(q.Arguments[i]), Origin(p.Arguments[i]));
            var equal = ReferenceEquals(a, b) || (a.Attributes is Attributes.Literal x && b.Attributes is Attributes.Literal y && x.Value.Equals(y.Value));
            if (!equal) return false;
        }
        return true;

        static Tensor Origin(Tensor x) => x.Op is OpCode.Broadcast or OpCode.Reshape ? Origin(x.Inputs[0]) : x;
    }

    /// <summary>The pairs (q, p) that have a closed form.</summary>
    public static IEnumerable<(Distribution Q, Distribution P)> Known => Pairs.Keys;

    // Sources: the pairs within a family are the Bregman divergences of their exponential families (Nielsen and Nock 2010, table 1); the
    // mixed pairs are -H(q) - E_q[log p] with the moments named beside them.
    private static readonly FrozenDictionary<(Distribution, Distribution), Func<Arguments, Arguments, Tensor>> Pairs =
        new Dictionary<(Distribution, Distribution), Func<Arguments, Arguments, Tensor>>
        {
            [(Normal.Family, Normal.Family)] = NormalNormal,
            [(LogNormal.Family, LogNormal.Family)] = NormalNormal,
            [(HalfNormal.Family, HalfNormal.Family)] = (q, p) => ScaleRatio(q[0], p[0]),
            [(MultivariateNormal.Family, MultivariateNormal.Family)] = MultivariateNormals,
            [(MultivariateNormal.Family, Normal.Family)] = MultivariateToIndependent,
            [(Exponential.Family, Exponential.Family)] = (q, p) => GammaGamma(Like(q[0], 1), q[0], Like(p[0], 1), p[0]),
            [(Gamma.Family, Gamma.Family)] = (q, p) => GammaGamma(q[0], q[1], p[0], p[1]),
            [(Gamma.Family, Exponential.Family)] = (q, p) => GammaGamma(q[0], q[1], Like(p[0], 1), p[0]),
            [(Exponential.Family, Gamma.Family)] = (q, p) => GammaGamma(Like(q[0], 1), q[0], p[0], p[1]),
            // x -> 1/x is a bijection, and a divergence does not change under one.
            [(InverseGamma.Family, InverseGamma.Family)] = (q, p) => GammaGamma(q[0], q[1], p[0], p[1]),
            [(LogNormal.Family, Gamma.Family)] = (q, p) => LogNormalGamma(q[0], q[1], p[0], p[1]),
            [(LogNormal.Family, Exponential.Family)] = (q, p) => LogNormalGamma(q[0], q[1], Like(p[0], 1), p[0]),
            [(LogNormal.Family, InverseGamma.Family)] = (q, p) => LogNormalGamma(-q[0], q[1], p[0], p[1]),
            [(HalfNormal.Family, Exponential.Family)] = HalfNormalExponential,
            [(HalfNormal.Family, Gamma.Family)] = HalfNormalGamma,
            [(Gamma.Family, HalfNormal.Family)] = GammaHalfNormal,
            [(Exponential.Family, HalfNormal.Family)] = (q, p) => GammaHalfNormal([Like(q[0], 1), q[0]], p),
            [(LogNormal.Family, ChiSquared.Family)] = (q, p) => LogNormalGamma(q[0], q[1], p[0] * 0.5, Like(p[0], 0.5)),
            [(LogNormal.Family, Weibull.Family)] = LogNormalWeibull,
            [(LogitNormal.Family, LogitNormal.Family)] = NormalNormal,
            [(ChiSquared.Family, ChiSquared.Family)] = (q, p) => GammaGamma(q[0] * 0.5, Like(q[0], 0.5), p[0] * 0.5, Like(p[0], 0.5)),
            [(Laplace.Family, Laplace.Family)] = LaplaceLaplace,
            [(Cauchy.Family, Cauchy.Family)] = CauchyCauchy,
            [(Gumbel.Family, Gumbel.Family)] = GumbelGumbel,
            [(Weibull.Family, Weibull.Family)] = WeibullWeibull,
            [(VonMises.Family, VonMises.Family)] = VonMisesVonMises,
            [(Beta.Family, Beta.Family)] = BetaBeta,
            [(Bernoulli.Family, Bernoulli.Family)] = BernoulliBernoulli,
            [(BernoulliProbs.Family, BernoulliProbs.Family)] = (q, p) => Relative(q[0], p[0]) + Relative(1 - q[0], 1 - p[0]),
            [(Categorical.Family, Categorical.Family)] = CategoricalCategorical,
            [(OneHotCategorical.Family, OneHotCategorical.Family)] = CategoricalCategorical,
            [(CategoricalProbs.Family, CategoricalProbs.Family)] = (q, p) => Sum(Relative(q[0], p[0]), -1),
            [(Poisson.Family, Poisson.Family)] = (q, p) => q[0] * (Log(q[0]) - Log(p[0])) - q[0] + p[0],
            [(Binomial.Family, Binomial.Family)] = (q, p) => q[0] * BernoulliBernoulli([q[1]], [p[1]]),
            [(BinomialProbs.Family, BinomialProbs.Family)] = (q, p) => q[0] * (Relative(q[1], p[1]) + Relative(1 - q[1], 1 - p[1])),
            [(Geometric.Family, Geometric.Family)] = (q, p) => BernoulliBernoulli(q, p) * (1 + Exp(-q[0])),
            [(GeometricProbs.Family, GeometricProbs.Family)] = (q, p) => (Relative(q[0], p[0]) + Relative(1 - q[0], 1 - p[0])) / q[0],
            [(Multinomial.Family, Multinomial.Family)] = (q, p) => q[0] * CategoricalCategorical([q[1]], [p[1]]),
            [(MultinomialProbs.Family, MultinomialProbs.Family)] = (q, p) => q[0] * Sum(Relative(q[1], p[1]), -1),
            [(Dirichlet.Family, Dirichlet.Family)] = DirichletDirichlet,
        }.ToFrozenDictionary();

    private static Tensor NormalNormal(Arguments q, Arguments p) => ScaleRatio(q[1], p[1]) + Square((q[0] - p[0]) / p[1]) * 0.5;

    // (r^2 - 1) / 2 - log r for r = q / p: two normals, or half-normals, that differ in scale only.
    private static Tensor ScaleRatio(Tensor q, Tensor p)
    {
        var ratio = q / p;
        return (Square(ratio) - 1) * 0.5 - Log(ratio);
    }

    // (|Lp^-1 Lq|^2 + |Lp^-1 (mq - mp)|^2 - k) / 2 + sum log diag Lp - sum log diag Lq.
    private static Tensor MultivariateNormals(Arguments q, Arguments p)
    {
        var k = q[0].Shape[^1];
        var spread = SumLast(Square(TriangularSolve(p[1], q[1])), 2);
        var shift = SumLast(Square(TriangularSolve(p[1], ExpandDims(q[0] - p[0], -1))), 2);
        return (spread + shift - k) * 0.5 + MultivariateNormal.HalfLogDeterminant(p[1]) - MultivariateNormal.HalfLogDeterminant(q[1]);
    }

    // The same with Lp = diag(scale): p is k independent normals, whose batch axis k is q's event axis.
    private static Tensor MultivariateToIndependent(Arguments q, Arguments p)
    {
        var k = q[0].Shape[^1];
        var spread = Sum(Sum(Square(q[1]), -1) / Square(p[1]), -1);
        var shift = Sum(Square((q[0] - p[0]) / p[1]), -1);
        return (spread + shift - k) * 0.5 + Sum(Log(p[1]), -1) - MultivariateNormal.HalfLogDeterminant(q[1]);
    }

    // (a - c) psi(a) - log G(a) + log G(c) + c (log b - log d) + a (d - b) / b, for q = Gamma(a, rate b), p = Gamma(c, rate d).
    private static Tensor GammaGamma(Tensor a, Tensor b, Tensor c, Tensor d) =>
        (a - c) * Digamma(a) - Lgamma(a) + Lgamma(c) + c * (Log(b) - Log(d)) + a * (d - b) / b;

    // With E log x = m and E x = exp(m + s^2 / 2).
    private static Tensor LogNormalGamma(Tensor m, Tensor s, Tensor shape, Tensor rate) =>
        Lgamma(shape) - shape * (Log(rate) + m) + rate * Exp(m + Square(s) * 0.5) - Log(s) - StandardNormalEntropy;

    // With E x = s sqrt(2 / pi).
    private static Tensor HalfNormalExponential(Arguments q, Arguments p) =>
        p[0] * q[0] * Math.Sqrt(2 / Math.PI) - Log(p[0]) - HalfNormal.Family.Entropy(q)!;

    // With E x as above and E log x = log s - (gamma + log 2) / 2.
    private static Tensor HalfNormalGamma(Arguments q, Arguments p)
    {
        var (scale, shape, rate) = (q[0], p[0], p[1]);
        var logs = Log(scale) - (EulerGamma + Math.Log(2)) / 2;
        var entropy = HalfNormal.Family.Entropy(q)!;
        return rate * scale * Math.Sqrt(2 / Math.PI) - (shape - 1) * logs + Lgamma(shape) - shape * Log(rate) - entropy;
    }

    // With E x^2 = shape (shape + 1) / rate^2.
    private static Tensor GammaHalfNormal(Arguments q, Arguments p)
    {
        var (shape, rate, scale) = (q[0], q[1], p[0]);
        var entropy = Gamma.Family.Entropy(q)!;
        return shape / rate / scale * ((shape + 1) / rate / scale) * 0.5 + Log(scale) - (Math.Log(2) - HalfLogTwoPi) - entropy;
    }

    // With E log x = m and E x^k = exp(k m + (k s)^2 / 2).
    private static Tensor LogNormalWeibull(Arguments q, Arguments p)
    {
        var (m, s, shape, logScale) = (q[0], q[1], p[0], Log(p[1]));
        return Exp(shape * (m - logScale) + Square(shape * s) * 0.5) + shape * (logScale - m) - Log(shape) - Log(s) - StandardNormalEntropy;
    }

    // With E |x - m2| = s1 exp(-|m1 - m2| / s1) + |m1 - m2|.
    private static Tensor LaplaceLaplace(Arguments q, Arguments p)
    {
        var (shift, ratio) = (Abs(q[0] - p[0]), q[1] / p[1]);
        return ratio * Expm1(-shift / q[1]) + shift / p[1] + (ratio - 1 - Log(ratio));
    }

    // log(((s1 + s2)^2 + (m1 - m2)^2) / (4 s1 s2)). Source: Chyzak and Nielsen, A closed-form formula for the Kullback-Leibler divergence between Cauchy
    // distributions (2019), eq. 7.
    private static Tensor CauchyCauchy(Arguments q, Arguments p)
    {
        var ratio = q[1] / p[1];
        return Log1p(Square(ratio - 1) / ratio * 0.25) + LogOnePlusSquaredRatio(Abs(q[0] - p[0]), q[1] + p[1]);
    }

    // With E exp(-x / s2) = exp(-m1 / s2) Gamma(1 + s1 / s2).
    private static Tensor GumbelGumbel(Arguments q, Arguments p)
    {
        var (ratio, shift) = (q[1] / p[1], (q[0] - p[0]) / p[1]);
        return Expm1(Lgamma(ratio + 1) - shift) + shift + (ratio - 1) * EulerGamma - Log(ratio);
    }

    // The logarithm of a Weibull variable is minus a Gumbel one, with location log scale and scale 1 / shape.
    private static Tensor WeibullWeibull(Arguments q, Arguments p) =>
        GumbelGumbel([-Log(q[1]), 1 / q[0]], [-Log(p[1]), 1 / p[0]]);

    // With E cos(x - m1) = I1(k1) / I0(k1). Source: Mardia and Jupp, Directional Statistics (2000), section 3.5.4.
    private static Tensor VonMisesVonMises(Arguments q, Arguments p)
    {
        var away = Bessel.OneMinusRatio(q[1]);
        var turned = Square(Sin((q[0] - p[0]) * 0.5)) * 2;
        return Bessel.LogScaledI0(p[1]) - Bessel.LogScaledI0(q[1]) + (p[1] - q[1]) * away + p[1] * (1 - away) * turned;
    }

    private static Tensor BetaBeta(Arguments q, Arguments p)
    {
        var (a, b, c, d) = (q[0], q[1], p[0], p[1]);
        return LogBeta(c, d) - LogBeta(a, b) + (a - c) * Digamma(a) + (b - d) * Digamma(b) + (c + d - a - b) * Digamma(a + b);
    }

    // sum (a_i - c_i) (psi(a_i) - psi(sum a)) + log normaliser of c - that of a.
    private static Tensor DirichletDirichlet(Arguments q, Arguments p)
    {
        var means = Digamma(q[0]) - ExpandDims(Digamma(Sum(q[0], -1)), -1);
        return Dirichlet.LogNormaliser(p[0]) - Dirichlet.LogNormaliser(q[0]) + Sum((q[0] - p[0]) * means, -1);
    }

    private static Tensor BernoulliBernoulli(Arguments q, Arguments p) =>
        Sigmoid(q[0]) * (Softplus(-p[0]) - Softplus(-q[0])) + Sigmoid(-q[0]) * (Softplus(p[0]) - Softplus(q[0]));

    private static Tensor CategoricalCategorical(Arguments q, Arguments p)
    {
        var (logQ, logP) = (Composite.LogSoftmax(q[0]), Composite.LogSoftmax(p[0]));
        return Sum(Exp(logQ) * (logQ - logP), -1);
    }

    // x log(x / y), 0 where x is.
    private static Tensor Relative(Tensor x, Tensor y) => XLogY(x, x) - XLogY(x, y);
}
