#!/usr/bin/python3
"""Writes one table of reference log-densities for each family, beside this script.

Needs Debian's python3-scipy and python3-mpmath. Each log-density is computed from the textbook formula with 60 significant digits (mpmath), at
arguments that are exact binary doubles, and compared with SciPy wherever SciPy's own value is finite. Run it again after adding a row below.
"""
import os
import mpmath as mp
import numpy as np
import scipy
import scipy.special
from scipy import stats

mp.mp.dps = 60
f = mp.mpf
LOG2PI = mp.log(2 * mp.pi)


def log_normal_pdf(x, loc, scale):
    return -((f(x) - f(loc)) / f(scale)) ** 2 / 2 - mp.log(f(scale)) - LOG2PI / 2


def gamma_pdf(x, a, r):
    return f(a) * mp.log(f(r)) + (f(a) - 1) * mp.log(f(x)) - f(r) * f(x) - mp.loggamma(f(a))


def inverse_gamma_pdf(x, a, b):
    return f(a) * mp.log(f(b)) - (f(a) + 1) * mp.log(f(x)) - f(b) / f(x) - mp.loggamma(f(a))


def beta_pdf(x, a, b):
    a, b, x = f(a), f(b), f(x)
    return (a - 1) * mp.log(x) + (b - 1) * mp.log(1 - x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)


def mixture_pdf(x, p, wide, narrow):
    return mp.log(f(p) * mp.exp(log_normal_pdf(x, 0, wide)) + (1 - f(p)) * mp.exp(log_normal_pdf(x, 0, narrow)))


def log_softmax(i, logits):
    return f(logits[i]) - mp.log(mp.fsum(mp.exp(f(v)) for v in logits))


def multivariate_pdf(x, loc, chol):
    k = len(loc)
    z = []
    for i in range(k):
        z.append((f(x[i]) - f(loc[i]) - mp.fsum(f(chol[i * k + j]) * z[j] for j in range(i))) / f(chol[i * k + i]))
    return -mp.fsum(v * v for v in z) / 2 - mp.fsum(mp.log(f(chol[i * k + i])) for i in range(k)) - k * LOG2PI / 2


def scipy_multivariate(x, loc, chol):
    k = len(loc)
    lower = np.array(chol).reshape(k, k)
    return stats.multivariate_normal.logpdf(np.array(x), np.array(loc), lower @ lower.T)


def log_binomial(k, n, p, q):
    # The probability and its complement are given separately, as a caller may know either exactly; certain outcomes contribute nothing.
    choose = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    return choose + (k * mp.log(p) if k else 0) + ((n - k) * mp.log(q) if n - k else 0)


def binomial_logits(k, n, l):
    return log_binomial(f(k), f(n), 1 / (1 + mp.exp(-f(l))), 1 / (1 + mp.exp(f(l))))


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def beta_binomial(k, n, a, b):
    k, n, a, b = f(k), f(n), f(a), f(b)
    return log_beta(k + a, n - k + b) - log_beta(a, b) + mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)


def negative_binomial(k, m, r):
    k, m, r = f(k), f(m), f(r)
    return mp.loggamma(k + r) - mp.loggamma(k + 1) - mp.loggamma(r) + r * mp.log(r / (r + m)) + k * mp.log(m / (r + m))


def multinomial(x, n, logp):
    return mp.loggamma(f(n) + 1) + mp.fsum((v * l if v else 0) - mp.loggamma(f(v) + 1) for v, l in zip(x, logp))


def multinomial_logits(x, n, logits):
    return multinomial(x, n, [log_softmax(i, logits) for i in range(len(logits))])


def multinomial_probs(x, n, probs):
    return multinomial(x, n, [mp.log(f(p)) if p else None for p in probs])


def ordered_logistic(y, eta, cuts):
    def below(c):
        return 1 / (1 + mp.exp(f(eta) - f(c)))

    high = below(cuts[y]) if y < len(cuts) else f(1)
    low = below(cuts[y - 1]) if y > 0 else f(0)
    return mp.log(high - low)


def dirichlet_multinomial(x, n, a):
    total = mp.fsum(map(f, a))
    return (mp.loggamma(f(n) + 1) + mp.loggamma(total) - mp.loggamma(n + total)
            + mp.fsum(mp.loggamma(v + f(c)) - mp.loggamma(f(c)) - mp.loggamma(f(v) + 1) for v, c in zip(x, a)))


def scipy_dirichlet_multinomial(x, n, a):
    # One label after the other: each count is beta-binomial given those before it.
    return sum(stats.betabinom.logpmf(x[i], n - sum(x[:i]), a[i], sum(a[i + 1:])) for i in range(len(x) - 1))


def scipy_ordered_logistic(y, eta, cuts):
    edges = np.array([-np.inf, *cuts, np.inf]) - eta
    # From the side on which the probabilities are small.
    return np.log(np.diff(scipy.special.expit(edges))[y] if edges[y] < 0 else -np.diff(scipy.special.expit(-edges))[y])


def dirichlet(x, a):
    return mp.loggamma(mp.fsum(map(f, a))) + mp.fsum(((f(v) - 1) * mp.log(f(p)) if v != 1 else 0) - mp.loggamma(f(v)) for p, v in zip(x, a))


def scipy_dirichlet(x, a):
    # SciPy insists that the components, as rounded, sum to 1.
    return stats.dirichlet.logpdf(np.array(x) / np.sum(x), np.array(a))


def multivariate_t(x, df, loc, chol):
    k = len(loc)
    z = []
    for i in range(k):
        z.append((f(x[i]) - f(loc[i]) - mp.fsum(f(chol[i * k + j]) * z[j] for j in range(i))) / f(chol[i * k + i]))
    v = f(df)
    return (mp.loggamma((v + k) / 2) - mp.loggamma(v / 2) - k * mp.log(mp.pi * v) / 2 - mp.fsum(mp.log(f(chol[i * k + i])) for i in range(k))
            - (v + k) / 2 * mp.log(1 + mp.fsum(a * a for a in z) / v))


def scipy_multivariate_t(x, df, loc, chol):
    k = len(loc)
    lower = np.array(chol).reshape(k, k)
    return stats.multivariate_t.logpdf(np.array(x), np.array(loc), lower @ lower.T, df)


def lkj_cholesky(x, eta):
    # Theorem 5 of Lewandowski, Kurowicka and Joe (2009) for the matrix, equation (16), and the Jacobian from the factor to the matrix,
    # prod_i L[i, i]^(d - i): not the formula that the library uses.
    d = int(round(len(x) ** 0.5))
    eta = f(eta)
    log_c = f(0)
    for j in range(1, d):
        b = eta + f(d - j - 1) / 2
        log_c += (2 * eta - 2 + d - j) * (d - j) * mp.log(2) + (d - j) * log_beta(b, b)
    diagonal = [f(x[i * d + i]) for i in range(d)]
    return (eta - 1) * 2 * mp.fsum(map(mp.log, diagonal)) - log_c + mp.fsum((d - 1 - i) * mp.log(diagonal[i]) for i in range(d))


def factor(partial):
    # The Cholesky factor of a correlation matrix with these partial correlations, row by row.
    d = len(partial) + 1
    out = [1.0] + [0.0] * (d - 1)
    for row in partial:
        left, cells = 1.0, []
        for z in row:
            cells.append(z * left ** 0.5)
            left *= 1 - z * z
        out += cells + [left ** 0.5] + [0.0] * (d - len(row) - 1)
    return out


def one_hot(i, k):
    return [1.0 if j == i else 0.0 for j in range(k)]


def student_pdf(x, df, loc, scale):
    df, z = f(df), (f(x) - f(loc)) / f(scale)
    return mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2 - mp.log(f(scale)) - (df + 1) / 2 * mp.log(1 + z * z / df)


def log_normal_mass(a, b):
    # In the tail in which the masses are small: 60 digits do not reach past the others.
    if a + b > 0:
        a, b = -b, -a
    return mp.log((mp.erfc(-b / mp.sqrt(2)) - mp.erfc(-a / mp.sqrt(2))) / 2)


def truncated_pdf(x, loc, scale, low, high):
    m, s = f(loc), f(scale)
    return log_normal_pdf(x, loc, scale) - log_normal_mass((f(low) - m) / s, (f(high) - m) / s)


def scipy_truncated(x, loc, scale, low, high):
    return stats.truncnorm.logpdf(x, (low - loc) / scale, (high - loc) / scale, loc, scale)


def weibull_pdf(x, k, s):
    r = f(x) / f(s)
    return mp.log(f(k) / f(s)) + (f(k) - 1) * mp.log(r) - r ** f(k)


# Family: parameter names; formula(value, *arguments); SciPy's (value, *arguments); argument tuples, each with its values.
FAMILIES = {
    "normal": (["loc", "scale"], log_normal_pdf, lambda x, m, s: stats.norm.logpdf(x, m, s), [
        ((0.7, 1.3), [0.7, -2.5, 3.1, 40.0]), ((-120.0, 0.01), [-120.0, -119.97, 1e4]), ((0.0, 1.0), [1e10, -1e100, 1e-300]), ((5.0, 1e150), [0.0, 1e151])]),
    "halfNormal": (["scale"], lambda x, s: mp.log(2) + log_normal_pdf(x, 0, s), lambda x, s: stats.halfnorm.logpdf(x, 0, s), [
        ((1.7,), [0.0, 0.3, 2.2, 31.0]), ((1e-5,), [0.0, 2e-5, 7.0]), ((3e8,), [1.0, 2e8, 1e12])]),
    "logNormal": (["loc", "scale"], lambda x, m, s: log_normal_pdf(mp.log(f(x)), m, s) - mp.log(f(x)), lambda x, m, s: stats.lognorm.logpdf(x, s, 0, np.exp(m)), [
        ((0.3, 0.6), [0.2, 1.35, 8.0]), ((-4.0, 2.5), [1e-300, 0.02, 1e300]), ((30.0, 0.05), [1.0686e13, 1.2e13])]),
    "halfCauchy": (["scale"], lambda x, s: mp.log(2 / mp.pi) - mp.log(f(s)) - mp.log(1 + (f(x) / f(s)) ** 2), lambda x, s: stats.halfcauchy.logpdf(x, 0, s), [
        ((2.3,), [0.0, 0.4, 2.3, 19.0, 1e12]), ((1e-6,), [1e-6, 3.0, 1e200, 1e305]), ((5e9,), [1.0, 1e10, 1e308])]),
    "exponential": (["rate"], lambda x, r: mp.log(f(r)) - f(r) * f(x), lambda x, r: stats.expon.logpdf(x, 0, 1 / r), [
        ((0.7,), [0.0, 0.9, 3.7, 600.0]), ((4e6,), [0.0, 1e-7, 2.0]), ((1e-9,), [0.0, 3e8, 1e13])]),
    "gamma": (["shape", "rate"], gamma_pdf, lambda x, a, r: stats.gamma.logpdf(x, a, 0, 1 / r), [
        ((2.3, 0.7), [0.1, 1.9, 25.0]), ((0.05, 3.0), [1e-300, 0.01, 40.0]), ((1.0, 5.0), [1e-12, 0.2, 9.0]), ((250.0, 40.0), [6.2, 0.01, 900.0]), ((1e5, 1e5), [1.0, 1.01])]),
    "inverseGamma": (["shape", "scale"], inverse_gamma_pdf, lambda x, a, b: stats.invgamma.logpdf(x, a, 0, b), [
        ((2.5, 1.5), [0.05, 0.6, 12.0]), ((0.4, 7.0), [0.02, 5.0, 1e250]), ((90.0, 300.0), [3.3, 0.9, 50.0])]),
    "beta": (["a", "b"], beta_pdf, lambda x, a, b: stats.beta.logpdf(x, a, b), [
        ((2.3, 3.7), [0.02, 0.4, 0.98]), ((0.2, 0.3), [1e-300, 0.5, 1 - 2.0 ** -50]), ((400.0, 150.0), [0.73, 0.2, 0.99]), ((1.0, 1.0), [0.25]),
        ((1.5, 1e8), [1e-8, 5e-8]), ((1e6, 2e6), [0.3333, 0.334]), ((12.5, 0.5), [0.9, 0.1])]),
    "uniform": (["low", "high"], lambda x, a, b: -mp.log(f(b) - f(a)), lambda x, a, b: stats.uniform.logpdf(x, a, b - a), [
        ((-1.7, 2.6), [-1.7, 0.3, 2.6]), ((1e-9, 3e-9), [2e-9]), ((-1e150, 1e150), [7.0])]),
    "studentT": (["df", "loc", "scale"], student_pdf, lambda x, n, m, s: stats.t.logpdf(x, n, m, s), [
        ((4.7, 0.6, 1.3), [0.6, -1.9, 30.0]), ((0.4, -20.0, 0.02), [-20.0, 1e9, -1e200]), ((3e6, 2.0, 40.0), [2.5, 130.0, -500.0])]),
    "halfStudentT": (["df", "scale"], lambda x, n, s: mp.log(2) + student_pdf(x, n, 0, s), lambda x, n, s: np.log(2) + stats.t.logpdf(x, n, 0, s), [
        ((3.7, 1.6), [0.0, 0.4, 19.0]), ((0.8, 1e-4), [3e-5, 1e200]), ((1e5, 6e7), [1e8, 4e8])]),
    "cauchy": (["loc", "scale"], lambda x, m, s: -mp.log(mp.pi * f(s)) - mp.log(1 + ((f(x) - f(m)) / f(s)) ** 2), lambda x, m, s: stats.cauchy.logpdf(x, m, s), [
        ((0.7, 1.6), [0.7, -2.0, 9.0]), ((-4e3, 1e-3), [-4e3, -4000.002, 1e200]), ((1.0, 5e8), [-3e9, 1e250])]),
    "laplace": (["loc", "scale"], lambda x, m, s: -abs(f(x) - f(m)) / f(s) - mp.log(2 * f(s)), lambda x, m, s: stats.laplace.logpdf(x, m, s), [
        ((0.7, 1.6), [0.7, -2.0, 9.0]), ((-40.0, 0.01), [-40.01, 1e6]), ((3.0, 5e8), [1e11])]),
    "logistic": (["loc", "scale"], lambda x, m, s: -(f(x) - f(m)) / f(s) - mp.log(f(s)) - 2 * mp.log(1 + mp.exp(-(f(x) - f(m)) / f(s))), lambda x, m, s: stats.logistic.logpdf(x, m, s), [
        ((0.7, 1.6), [0.7, -2.0, 9.0]), ((-40.0, 0.5), [-41.0, 300.0, -600.0]), ((3.0, 5e8), [1e11])]),
    "gumbel": (["loc", "scale"], lambda x, m, s: -(f(x) - f(m)) / f(s) - mp.exp(-(f(x) - f(m)) / f(s)) - mp.log(f(s)), lambda x, m, s: stats.gumbel_r.logpdf(x, m, s), [
        ((0.7, 1.6), [0.7, -2.0, 9.0]), ((-40.0, 0.5), [-41.5, 700.0, -70.0]), ((3.0, 5e8), [-2e9, 1e11])]),
    "weibull": (["shape", "scale"], weibull_pdf, lambda x, k, s: stats.weibull_min.logpdf(x, k, 0, s), [
        ((1.7, 2.4), [0.3, 2.0, 9.0]), ((0.3, 1e-3), [1e-300, 1e-4, 50.0]), ((40.0, 7e5), [6.9e5, 3e5, 7.6e5])]),
    "pareto": (["scale", "shape"], lambda x, m, a: mp.log(f(a)) + f(a) * mp.log(f(m)) - (f(a) + 1) * mp.log(f(x)), lambda x, m, a: stats.pareto.logpdf(x, a, 0, m), [
        ((1.3, 3.6), [1.3, 2.0, 70.0]), ((20.0, 0.4), [25.0, 1e200]), ((3e5, 60.0), [3.1e5, 1e7])]),
    "chiSquared": (["df"], lambda x, n: gamma_pdf(x, f(n) / 2, 0.5), lambda x, n: stats.chi2.logpdf(x, n), [
        ((4.7,), [0.4, 3.9, 30.0]), ((0.8,), [1e-300, 0.02, 55.0]), ((9000.0,), [9005.0, 500.0, 30000.0])]),
    "logitNormal": (["loc", "scale"], lambda x, m, s: log_normal_pdf(mp.log(f(x) / (1 - f(x))), m, s) - mp.log(f(x) * (1 - f(x))),
                    lambda x, m, s: stats.norm.logpdf(scipy.special.logit(x), m, s) - np.log(x) - np.log1p(-x), [
        ((0.4, 0.9), [0.6, 0.1, 0.97]), ((-8.0, 2.1), [1e-300, 3e-4, 0.9]), ((2.0, 0.01), [0.88, 0.9])]),
    "kumaraswamy": (["a", "b"], lambda x, a, b: mp.log(f(a) * f(b)) + (f(a) - 1) * mp.log(f(x)) + (f(b) - 1) * mp.log(1 - f(x) ** f(a)),
                    lambda x, a, b: np.log(a * b) + (a - 1) * np.log(x) + (b - 1) * np.log1p(-x ** a), [
        ((2.3, 3.7), [0.4, 0.07, 0.93]), ((0.3, 0.6), [1e-200, 0.2, 0.999999]), ((30.0, 4.0), [0.95, 0.4, 0.999])]),
    "truncatedNormal": (["loc", "scale", "low", "high"], truncated_pdf, scipy_truncated, [
        ((0.7, 1.3, -0.9, 2.6), [-0.9, 0.3, 2.6]), ((0.0, 1.0, 8.0, 9.5), [8.0, 9.0]), ((2.0, 0.5, -7.0, 1.2), [1.1, -3.0]), ((0.0, 1.0, -1e3, -990.0), [-991.0, -990.0]), ((0.0, 1.0, 1e4, 10001.0), [10000.0, 10000.5]),
        ((-1.0, 2.0, -80.0, 75.0), [-1.5, 60.0])]),
    "vonMises": (["loc", "concentration"], lambda x, m, k: f(k) * mp.cos(f(x) - f(m)) - mp.log(2 * mp.pi * mp.besseli(0, f(k))), lambda x, m, k: stats.vonmises.logpdf(x, k, m), [
        ((0.4, 1.7), [0.4, -2.9, 3.0]), ((1.0, 1e-6), [0.5]), ((-9.0, 49.9), [-2.7, 0.2]), ((-9.0, 50.1), [-2.7, 0.2]), ((2.0, 3e5), [2.0, 1.9, -1.0])]),
    "normalScaleMixture": (["p", "wide", "narrow"], mixture_pdf,
                           lambda x, p, w, n: np.logaddexp(np.log(p) + stats.norm.logpdf(x, 0, w), np.log1p(-p) + stats.norm.logpdf(x, 0, n)), [
        ((0.3, 1.7, 0.4), [0.0, 0.5, -2.0, 50.0]), ((0.25, 1.0, 0.0025), [0.0, 0.004, 0.3, 30.0]), ((1e-9, 300.0, 2.0), [1.0, 40.0, 1e6]), ((0.5, 1.0, 1.0), [0.7])]),
    "multivariateNormal": (["loc", "cholesky"], multivariate_pdf, scipy_multivariate, [
        (([0.7, -1.2, 2.1], [1.3, 0.0, 0.0, -0.4, 0.6, 0.0, 0.9, 0.25, 1.7]), [[0.7, -1.2, 2.1], [1.0, 0.0, 5.0], [-20.0, 30.0, 4.0]]),
        (([2.0], [0.3]), [[2.4]]),
        (([0.0, 1.0], [0.01, 0.0, 4.0, 10.0]), [[0.02, 9.0], [1e6, -1e6]]),
        (([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 0, 0, 0, 0, .5, 1.1, 0, 0, 0, -.3, .2, .7, 0, 0, 1.0, -1.0, .4, 3.0, 0, .1, .2, .3, .4, .5]), [[0.0, 0.0, 0.0, 0.0, 0.0]])]),
    "bernoulli": (["logits"], lambda x, l: -mp.log(1 + mp.exp(-f(l) if x else f(l))), lambda x, l: stats.bernoulli.logpmf(x, 1 / (1 + np.exp(-l))), [
        ((0.7,), [0, 1]), ((-30.0,), [0, 1]), ((800.0,), [0, 1])]),
    "bernoulliProbs": (["prob"], lambda x, p: mp.log(f(p)) if x else mp.log(1 - f(p)), lambda x, p: stats.bernoulli.logpmf(x, p), [
        ((0.3,), [0, 1]), ((1e-250,), [0, 1]), ((1 - 2.0 ** -45,), [0, 1])]),
    "categorical": (["logits"], lambda i, l: log_softmax(i, l), lambda i, l: scipy.special.log_softmax(l)[i], [
        (([0.3, -1.1, 0.9, 0.0, 1.7],), [0, 1, 2, 3, 4]), (([500.0, -600.0, 499.0],), [0, 1, 2]), (([4.0],), [0])]),
    "categoricalProbs": (["probs"], lambda i, p: mp.log(f(p[i])), lambda i, p: np.log(p[i]), [
        (([0.125, 0.25, 0.0625, 0.5625],), [0, 1, 2, 3]), (([0.0, 1.0],), [1]), (([1e-200, 1.0],), [0, 1])]),
    "oneHotCategorical": (["logits"], lambda x, l: log_softmax(x.index(1.0), l), lambda x, l: stats.multinomial.logpmf(x, 1, scipy.special.softmax(l)), [
        (([0.3, -1.1, 0.9],), [one_hot(i, 3) for i in range(3)]), (([-2.0, 700.0, 5.0, 699.0],), [one_hot(i, 4) for i in range(4)])]),
    "poisson": (["rate"], lambda k, r: k * mp.log(f(r)) - f(r) - mp.loggamma(k + 1), lambda k, r: stats.poisson.logpmf(k, r), [
        ((3.7,), [0, 1, 4, 30]), ((1e-12,), [0, 1, 3]), ((2000.0,), [0, 2000, 2100, 100000])]),
    "binomial": (["trials", "logits"], binomial_logits, lambda k, n, l: stats.binom.logpmf(k, n, scipy.special.expit(l)), [
        ((13, 0.7), [0, 5, 13]), ((1, -2.5), [0, 1]), ((1000000, -1.25), [0, 222700, 230000, 1000000]), ((50, 600.0), [0, 49, 50]), ((0, 1.5), [0])]),
    "binomialProbs": (["trials", "prob"], lambda k, n, p: log_binomial(f(k), f(n), f(p), 1 - f(p)), lambda k, n, p: stats.binom.logpmf(k, n, p), [
        ((13, 0.25), [0, 5, 13]), ((100000, 0.375), [0, 37500, 38000]), ((7, 1e-200), [0, 1, 7]), ((9, 0.0), [0]), ((9, 1.0), [9]), ((30, 1 - 2.0 ** -40), [0, 30])]),
    "betaBinomial": (["trials", "a", "b"], beta_binomial, lambda k, n, a, b: stats.betabinom.logpmf(k, n, a, b), [
        ((13, 2.3, 3.7), [0, 5, 13]), ((1, 0.25, 5.0), [0, 1]), ((900, 40.0, 90.0), [0, 277, 900]), ((60, 0.01, 300.0), [0, 3, 60])]),
    "negativeBinomial": (["mean", "dispersion"], negative_binomial, lambda k, m, r: stats.nbinom.logpmf(k, r, r / (r + m)), [
        ((3.7, 2.2), [0, 1, 4, 60]), ((0.02, 0.3), [0, 1, 30]), ((500.0, 12.5), [0, 480, 5000]), ((6.0, 1e5), [0, 6, 100]), ((1e-9, 4.0), [0, 2])]),
    "geometric": (["logits"], lambda k, l: -mp.log(1 + mp.exp(-f(l))) - k * mp.log(1 + mp.exp(f(l))), lambda k, l: stats.geom.logpmf(k + 1, scipy.special.expit(l)), [
        ((-0.7,), [0, 1, 9]), ((-20.0,), [0, 1000000000]), ((300.0,), [0, 2])]),
    "geometricProbs": (["prob"], lambda k, p: mp.log(f(p)) + k * mp.log(1 - f(p)), lambda k, p: stats.geom.logpmf(k + 1, p), [
        ((0.3,), [0, 1, 9]), ((1e-12,), [0, 1000000000]), ((1 - 2.0 ** -40,), [0, 2])]),
    "multinomial": (["trials", "logits"], multinomial_logits, lambda x, n, l: stats.multinomial.logpmf(x, n, scipy.special.softmax(l)), [
        ((7, [0.3, -1.1, 0.9]), [[2, 1, 4], [0, 7, 0]]), ((1000, [1.5, -0.5, 0.0, 2.0]), [[300, 50, 60, 590], [0, 0, 1000, 0]]), ((3, [500.0, -600.0, 499.0]), [[2, 0, 1], [0, 3, 0]])]),
    "multinomialProbs": (["trials", "probs"], multinomial_probs, lambda x, n, p: stats.multinomial.logpmf(x, n, p), [
        ((6, [0.125, 0.25, 0.0625, 0.5625]), [[1, 2, 0, 3], [0, 0, 6, 0]]), ((5, [0.125, 0.0, 0.875]), [[2, 0, 3]]), ((20000, [0.5, 0.25, 0.25]), [[10000, 5100, 4900]])]),
    "dirichletMultinomial": (["trials", "concentration"], dirichlet_multinomial, scipy_dirichlet_multinomial, [
        ((7, [2.25, 0.75, 3.5]), [[2, 1, 4], [0, 7, 0]]), ((40, [0.25, 0.0625]), [[33, 7], [0, 40]]), ((1000, [150.0, 40.0, 0.5]), [[780, 215, 5], [0, 1000, 0]]), ((0, [1.0, 2.0]), [[0, 0]])]),
    "orderedLogistic": (["eta", "cutpoints"], ordered_logistic, scipy_ordered_logistic, [
        ((0.4, [-1.25, 0.125, 0.875, 2.625]), [0, 1, 2, 3, 4]), ((-30.0, [-1.0, -0.9990234375, 40.0]), [0, 1, 2]), ((700.0, [5.0]), [0, 1]), ((3.0, [2.0, 2.0 + 2.0 ** -20]), [1])]),
    "dirichlet": (["concentration"], dirichlet, scipy_dirichlet, [
        (([2.25, 0.75, 3.5],), [[0.25, 0.125, 0.625], [0.5, 0.4375, 0.0625]]), (([0.5, 0.25],), [[0.875, 0.125], [1 - 2.0 ** -30, 2.0 ** -30]]),
        (([1.0, 1.0, 1.0, 1.0],), [[0.0, 0.25, 0.25, 0.5]]), (([400.0, 150.0, 50.0],), [[0.6875, 0.25, 0.0625]])]),
    "multivariateStudentT": (["df", "loc", "cholesky"], multivariate_t, scipy_multivariate_t, [
        ((7.5, [0.7, -1.2, 2.1], [1.3, 0.0, 0.0, -0.4, 0.6, 0.0, 0.9, 0.25, 1.7]), [[0.7, -1.2, 2.1], [1.0, 0.0, 5.0], [-20.0, 30.0, 4.0]]),
        ((0.5, [2.0], [0.3]), [[2.4], [1e200]]), ((2e7, [0.0, 1.0], [0.01, 0.0, 4.0, 10.0]), [[0.02, 9.0]])]),
    "lkjCholesky": (["shape"], lkj_cholesky, lambda x, eta: np.nan, [
        ((1.0,), [factor([[0.3]]), factor([[-0.5], [0.25, 0.75]])]), ((2.5,), [factor([[0.875]]), factor([[0.3], [-0.5, 0.2]]), factor([[0.1], [0.2, -0.3], [0.4, 0.5, -0.6], [0.7, -0.8, 0.9, 0.05]])]),
        ((0.25,), [factor([[0.5], [-0.125, 0.99]])]), ((60.0,), [factor([[0.1], [-0.05, 0.02]])])]),
}


def cell(v):
    if isinstance(v, list):
        return " ".join(repr(x) for x in v)
    return repr(v)


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    for name, (parameters, formula, peer, cases) in FAMILIES.items():
        rows = []
        for arguments, values in cases:
            for value in values:
                reference = formula(value, *arguments)
                with np.errstate(all="ignore"):
                    other = float(peer(value, *arguments))
                if np.isfinite(other):
                    # SciPy loses digits by cancellation where its terms are large; 1e-7 of the result or of 1 still tells formulas apart.
                    assert abs(other - reference) <= 1e-7 * (1 + abs(reference)), (name, arguments, value, float(reference), other)
                else:
                    print(f"{name}{arguments} at {value}: SciPy gives {other}, the formula {mp.nstr(reference, 8)}")
                assert mp.isfinite(reference), (name, arguments, value)
                rows.append(",".join([*map(cell, arguments), cell(value), mp.nstr(reference, 25)]))
        with open(os.path.join(folder, name + ".csv"), "w") as out:
            out.write(f"# Log-densities of {name}, made by make_reference.py with mpmath {mp.__version__} at 60 digits; agrees with SciPy {scipy.__version__}.\n")
            out.write("# Elements of vectors and matrices (row by row) are separated by spaces.\n")
            out.write(",".join([*parameters, "value", "logDensity"]) + "\n")
            out.write("\n".join(rows) + "\n")


main()
