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


def one_hot(i, k):
    return [1.0 if j == i else 0.0 for j in range(k)]


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
                rows.append(",".join([*map(cell, arguments), cell(value), mp.nstr(reference, 25)]))
        with open(os.path.join(folder, name + ".csv"), "w") as out:
            out.write(f"# Log-densities of {name}, made by make_reference.py with mpmath {mp.__version__} at 60 digits; agrees with SciPy {scipy.__version__}.\n")
            out.write("# Elements of vectors and matrices (row by row) are separated by spaces.\n")
            out.write(",".join([*parameters, "value", "logDensity"]) + "\n")
            out.write("\n".join(rows) + "\n")


main()
