using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Comparison of results with the reference.</summary>
internal static class Compare
{
    /// <summary>
    /// Fails unless every element agrees: exactly for integers and truth values; for floating point NaN with NaN, infinities with the same, and others within <paramref name="ulps"/>
    /// epsilons of the larger of the expected value and <paramref name="scale"/>.
    /// </summary>
    public static void Close(HostTensor expected, HostTensor actual, double ulps, double scale, string what)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        var (epsilon, smallest) = expected.DType == DType.F32 ? (Math.Pow(2, -23), 1.4e-45) : (Math.Pow(2, -52), 5e-324);
        for (var i = 0; i < expected.Data.Length; i++)
        {
            if (!expected.DType.IsFloat())
            {
                Assert.True(expected.Data.GetValue(i)!.Equals(actual.Data.GetValue(i)), $"{what}: element {i} is {actual.Data.GetValue(i)}, not {expected.Data.GetValue(i)}");
                continue;
            }
            double e = expected[i], a = actual[i];
            if (e == a || (double.IsNaN(e) && double.IsNaN(a))) continue;
            var bound = ulps * Math.Max(epsilon * Math.Max(Math.Abs(e), scale), smallest);
            Assert.True(Math.Abs(e - a) <= bound, $"{what}: element {i} of {expected.Shape} is {a:G17}, not {e:G17} (off by {Math.Abs(e - a) / epsilon / Math.Abs(e):G3} ulps)");
        }
    }
}
