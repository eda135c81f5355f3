"""Writes the reference tables beside this file: arguments as exact doubles (shortest decimal that reads back), values with 25 digits.

Run with Python 3 and mpmath (Debian: python3-mpmath): python3 make_tables.py. Working precision is 60 digits, more where digits cancel.
"""
import math
import os

from mpmath import exp, erf, erfc, erfinv, expm1, gammainc, inf, isinf, isnan, log, log1p, loggamma, mp, mpf, nan, nstr, psi, sign, sin, pi

mp.dps = 60
HERE = os.path.dirname(os.path.abspath(__file__))
SUBNORMAL = [5e-324, 1e-310, -5e-324, -3e-320]
TINY = [1e-300, 1e-100, 1e-30, 1e-17, 1e-16, 3e-16, 1e-12, 1e-9, 1e-8, 1e-5, 1e-3, 0.015625, 0.1, 0.3, 0.5]
LARGE = [0.75, 0.999, 1.0, 1.001, 1.5, 2.0, 2.5, 3.14, 5.0, 7.9, 10.0, 13.3, 20.0, 26.0, 35.5, 50.0, 100.0, 300.0, 700.0]


def text(v):
    if isnan(v):
        return "NaN"
    if isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    return nstr(v, 25)


def write(name, rows):
    with open(os.path.join(HERE, name + ".csv"), "w") as out:
        for *arguments, value in rows:
            out.write(",".join([a if isinstance(a, str) else repr(a) for a in arguments] + [text(value)]) + "\n")


def both(points):
    return points + [-p for p in points]


def unary(name, f, points, special):
    rows = [(x, f(mpf(x))) for x in points]
    rows += [(a, mpf(v)) for a, v in special]
    write(name, rows)


def log_abs_gamma(x):
    if x == int(x) and x <= 0:
        return inf
    if x > 0:
        return loggamma(x)
    return log(pi / abs(sin(pi * x))) - loggamma(1 - x)


def pathwise(a, x):
    a, x = mpf(a), mpf(x)
    saved = mp.dps
    mp.dps = 90
    h = a * mpf(10) ** -30
    lower = x < a + 1
    cdf = (lambda s: gammainc(s, 0, x, regularized=True)) if lower else (lambda s: -gammainc(s, x, inf, regularized=True))
    slope = (cdf(a + h) - cdf(a - h)) / (2 * h)
    value = -slope / exp((a - 1) * log(x) - x - loggamma(a))
    mp.dps = saved
    return value


SPECIAL_NAN = [("NaN", "nan")]
unary("log1p", log1p, [x for x in SUBNORMAL] + both(TINY) + [-0.75, -0.9, -0.999999, -1 + 2.0**-53] + LARGE + [1e10, 1e300],
      SPECIAL_NAN + [("Infinity", "inf"), ("-1.0", "-inf"), ("-2.0", "nan"), ("-Infinity", "nan")])
unary("expm1", expm1, [x for x in SUBNORMAL] + both(TINY) + both(LARGE) + [709.7, -745.0, -1000.0],
      SPECIAL_NAN + [("Infinity", "inf"), ("-Infinity", "-1"), ("1000.0", "inf")])
unary("sigmoid", lambda x: 1 / (1 + exp(-x)), [x for x in SUBNORMAL] + both(TINY) + both(LARGE) + [-708.0], SPECIAL_NAN + [("Infinity", "1"), ("-Infinity", "0")])
unary("softplus", lambda x: log1p(exp(x)), [x for x in SUBNORMAL] + both(TINY) + both(LARGE) + [-708.0, 1e300], SPECIAL_NAN + [("Infinity", "inf"), ("-Infinity", "0")])
unary("erf", erf, [x for x in SUBNORMAL] + both(TINY) + both([x for x in LARGE if x < 30]) + [100.0], SPECIAL_NAN + [("Infinity", "1"), ("-Infinity", "-1")])
unary("erfc", erfc, [x for x in SUBNORMAL] + both(TINY) + both([x for x in LARGE if x <= 26]) + [4.1, 6.5, 17.25], SPECIAL_NAN + [("Infinity", "0"), ("-Infinity", "2"), ("28.0", "0")])
unary("erfcx", lambda x: exp(x * x) * erfc(x), [x for x in SUBNORMAL] + both(TINY) + both([x for x in LARGE if x <= 26]) + [35.5, 300.0, 1e5], SPECIAL_NAN + [("Infinity", "0"), ("-Infinity", "inf"), ("-28.0", "inf")])
unary("erfinv", erfinv, [x for x in SUBNORMAL] + both(TINY) + both([0.47, 0.499, 0.501, 0.7, 0.9, 0.99, 0.9999, 0.9999999, 1 - 2.0**-40, 1 - 2.0**-53]),
      SPECIAL_NAN + [("1.0", "inf"), ("-1.0", "-inf"), ("1.5", "nan"), ("-Infinity", "nan")])
POSITIVE = [x for x in SUBNORMAL if x > 0] + TINY + LARGE + [0.49999, 1.4616321449683622, 1.49999, 1.9999, 2.0001, 2.4999, 9.99, 10.01, 1e5, 1e10, 1e100]
NEGATIVE = [-1e-30, -1e-9, -0.1, -0.4999, -0.5001, -0.9, -1.5, -1.0001, -2.4570247, -3.3, -7.75, -20.5, -100.25]
unary("lgamma", log_abs_gamma, POSITIVE + [1e300] + NEGATIVE, SPECIAL_NAN + [("Infinity", "inf"), ("-Infinity", "inf"), ("0.0", "inf"), ("-3.0", "inf")])
write("polygamma", [(str(n), x, psi(n, mpf(x))) for n in range(5) for x in POSITIVE + NEGATIVE if abs(x) > 1e-20 and (x > 1e-9 or n < 2 or abs(x) > 1e-3)]
      + [(n, x, mpf(v)) for n, x, v in [("0", "NaN", "nan"), ("0", "Infinity", "inf"), ("1", "Infinity", "0"), ("0", "-2.0", "nan"), ("1", "-2.0", "inf"), ("0", "0.0", "nan")]])

pairs = []
for a in [1e-3, 0.01, 0.1, 0.37, 0.9, 1.0, 1.6, 2.0, 5.5, 13.0, 50.0, 200.0, 1000.0, 1e4]:
    for z in [-4, -3, -2, -1, -0.3, 0, 0.4, 1, 2, 3.5, 5, 7]:
        x = a + z * math.sqrt(a)
        if x > 0:
            pairs.append((a, x))
    pairs += [(a, a * f) for f in [1e-8, 0.05, 0.5, 1.7, 4.0]] + [(a, a + s) for s in [0.45, 0.55, 1.3, 6.0, 30.0]]
pairs += [(0.01, 1e-200), (0.001, 1e-300), (0.1, 1e-30), (0.37, 1e-12), (1.0, 1e-300), (1.0, 5e-324)]
write("gamma_pathwise", [(a, x, pathwise(a, x)) for a, x in pairs] + [("1.5", "0.0", mpf(0)), ("0.0", "1.0", nan), ("2.0", "NaN", nan), ("2.0", "Infinity", inf)])
