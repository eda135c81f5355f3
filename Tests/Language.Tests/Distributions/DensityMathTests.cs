using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>The shared formulas where their branches meet, against the plain forms at sizes at which those are exact enough.</summary>
public class DensityMathTests
{
    [Fact]
    public void Stirling_correction_is_what_log_gamma_leaves()
    {
        foreach (var x in new[] { 10, 10.5, 12, 17, 29.0 })
        {
            var plain = SpecialFunctions.Lgamma(x) - (x - 0.5) * Math.Log(x) + x - DensityMath.HalfLogTwoPi;
            Run.Close(Run.Number(DensityMath.StirlingCorrection(Number(x))), plain, 4e-15 * SpecialFunctions.Lgamma(x) / 3, $"at {x}");
        }
    }

    [Fact]
    public void Log_poisson_is_the_plain_sum()
    {
        foreach (var k in new[] { 0, 0.3, 9.999, 10, 10.001, 40 })
        {
            foreach (var m in new[] { 1e-9, 0.7, 4.999, 5.001, 10, 14.999, 15.001, 60, 300 })
            {
                var plain = k * Math.Log(m) - m - SpecialFunctions.Lgamma(k + 1);
                Run.Close(Run.Number(DensityMath.LogPoisson(Number(k), Number(m), Number(Math.Log(m)))), plain, 3e-15 * (k * 25 + m + 10), $"k = {k}, m = {m}");
            }
        }
    }

    [Fact]
    public void Log_beta_is_symmetric_and_keeps_its_digits()
    {
        // log G(a) + log G(b) - log G(a + b) at 420 digits.
        (double A, double B, double Log)[] references =
        [
            (0.5, 9.75, -0.55345378850058364919), (3, 10, -6.4922398350204712289), (10, 10, -13.736229227036554814),
            (2.5, 1e12, -68.792869919350326361), (1e-200, 1e10, 460.51701859880913682),
        ];
        foreach (var (a, b, expected) in references)
        {
            Run.Close(Run.Number(DensityMath.LogBeta(Number(a), Number(b))), expected, 1e-14 * (1 + Math.Abs(expected)), $"B({a}, {b})");
            Run.Close(Run.Number(DensityMath.LogBeta(Number(b), Number(a))), expected, 1e-14 * (1 + Math.Abs(expected)), $"B({b}, {a})");
        }
    }

    [Fact]
    public void Log_add_exp_is_finite_wherever_one_term_is()
    {
        const double none = double.NegativeInfinity;
        (double A, double B, double Log)[] references =
        [
            (-1, -1e20, -1), (710, 709, 710 + Math.Log(1 + Math.Exp(-1))), (-3, none, -3), (none, none, none), (-800, -800, -800 + Math.Log(2)),
        ];
        foreach (var (a, b, expected) in references)
        {
            Assert.Equal(expected, Run.Number(DensityMath.LogAddExp(Number(a), Number(b))), 12);
            Assert.Equal(expected, Run.Number(DensityMath.LogAddExp(Number(b), Number(a))), 12);
        }
    }

    /// <summary>At a tie both terms have half the gradient.</summary>
    [Fact]
    public void Log_add_exp_has_the_softmax_as_gradient()
    {
        foreach (var (a, b) in new[] { (0.3, 0.3), (1.7, -0.4), (-2.0, 35.0) })
        {
            Tensor[] x = [Number(a), Number(b)];
            var gradients = Run.Values(Vjp.Gradients(DensityMath.LogAddExp(x[0], x[1]), x));
            Run.Close(gradients[0][0], 1 / (1 + Math.Exp(b - a)), 1e-15, $"({a}, {b})");
            Run.Close(gradients[1][0], 1 / (1 + Math.Exp(a - b)), 1e-15, $"({a}, {b})");
        }
    }

    private static Tensor Number(double x) => Constant(DType.F64, x);
}
