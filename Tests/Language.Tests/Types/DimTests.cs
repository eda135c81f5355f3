using ProbNet.Language.Types;

namespace ProbNet.Language.Tests.Types;

public sealed class DimTests
{
    private static readonly Dim N = Dim.Named("n"), K = Dim.Named("k");

    [Fact]
    public void Sizes_are_equal_exactly_when_they_are_equal_for_all_names()
    {
        Assert.Equal((N + Dim.Of(2)) * (N - Dim.Of(2)), N * N - Dim.Of(4));
        Assert.Equal(Dim.Of(2) * (N + K), K + N + N + K);
        Assert.NotEqual(N, K);
        Assert.NotEqual(N * N, N * K);
    }

    [Fact]
    public void Cancelled_names_leave_a_known_size()
    {
        Assert.Equal(3, (N + Dim.Of(3) - N).Constant);
        Assert.Null((N + Dim.Of(3)).Constant);
        Assert.Equal(0, (N - N).Constant);
    }

    [Fact]
    public void Division_is_exact_or_none()
    {
        Assert.Equal(Dim.Of(3) * N, Dim.Divide(Dim.Of(6) * N * K, Dim.Of(2) * K));
        Assert.Null(Dim.Divide(N + Dim.Of(1), Dim.Of(2)));
        Assert.Null(Dim.Divide(N, K));
    }

    [Fact]
    public void Quotients_rounded_down_have_one_form()
    {
        Assert.Equal(Half(N + Dim.Of(1)), Half(N - Dim.Of(1)) + Dim.Of(1));
        Assert.Equal(Dim.FloorDivide(N, Dim.Of(4)), Half(Half(N)));
        Assert.Equal(Half(N), Dim.FloorDivide(Dim.Of(3) * N + Dim.Of(2), Dim.Of(6)));
        Assert.Equal(N + Half(K), Half(Dim.Of(2) * N + K));
        Assert.Equal(N, Half(Dim.Of(2) * N + Dim.Of(1)));
        Assert.NotEqual(Half(N), Half(N + Dim.Of(1)));
        Assert.Equal("(n + 1)/2 - 2", Half(N - Dim.Of(3)).ToString());
    }

    // The normal form may only say equal what is equal: random expressions against plain integer arithmetic.
    [Fact]
    public void Quotients_evaluate_to_the_integer_that_rounding_down_gives()
    {
        var random = new Random(20261121);
        for (var trial = 0; trial < 3_000; trial++)
        {
            var (n, k) = (random.Next(1, 40), random.Next(1, 40));
            var (dim, value) = (N, (long)n);
            for (var step = 0; step < 5; step++)
            {
                var c = random.Next(1, 7);
                (dim, value) = random.Next(4) switch
                {
                    0 => (dim + Dim.Of(c) - K, value + c - k),
                    1 => (dim * Dim.Of(c), value * c),
                    2 => (Dim.FloorDivide(dim, Dim.Of(c)), (long)Math.Floor((double)value / c)),
                    _ => (Dim.FloorDivide(dim + K, Dim.Of(c)), (long)Math.Floor((double)(value + k) / c)),
                };
            }
            Assert.True(dim.Substitute(new Dictionary<string, int> { ["n"] = n, ["k"] = k }).Constant == value, $"{dim} at n = {n}, k = {k} is not {value}");
        }
    }

    private static Dim Half(Dim size) => Dim.FloorDivide(size, Dim.Of(2));

    [Fact]
    public void A_linear_size_is_solved_for_its_name()
    {
        Assert.Equal(("n", 5L), (Dim.Of(2) * N + Dim.Of(3)).Solve(13));
        Assert.Null((Dim.Of(2) * N).Solve(7));
        Assert.Null((N * N).Solve(9));
        Assert.Null((N + K).Solve(9));
    }

    [Fact]
    public void Substitution_gives_known_sizes() =>
        Assert.Equal(17, (Dim.Of(2) * N * K + Dim.Of(5)).Substitute(new Dictionary<string, int> { ["n"] = 2, ["k"] = 3 }).Constant);

    [Fact]
    public void Sizes_print_as_written()
    {
        Assert.Equal("2*n + 1", (N + N + Dim.Of(1)).ToString());
        Assert.Equal("k*n - n", (N * K - N).ToString());
        Assert.Equal("0", (N - N).ToString());
    }
}
