using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>The modified Bessel functions that the von Mises distribution needs, for k ≥ 0.</summary>
/// <remarks>
/// Up to k = 50, I_n(k) = (1/pi) integral over (0, pi) of exp(k cos t) cos(n t) by the trapezoid rule with 32 intervals, which for a periodic integrand errs by
/// I_64(k), below 1e-17 of I_0 (Trefethen and Weideman, The exponentially convergent trapezoidal rule, SIAM Review 56, 2014). Beyond, the asymptotic series in 1/k (NIST
/// DLMF 10.40.1), whose terms fall below 1e-17.
/// </remarks>
internal static class Bessel
{
    private const int Intervals = 32;
    private const double Large = 50;

    // Coefficients of I_0(k) e^-k sqrt(2 pi k), and of (I_0 - I_1)(k) e^-k sqrt(2 pi k) from the first power of 1/k on.
    private static readonly double[] Series = [1.0, 0.125, 0.0703125, 0.0732421875, 0.112152099609375, 0.22710800170898438, 0.5725014209747314, 1.7277275025844574, 6.074042001273483, 24.380529699556064, 110.01714026924674, 551.3358961220206, 3038.090510922384, 18257.755474293175, 118838.42625678325];
    private static readonly double[] DifferenceSeries = [0.5, 0.1875, 0.17578125, 0.25634765625, 0.5046844482421875, 1.249094009399414, 3.7212592363357544, 12.95795626938343, 51.629357010824606, 231.6150321457826, 1155.1799728270908, 6340.362805403237, 37976.1313865298, 246479.69890295787];

    /// <summary>log(I0(k) e^-k).</summary>
    public static Tensor LogScaledI0(Tensor k)
    {
        var large = Less(Like(k, Large), k);
        var (weights, _) = Nodes(Select(large, Like(k, 1), k));
        var big = Select(large, k, Like(k, Large));
        return Select(large, Log(Polynomial(Series, 1 / big)) - Log(big * (2 * Math.PI)) * 0.5, Log(Sum(weights, -1)));
    }

    /// <summary>1 - I1(k) / I0(k): one minus the mean of cos.</summary>
    public static Tensor OneMinusRatio(Tensor k)
    {
        var large = Less(Like(k, Large), k);
        var (weights, depth) = Nodes(Select(large, Like(k, 1), k));
        var r = 1 / Select(large, k, Like(k, Large));
        return Select(large, Polynomial(DifferenceSeries, r) * r / Polynomial(Series, r), Sum(weights * depth, -1) / Sum(weights, -1));
    }

    // exp(k (cos t - 1)) times the weight of each node t, and 1 - cos t.
    private static (Tensor Weights, Tensor Depth) Nodes(Tensor k)
    {
        double[] depth = [.. Enumerable.Range(0, Intervals + 1).Select(j => 2 * Math.Pow(Math.Sin(Math.PI * j / (2 * Intervals)), 2))];
        double[] rule = [.. depth.Select((_, j) => (j is 0 or Intervals ? 0.5 : 1) / Intervals)];
        var below = Constant(HostTensor.FromDoubles(k.DType, [depth.Length], depth));
        return (Exp(-ExpandDims(k, -1) * below) * Constant(HostTensor.FromDoubles(k.DType, [rule.Length], rule)), below);
    }

    private static Tensor Polynomial(double[] coefficients, Tensor x)
    {
        var sum = Like(x, coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--) sum = sum * x + coefficients[i];
        return sum;
    }
}
