using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>Sorting as a fixed network of exchanges: differentiable, and the same operations whatever the values.</summary>
internal static class SortingNetwork
{
    /// <summary>
    /// The last axis in ascending order, […, n] → […, n], in about log2(n)^2 / 2 steps on whole tensors. Source: Batcher, Sorting Networks and Their
    /// Applications (1968), the bitonic network.
    /// </summary>
    public static Tensor Ascending(Tensor x)
    {
        var n = x.Shape[^1];
        var size = 1;
        while (size < n) size *= 2;
        // Values beyond the end are larger than all others and stay there.
        if (size > n) x = Concat([x, Full(x.DType, x.Shape[..^1].Concat([size - n]), double.PositiveInfinity)], -1);
        for (var run = 2; run <= size; run *= 2)
        {
            for (var distance = run / 2; distance >= 1; distance /= 2) x = Exchange(x, run, distance);
        }
        return SliceAxis(x, -1, 0, n);
    }

    // Positions i and i + distance, in blocks of twice the distance, are put in order: ascending in even runs, descending in odd ones, so that the
    // next longer run finds an ascending half before a descending one.
    private static Tensor Exchange(Tensor x, int run, int distance)
    {
        var (front, size) = (x.Shape[..^1], x.Shape[^1]);
        var blocks = size / (2 * distance);
        var pairs = Reshape(x, front.Concat([blocks, 2, distance]));
        Tensor a = Index(pairs, -2, 0), b = Index(pairs, -2, 1);
        double[] ascends = [.. Enumerable.Range(0, blocks).Select(i => i * 2 * distance / run % 2 == 0 ? 1.0 : 0.0)];
        var up = Equal(Constant(HostTensor.FromDoubles(x.DType, [blocks, 1], ascends)), Like(x, 1));
        Tensor low = Min(a, b), high = Max(a, b);
        return Reshape(Stack([Select(up, low, high), Select(up, high, low)], -2), x.Shape);
    }
}
