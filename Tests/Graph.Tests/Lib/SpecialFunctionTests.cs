namespace ProbNet.Graph.Tests;

/// <summary>Special functions against tables, and laws that no table shows.</summary>
public sealed class SpecialFunctionTests
{
    private const double Epsilon = 2.220446049250313e-16;

    [Fact]
    public void Log1pIsAccurate() => Matches("log1p", row => SpecialFunctions.Log1p(row[0]), 3);

    [Fact]
    public void Expm1IsAccurate() => Matches("expm1", row => SpecialFunctions.Expm1(row[0]), 3);

    [Fact]
    public void SigmoidIsAccurate() => Matches("sigmoid", row => SpecialFunctions.Sigmoid(row[0]), 3);

    [Fact]
    public void SoftplusIsAccurate() => Matches("softplus", row => SpecialFunctions.Softplus(row[0]), 3);

    [Fact]
    public void ErfIsAccurate() => Matches("erf", row => SpecialFunctions.Erf(row[0]), 3);

    [Fact]
    public void ErfcIsAccurate() => Matches("erfc", row => SpecialFunctions.Erfc(row[0]), 8);

    [Fact]
    public void ErfcxIsAccurate() => Matches("erfcx", row => SpecialFunctions.Erfcx(row[0]), 8);

    [Fact]
    public void ErfInvIsAccurate() => Matches("erfinv", row => SpecialFunctions.ErfInv(row[0]), 6);

    // The logarithm of a product loses relative digits where it passes zero on the negative axis: an absolute floor of a few units.
    [Fact]
    public void LgammaIsAccurate() => Matches("lgamma", row => SpecialFunctions.Lgamma(row[0]), 8, floor: 8);

    [Fact]
    public void LgammaKeepsItsDigitsAtItsZeros()
    {
        // Near 1 and 2 the floor of the table would hide everything: compare with the Taylor series.
        foreach (var z in new[] { 1e-12, -3e-10, 2e-9 })
        {
            Assert.Equal(-0.57721566490153286 * z, SpecialFunctions.Lgamma(1 + z) * z / ((1 + z) - 1), 1e-6 * Math.Abs(z));
            Assert.Equal(0.42278433509846714 * z, SpecialFunctions.Lgamma(2 + z) * z / ((2 + z) - 2), 1e-6 * Math.Abs(z));
        }
    }

    [Fact]
    public void PolygammaIsAccurate() => Matches("polygamma", row => SpecialFunctions.Polygamma((int)row[0], row[1]), 64, floor: 8);

    [Fact]
    public void GammaPathwiseIsAccurate() => Matches("gamma_pathwise", row => SpecialFunctions.GammaPathwise(row[0], row[1]), 1e-11 / Epsilon);

    [Fact]
    public void FunctionsAreMonotone()
    {
        double[] grid = [.. Enumerable.Range(-4000, 8001).Select(i => i * 0.01)];
        Increasing(grid, SpecialFunctions.Expm1, "expm1");
        Increasing(grid, SpecialFunctions.Sigmoid, "sigmoid");
        Increasing(grid, SpecialFunctions.Softplus, "softplus");
        Increasing(grid, SpecialFunctions.Erf, "erf");
        Increasing(grid, x => -SpecialFunctions.Erfc(x), "-erfc");
        Increasing([.. grid.Where(x => x > -1)], SpecialFunctions.Log1p, "log1p");
        Increasing([.. grid.Where(x => x > 0)], SpecialFunctions.Digamma, "digamma");
        Increasing([.. grid.Where(x => x > 0)], x => -SpecialFunctions.Polygamma(1, x), "-trigamma");
        Increasing([.. grid.Where(x => x > 1.47)], SpecialFunctions.Lgamma, "lgamma");
        Increasing([.. grid.Select(x => x / 40.001)], SpecialFunctions.ErfInv, "erfinv");
    }

    [Fact]
    public void SignsOfZeroAreKept()
    {
        foreach (var f in new Func<double, double>[] { SpecialFunctions.Log1p, SpecialFunctions.Expm1, SpecialFunctions.Erf, SpecialFunctions.ErfInv })
        {
            Assert.True(double.IsNegative(f(-0.0)));
            Assert.False(double.IsNegative(f(0.0)));
        }
    }

    // A gamma variate of larger shape is larger at every quantile.
    [Fact]
    public void GammaPathwiseIsPositive()
    {
        for (var a = 1e-3; a < 2e4; a *= 1.37)
        {
            for (var x = 1e-6; x < 1e6; x *= 2.3) Assert.True(SpecialFunctions.GammaPathwise(a, x) > 0, $"shape {a}, sample {x}");
        }
    }

    private static void Increasing(double[] grid, Func<double, double> f, string name)
    {
        for (var i = 1; i < grid.Length; i++) Assert.True(f(grid[i]) >= f(grid[i - 1]), $"{name} falls from {grid[i - 1]:R} to {grid[i]:R}");
    }

    /// <summary>Every row within so many machine epsilons relative to the value, or the floor's many absolute, or one unit of the subnormal range.</summary>
    private static void Matches(string name, Func<double[], double> f, double epsilons, double floor = 0)
    {
        var rows = 0;
        foreach (var row in Table.Read(name))
        {
            rows++;
            double expected = row[^1], actual = f(row);
            var bound = Math.Max(epsilons * Epsilon * Math.Abs(expected), floor * Epsilon) + double.Epsilon;
            var within = double.IsFinite(expected) ? Math.Abs(actual - expected) <= bound : actual.Equals(expected);
            var off = Math.Abs(actual - expected) / Math.Abs(expected) / Epsilon;
            Assert.True(within, $"{name}({string.Join(", ", row[..^1])}) is {actual:R}, expected {expected:R}: off by {off:G4} epsilons");
        }
        Assert.True(rows > 50, $"only {rows} rows in {name}");
    }
}
