using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>Comparison of results.</summary>
internal static class Agreement
{
    /// <summary>
    /// Throws unless every element agrees: exactly for integers and truth values; for floating point NaN with NaN, infinities with the same, and others within <paramref name="ulps"/> epsilons of
    /// the larger of the expected value and <paramref name="scale"/>.
    /// </summary>
    public static void Check(HostTensor expected, HostTensor actual, double ulps, double scale, string what)
    {
        var epsilon = expected.DType == DType.F32 ? Math.Pow(2, -23) : Math.Pow(2, -52);
        var smallest = expected.DType == DType.F32 ? Math.Pow(2, -126) : Math.Pow(2, -1022);
        for (var i = 0; i < expected.Data.Length; i++)
        {
            if (!expected.DType.IsFloat())
            {
                if (!expected.Data.GetValue(i)!.Equals(actual.Data.GetValue(i))) throw new InvalidOperationException($"{what}: element {i} is {actual.Data.GetValue(i)}, not {expected.Data.GetValue(i)}");
                continue;
            }
            double e = expected[i], a = actual[i];
            if (e == a || (double.IsNaN(e) && double.IsNaN(a))) continue;
            if (Math.Abs(e - a) <= ulps * Math.Max(epsilon * Math.Max(Math.Abs(e), scale), smallest)) continue;
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{what}: element {i} of {expected.Shape} is {a:G17}, not {e:G17} ({Math.Abs(e - a) / epsilon / Math.Max(Math.Abs(e), scale):G3} epsilons)"));
        }
    }

    /// <summary>The greatest and the mean distance between elements.</summary>
    public static (double Worst, double Mean) Distance(HostTensor a, HostTensor b)
    {
        var (worst, sum) = (0.0, 0.0);
        for (var i = 0; i < a.Data.Length; i++)
        {
            var apart = Math.Abs(a[i] - b[i]);
            worst = apart <= worst ? worst : apart;
            sum += apart;
        }
        return (worst, sum / Math.Max(1, a.Data.Length));
    }
}
