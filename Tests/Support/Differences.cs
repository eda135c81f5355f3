namespace ProbNet.Tests.Support;

/// <summary>Derivatives by central differences, for comparison with exact ones.</summary>
public static class Differences
{
    /// <summary>
    /// df/dx[i] for every i by the fourth-order formula (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h; h is a thousandth of the coordinate's size.
    /// For a smooth f of order one the error is about 1e-11.
    /// </summary>
    public static double[] Gradient(Func<double[], double> f, double[] x)
    {
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var h = 1e-3 * Math.Max(Math.Abs(x[i]), 0.01);
            gradient[i] = (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);

            double At(double step)
            {
                var moved = x.AsSpan().ToArray();
                moved[i] += step;
                return f(moved);
            }
        }
        return gradient;
    }
}
