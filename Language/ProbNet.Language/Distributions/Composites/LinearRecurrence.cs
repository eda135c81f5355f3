using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Solutions of y_i = a y_(i-1) + x_i along the last axis, and what they come from.</summary>
internal static class LinearRecurrence
{
    /// <summary>
    /// y with y_1 = x_1, y_i = a y_(i-1) + x_i: x […, t], a […] → […, t]. A null a is 1, which makes running sums.
    /// </summary>
    /// <remarks>
    /// In ceil(log2 t) steps on the whole tensor: after step m each position holds the last 2^m terms, and the next step adds as many earlier ones,
    /// a^(2^m) times the value 2^m positions before (Hillis, Steele, Data Parallel Algorithms, 1986).
    /// </remarks>
    public static Tensor Solve(Tensor x, Tensor? a)
    {
        var power = a is null ? null : ExpandDims(a, -1);
        for (var distance = 1; distance < x.Shape[^1]; distance *= 2)
        {
            var earlier = Later(x, distance);
            x = x + (power is null ? earlier : power * earlier);
            power = power is null ? null : Square(power);
        }
        return x;
    }

    /// <summary>The axis moved <paramref name="by"/> positions to the end, zeros in front.</summary>
    public static Tensor Later(Tensor x, int by)
    {
        var (rank, t) = (x.Rank, x.Shape[^1]);
        if (by >= t) return ZerosLike(x);
        return Pad(SliceAxis(x, -1, 0, t - by), Last(rank, by), Last(rank, 0));
    }

    private static EqArray<int> Last(int rank, int value) => [.. Enumerable.Repeat(0, rank - 1), value];
}
