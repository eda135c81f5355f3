using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Elaboration;

/// <summary>Why a vector or matrix in data lies outside a support, where no single number in it does.</summary>
/// <param name="What">What the data has, as the end of a sentence.</param>
/// <param name="Index">The flat index of an element of the event.</param>
/// <param name="Hint">What to do.</param>
internal sealed record EventFault(string What, int Index, string? Hint)
{
    /// <summary>The first fault, or null. <paramref name="total"/> is what counts must sum to, where that is known.</summary>
    public static EventFault? Of(Support support, HostTensor value, long? total)
    {
        var tolerance = value.DType == DType.F32 ? 1e-4 : 1e-8;
        return support switch
        {
            Support.Simplex => Each(value, 1, (x, at) => x.Any(p => p < 0) ? new($"a vector with the negative component {Show(x.Min())}", at, "probabilities are from 0 to 1")
                : Math.Abs(x.Sum() - 1) > tolerance ? new($"a vector that sums to {Show(x.Sum())}", at, "probabilities sum to 1: divide each vector by its sum") : null),
            Support.OneHot => Each(value, 1, (x, at) => x.Count(p => p == 1) == 1 && x.Count(p => p == 0) == x.Length - 1 ? null
                : new("a vector that is not a single 1 among zeros", at, "bind the column of class names with labels \"…\"")),
            Support.CountsSummingTo when total is { } sum => Each(value, 1, (x, at) => x.Sum() == sum ? null
                : new($"counts that sum to {Show(x.Sum())} instead of {sum}", at, "the counts of each row must sum to the number of trials")),
            Support.Ordered => Each(value, 1, (x, at) => Enumerable.Range(1, x.Length - 1).All(i => x[i] >= x[i - 1]) ? null : new("a vector that does not ascend", at, null)),
            Support.LowerCholesky => Each(value, 2, (x, at) => Triangle(x) is { } what ? new(what, at, "a Cholesky factor is needed: lower triangular with a positive diagonal") : null),
            Support.CorrelationCholesky => Each(value, 2, (x, at) => (Triangle(x) ?? (UnitRows(x, tolerance) ? null : "a matrix with a row whose length is not 1")) is { } what
                ? new(what, at, "the Cholesky factor of a correlation matrix is needed") : null),
            _ => null,
        };
    }

    private static EventFault? Each(HostTensor value, int rank, Func<double[], int, EventFault?> check)
    {
        var size = value.Shape[^rank..].Size;
        var at = 0;
        foreach (var x in value.ToDoubles().Chunk(Math.Max(1, size)))
        {
            if (check(x, at) is { } fault) return fault;
            at += size;
        }
        return null;
    }

    private static string? Triangle(double[] square)
    {
        var k = (int)Math.Sqrt(square.Length);
        for (var i = 0; i < k; i++)
        {
            if (!(square[i * k + i] > 0)) return $"a matrix with {Show(square[i * k + i])} on its diagonal";
            for (var j = i + 1; j < k; j++)
            {
                if (square[i * k + j] != 0) return $"a matrix with {Show(square[i * k + j])} above its diagonal";
            }
        }
        return null;
    }

    private static bool UnitRows(double[] square, double tolerance)
    {
        var k = (int)Math.Sqrt(square.Length);
        return square.Chunk(k).All(row => Math.Abs(row.Sum(x => x * x) - 1) <= tolerance);
    }

    private static string Show(double x) => x.ToString("G6", System.Globalization.CultureInfo.InvariantCulture);
}
