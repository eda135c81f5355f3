using ProbNet.Graph;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Comparison of results with the reference.</summary>
internal static class Compare
{
    /// <summary>Machine epsilon: the distance from 1 to the next number.</summary>
    public static double Epsilon(DType type) => type == DType.F32 ? Math.Pow(2, -23) : Math.Pow(2, -52);

    /// <summary>
    /// Fails unless every element agrees: exactly for integers and truth values; for floating point NaN with NaN, infinities with the same, and others
    /// within <paramref name="ulps"/> epsilons of the larger of the expected value and <paramref name="scale"/>.
    /// </summary>
    public static void Close(HostTensor expected, HostTensor actual, double ulps, double scale, string what)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        for (var i = 0; i < expected.Data.Length; i++)
        {
            double e = expected[i], a = actual[i];
            if (!expected.DType.IsFloat())
            {
                Assert.True(expected.Data.GetValue(i)!.Equals(actual.Data.GetValue(i)), $"{what}: element {i} is {actual.Data.GetValue(i)}, not {expected.Data.GetValue(i)}");
                continue;
            }
            if (e == a || (double.IsNaN(e) && double.IsNaN(a))) continue;
            var smallest = expected.DType == DType.F32 ? 1.4e-45 : 5e-324;
            var bound = ulps * Math.Max(Epsilon(expected.DType) * Math.Max(Math.Abs(e), scale), smallest);
            Assert.True(Math.Abs(e - a) <= bound, $"{what}: element {i} of {expected.Shape} is {a:G17}, not {e:G17} (off by {Math.Abs(e - a) / Epsilon(expected.DType) / Math.Abs(e):G3} ulps)");
        }
    }
}
