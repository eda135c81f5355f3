namespace ProbNet.Graph;

/// <summary>The logarithm of the gamma function and its derivatives on the whole real line.</summary>
internal static class GammaFunction
{
    // zeta(k) - 1 for k = 2, 3, …
    private static readonly double[] ZetaMinusOne =
    [
        0.64493406684822643647, 0.2020569031595942854, 0.082323233711138191516, 0.036927755143369926331,
        0.017343061984449139715, 0.0083492773819228268398, 0.0040773561979443393787, 0.0020083928260822144179,
        0.00099457512781808533715, 0.0004941886041194645587, 0.00024608655330804829864, 0.00012271334757848914675,
        0.000061248135058704829259, 0.000030588236307020493552, 0.000015282259408651871733, 7.6371976378997622736e-6,
        3.8172932649998398565e-6, 1.9082127165539389257e-6, 9.5396203387279611315e-7, 4.7693298678780646312e-7,
        2.3845050272773299e-7, 1.1921992596531107307e-7, 5.9608189051259479612e-8, 2.9803503514652280186e-8,
        1.4901554828365041235e-8, 7.450711789835429492e-9, 3.7253340247884570548e-9, 1.8626597235130490064e-9,
        9.3132743241966818287e-10, 4.656629065033784073e-10,
    ];

    // Bernoulli numbers B2, B4, …
    private static readonly double[] Bernoulli =
    [
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330,
        854513.0 / 138, -236364091.0 / 2730,
    ];

    private const double EulerGamma = 0.57721566490153286061;
    private const double HalfLogTwoPi = 0.91893853320467274178;

    public static double LogAbs(double x)
    {
        if (double.IsNaN(x)) return x;
        if (double.IsInfinity(x)) return double.PositiveInfinity;
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return double.PositiveInfinity;
            // Reflection: Gamma(x) Gamma(1 - x) = pi / sin(pi x).
            if (x < -0.5) return Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - LogAbs(1 - x);
            return AboutOne(x) - Math.Log(-x);
        }
        if (x < 0.5) return AboutOne(x) - Math.Log(x);
        if (x < 1.5) return AboutOne(x - 1);
        if (x < 10)
        {
            var product = 1.0;
            while (x >= 2.5) product *= --x;
            return AboutTwo(x - 2) + (product == 1 ? 0 : Math.Log(product));
        }
        var sum = 0.0;
        var power = 1 / x;
        for (var k = 1; k <= 10; k++)
        {
            sum += Bernoulli[k - 1] / (2 * k * (2 * k - 1)) * power;
            power /= x * x;
        }
        return (x - 0.5) * (Math.Log(x) - 1) + (HalfLogTwoPi - 0.5) + sum;
    }

    /// <summary>log Gamma(1 + z), |z| ≤ 1/2: relative accuracy at the zero z = 0.</summary>
    private static double AboutOne(double z) => AboutTwo(z) - SpecialFunctions.Log1p(z);

    /// <summary>log Gamma(2 + z) = (1 - gamma) z + sum over k ≥ 2 of (-z)^k (zeta(k) - 1) / k, |z| ≤ 1/2.</summary>
    private static double AboutTwo(double z)
    {
        var sum = 0.0;
        for (var k = ZetaMinusOne.Length + 1; k >= 2; k--) sum = ZetaMinusOne[k - 2] / k - z * sum;
        return z * (1 - EulerGamma + z * sum);
    }

    /// <summary>Recurrence up to the asymptotic region, reflection below 0. Source: DLMF 5.15.5, 5.15.6, 5.15.8 and 5.11.2.</summary>
    public static double Polygamma(int order, double x)
    {
        if (order < 0) throw new ArgumentOutOfRangeException(nameof(order), order, "a polygamma function has an order of 0 or more");
        if (double.IsNaN(x)) return x;
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return order % 2 == 0 ? double.NaN : double.PositiveInfinity;
            // psi_n(1 - x) + (-1)^(n+1) psi_n(x) = (-1)^n pi d^n/dx^n cot(pi x).
            var reflected = Polygamma(order, 1 - x);
            var cotangent = Math.PI * CotangentDerivative(order, x);
            return (order % 2 == 0 ? reflected : -reflected) - cotangent;
        }
        if (double.IsPositiveInfinity(x)) return order == 0 ? x : 0;
        return order == 0 ? Digamma(x) : Higher(order, x);
    }

    private static double Digamma(double x)
    {
        var shift = 0.0;
        for (; x < 12; x++) shift += 1 / x;
        var sum = 0.0;
        var power = 1 / (x * x);
        var term = power;
        for (var k = 1; k <= 9; k++)
        {
            sum += Bernoulli[k - 1] / (2 * k) * term;
            term *= power;
        }
        return Math.Log(x) - 0.5 / x - sum - shift;
    }

    /// <summary>(-1)^(n+1) psi_n(x) = n! sum over k of (x + k)^-(n+1), by the Euler-Maclaurin formula beyond the shifted point.</summary>
    private static double Higher(int order, double x)
    {
        var factorial = Math.Exp(LogAbs(order + 1));
        if (order <= 20)
        {
            factorial = 1;
            for (var k = 2; k <= order; k++) factorial *= k;
        }
        var sum = 0.0;
        for (; x < 12 + order; x++) sum += Math.Pow(x, -(order + 1));
        var tail = Math.Pow(x, -order) * (1.0 / order + 0.5 / x);
        // B_2k (n + 2k - 1)! / ((2k)! n!) x^-(n + 2k)
        var ratio = Math.Pow(x, -order) / (x * x) * (order + 1) / 2;
        for (var k = 1; k <= 12; k++)
        {
            tail += Bernoulli[k - 1] * ratio;
            ratio *= (order + 2.0 * k) * (order + 2.0 * k + 1) / ((2.0 * k + 1) * (2.0 * k + 2)) / (x * x);
        }
        var value = factorial * (sum + tail);
        return order % 2 == 1 ? value : -value;
    }

    /// <summary>d^n/dx^n cot(pi x): a polynomial in c = cot(pi x), since dc/dx = -pi (1 + c^2).</summary>
    private static double CotangentDerivative(int order, double x)
    {
        var (sine, cosine) = double.SinCosPi(x);
        var c = cosine / sine;
        double[] polynomial = [0, 1];
        for (var n = 0; n < order; n++)
        {
            var next = new double[polynomial.Length + 1];
            for (var i = 1; i < polynomial.Length; i++)
            {
                next[i - 1] -= Math.PI * i * polynomial[i];
                next[i + 1] -= Math.PI * i * polynomial[i];
            }
            polynomial = next;
        }
        var value = 0.0;
        for (var i = polynomial.Length - 1; i >= 0; i--) value = value * c + polynomial[i];
        return value;
    }
}
