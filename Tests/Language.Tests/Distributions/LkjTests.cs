using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Correlation factors of sizes other than the one that the laws run on.</summary>
public class LkjTests
{
    private static Instance Of(int size, double shape) => LkjCholesky.Of(size, Run.Constants(DType.F64, [], [shape]));

    /// <summary>For k = 2 the normalising constant is an integral over one correlation, by the trapezoid rule in its unconstrained image.</summary>
    [Fact]
    public void Integrates_to_one_for_two_dimensions()
    {
        foreach (var shape in new[] { 0.3, 1, 2, 25 }) Assert.Equal(1, Integral.Of(Of(2, shape)).Total, 1e-9);
    }

    /// <summary>Every correlation r of L L^T has (r + 1) / 2 ~ Beta(a, a) with a = shape - 1 + k / 2: mean 0, variance 1 / (2 a + 1).</summary>
    [Fact]
    public void Correlations_have_the_marginal_variance_of_any_size()
    {
        const int draws = 6_000, cases = 200;
        foreach (var (size, shape) in new[] { (2, 0.6), (4, 1.0), (7, 3.5) })
        {
            var factor = Of(size, shape).Sample(Run.Source(31, draws));
            var correlation = Run.Value(MatMul(factor, TransposeLast(factor)));
            var variance = 1 / (2 * shape + size - 1);
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    double[] r = [.. Enumerable.Range(0, draws).Select(d => correlation[(d * size + i) * size + j])];
                    Stat.MeanIs(0, r, 0.3 * Math.Sqrt(variance), cases, $"r[{i},{j}] of size {size}");
                    Stat.MeanIs(variance, [.. r.Select(x => x * x)], 0.5 * variance, cases, $"r[{i},{j}]^2 of size {size}");
                }
            }
        }
    }

    [Fact]
    public void Families_are_equal_where_their_sizes_are()
    {
        Assert.Equal(Of(4, 1).Family, Of(4, 2).Family);
        Assert.NotEqual(Of(4, 1).Family, Of(5, 1).Family);
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(1, 1));
    }
}
