namespace ProbNet.Graph.Tests;

/// <summary>Comparisons of values that name what differs.</summary>
internal static class Same
{
    /// <summary>Equal element for element, NaN equal to NaN; zeros of either sign are equal unless told otherwise.</summary>
    public static void Values(HostTensor expected, HostTensor actual, object what, bool zeroSigns = false) => Close(expected, actual, 0, what, zeroSigns);

    /// <summary>|actual - expected| ≤ tolerance (1 + |expected|); infinities and NaN match exactly.</summary>
    public static void Close(HostTensor expected, HostTensor actual, double tolerance, object what, bool zeroSigns = false)
    {
        Assert.True(expected.DType == actual.DType && expected.Shape == actual.Shape, $"{what}: {expected} against {actual}");
        for (var i = 0; i < expected.Data.Length; i++)
        {
            double x = expected[i], y = actual[i];
            var close = x.Equals(y) || Math.Abs(x - y) <= tolerance * (1 + Math.Abs(x));
            if (zeroSigns && x == 0) close &= double.IsNegative(x) == double.IsNegative(y);
            Assert.True(close, $"{what}: element {i} is {y:R}, expected {x:R}");
        }
    }
}
