namespace ProbNet.Backends.Torch;

/// <summary>Functions of numbers, rows and matrices.</summary>
internal static class PreludeMath
{
    public static PreludeFunction[] Functions =>
    [
        // Beyond the range of integers the nearest one; NaN gives 0.
        new("to_integer", """
            def to_integer(x: Tensor) -> Tensor:
                y = x.to(7)
                above = y >= 9223372036854775808.0
                below = y <= -9223372036854775808.0
                inside = torch.where(torch.logical_or(torch.logical_or(above, below), y != y), torch.zeros_like(y), y).to(4)
                return inside.masked_fill(above, 9223372036854775807).masked_fill(below, -9223372036854775807 - 1)
            """),
        // One order on every run: a CUDA device's index_add adds in any.
        new("scatter_add_rows", """
            def scatter_add_rows(shape: List[int], index: Tensor, rows: Tensor) -> Tensor:
                result = rows.new_zeros(shape)
                if rows.is_cuda:
                    return torch.index_put(result, [index], rows, True)
                return torch.index_add(result, 0, index, rows)
            """),
        // libtorch's own, which knows 1 - |y| only to the last digit of y, and a step of Halley's on the complementary function, which knows it exactly.
        new("erf_inverse", """
            def erf_inverse(y: Tensor) -> Tensor:
                a = torch.abs(y)
                x = torch.erfinv(a)
                newton = ((1 - a) - torch.erfc(x)) / (torch.exp(torch.neg(x * x)) * 1.1283791670955126)
                better = x - newton / (x * newton + 1)
                return torch.where(torch.logical_and(a > 0.5, a < 1), better, x) * torch.sign(y)
            """),
        // NaN in the lower triangle where the matrix is not positive definite.
        new("cholesky", """
            def cholesky(x: Tensor) -> Tensor:
                factor, info = x.linalg_cholesky_ex()
                diagonal = torch.diagonal(factor, 0, -2, -1)
                failed = torch.logical_or(info != 0, torch.logical_not(torch.all(diagonal > 0, -1))).unsqueeze(-1).unsqueeze(-1)
                return torch.where(failed, torch.tril(torch.full_like(factor, float("nan"))), torch.tril(factor))
            """),
        Polygamma,
        GammaPathwise,
    ];

    // In double precision, by recurrence to where the asymptotic series holds, and by reflection below 0: d^n/dx^n cot(pi x) is a polynomial in c = cot(pi x), since dc/dx =
    // -pi (1 + c^2). libtorch has no values of orders above 1 below 0. Source: DLMF 5.15.5, 5.15.6, 5.15.8 and 5.11.2.
    private static PreludeFunction Polygamma => new("polygamma", """
        def polygamma_positive(order: int, x: Tensor) -> Tensor:
            if order == 0:
                return torch.digamma(x)
            factorial = 1.0
            for k in range(2, order + 1):
                factorial = factorial * k
            total = torch.zeros_like(x)
            y = x
            for k in range(12 + order):
                low = y < 12.0 + order
                total = torch.where(low, total + torch.pow(y, -(order + 1)), total)
                y = torch.where(low, y + 1, y)
            tail = torch.pow(y, -order) * (1.0 / order + 0.5 / y)
            ratio = torch.pow(y, -order) / (y * y) * ((order + 1) / 2)
            bernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330, 854513.0 / 138, -236364091.0 / 2730]
            for k in range(1, 13):
                tail = tail + ratio * bernoulli[k - 1]
                ratio = ratio * ((order + 2.0 * k) * (order + 2.0 * k + 1) / ((2.0 * k + 1) * (2.0 * k + 2))) / (y * y)
            value = (total + tail) * factorial
            value = torch.where(x > 1e300, torch.zeros_like(x), value)
            return value if order % 2 == 1 else -value


        def polygamma(order: int, x: Tensor) -> Tensor:
            negative = x <= 0
            upper = polygamma_positive(order, torch.where(negative, 1 - x, x))
            fraction = torch.where(negative, x - torch.round(x), torch.full_like(x, 0.5))
            c = torch.cos(fraction * 3.141592653589793) / torch.sin(fraction * 3.141592653589793)
            polynomial = [0.0, 1.0]
            for n in range(order):
                following = [0.0]
                for i in range(len(polynomial)):
                    following.append(0.0)
                for i in range(1, len(polynomial)):
                    following[i - 1] = following[i - 1] - 3.141592653589793 * i * polynomial[i]
                    following[i + 1] = following[i + 1] - 3.141592653589793 * i * polynomial[i]
                polynomial = following
            cotangent = torch.zeros_like(x)
            for i in range(len(polynomial)):
                cotangent = cotangent * c + polynomial[len(polynomial) - 1 - i]
            below = (upper if order % 2 == 0 else -upper) - cotangent * 3.141592653589793
            pole = torch.full_like(x, float("nan") if order % 2 == 0 else float("inf"))
            below = torch.where(x == torch.floor(x), pole, below)
            return torch.where(negative, below, upper)
        """);

    // Source: Figurnov, Mohamed and Mnih, NeurIPS 2018: with psi(a+1) above log x a series of positive terms, else exp-sinh quadrature (Takahasi and Mori, 1974).
    private static PreludeFunction GammaPathwise => new("gamma_pathwise", """
        def gamma_pathwise(a: Tensor, x: Tensor) -> Tensor:
            ordinary = torch.logical_and(torch.logical_and(a > 0, torch.isfinite(a)), torch.logical_and(x > 0, torch.isfinite(x)))
            one = torch.ones_like(x)
            b = torch.where(ordinary, a, one)
            y = torch.where(ordinary, x, one)
            excess = torch.digamma(b + 1) - torch.log(y)
            lower = excess >= 0
            # Lower: x times the sum of x^k / (a (a+1) ... (a+k)) (psi(a+1) - log x + 1/(a+1) + ... + 1/(a+k)).
            term = 1 / b
            harmonic = torch.zeros_like(b)
            total = term * excess
            todo = torch.logical_and(lower, ordinary)
            k = 1
            while bool(torch.any(todo)):
                term = term * (y / (b + k))
                harmonic = harmonic + 1 / (b + k)
                added = term * (excess + harmonic)
                total = torch.where(todo, total + added, total)
                todo = torch.logical_and(todo, torch.logical_not(added <= total * 1e-17))
                k += 1
            # Upper: the integral of (1 + s/x)^(a-1) e^-s (log x - psi(a) + log(1 + s/x)).
            fixed = 1 / b - excess
            scale = 1 / (1 - (b - 1) / y + torch.sqrt(torch.clamp(b - 1, min=0.0)) / y)
            u = (torch.arange(99, dtype=7, device=b.device) - 60) * 0.0625
            nodes = torch.exp(torch.sinh(u) * 1.5707963267948966)
            weights = nodes * torch.cosh(u) * 0.09817477042468103
            integral = torch.zeros_like(b)
            for i in range(99):
                s = scale * nodes[i]
                slope = torch.log1p(s / y)
                fallen = torch.exp((b - 1) * slope - s)
                integral = torch.where(fallen == 0, integral, integral + fallen * (fixed + slope) * scale * weights[i])
            value = torch.where(lower, y * total, integral)
            # At the ends of the range 0 and infinity; NaN outside.
            bad = torch.logical_or(torch.logical_not(torch.logical_and(a > 0, torch.isfinite(a))), torch.logical_not(x >= 0))
            ends = torch.where(bad, torch.full_like(x, float("nan")), x)
            return torch.where(ordinary, value, ends)
        """);
}
