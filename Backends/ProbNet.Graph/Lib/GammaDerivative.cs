namespace ProbNet.Graph;

/// <summary>
/// The derivative of a gamma variate with respect to its shape a at a fixed quantile (implicit reparameterisation: Figurnov, Mohamed and
/// Mnih, NeurIPS 2018). With S = P/(x p) = sum over k of c_k, c_k = x^k / (a (a+1) … (a+k)), and p the density,
///   lower: dx/da = x sum over k of c_k (psi(a+1) - log x + H_k),  H_k = sum over 1 ≤ j ≤ k of 1/(a+j),
///   upper: dx/da = integral over s &gt; 0 of (1 + s/x)^(a-1) e^-s (log x - psi(a) + log(1 + s/x)).
/// The first is used for log x ≤ psi(a+1), the second above: each is then a sum of positive terms, so that no digits cancel.
/// </summary>
internal static class GammaDerivative
{
    // Increasing; u from -3.75, where the node is 3e-15 of the scale, to 2.4, where it is 5e3.
    private static readonly (double Node, double Weight)[] Nodes = MakeNodes();

    public static double Pathwise(double a, double x)
    {
        if (double.IsNaN(a) || double.IsNaN(x) || a <= 0 || x < 0 || double.IsPositiveInfinity(a)) return double.NaN;
        if (x == 0) return 0;
        if (double.IsPositiveInfinity(x)) return double.PositiveInfinity;
        var excess = GammaFunction.Polygamma(0, a + 1) - Math.Log(x);
        return excess >= 0 ? Lower(a, x, excess) : Upper(a, x, 1 / a - excess);
    }

    private static double Lower(double a, double x, double excess)
    {
        double term = 1 / a, harmonic = 0, sum = term * excess;
        // Terms fall at least as fast as x/(a+k) < 1: about 9 sqrt(a) of them are needed.
        for (var k = 1; ; k++)
        {
            term *= x / (a + k);
            harmonic += 1 / (a + k);
            var added = term * (excess + harmonic);
            sum += added;
            if (added <= sum * 1e-17) return x * sum;
        }
    }

    /// <summary>
    /// Exp-sinh quadrature (Takahasi and Mori, 1974): s = scale * node, node = exp(pi/2 sinh u), trapezoid in u. The integrand is analytic and falls monotonically.
    /// </summary>
    private static double Upper(double a, double x, double excess)
    {
        // The first of its two lengths: e^-s slowed by the power to rate 1 - (a-1)/x, or the Gaussian width sqrt(x).
        var scale = 1 / (1 - (a - 1) / x + Math.Sqrt(Math.Max(a - 1, 0)) / x);
        var sum = 0.0;
        foreach (var (node, weight) in Nodes)
        {
            var s = scale * node;
            var log = SpecialFunctions.Log1p(s / x);
            var fallen = Math.Exp((a - 1) * log - s);
            if (fallen == 0) break;
            sum += fallen * (excess + log) * scale * weight;
        }
        return sum;
    }

    private static (double Node, double Weight)[] MakeNodes()
    {
        const double step = 1.0 / 16;
        var nodes = new (double, double)[99];
        for (var i = 0; i < nodes.Length; i++)
        {
            var u = (i - 60) * step;
            var node = Math.Exp(Math.PI / 2 * Math.Sinh(u));
            nodes[i] = (node, step * node * Math.PI / 2 * Math.Cosh(u));
        }
        return nodes;
    }
}
