using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Made-up data: timing does not depend on the values, only on their being ordinary.</summary>
internal static class Numbers
{
    /// <summary>Numbers between -0.5 and 0.5 without a pattern.</summary>
    public static HostTensor Reals(DType type, Shape shape)
    {
        var result = HostTensor.Zeros(type, shape);
        var state = 1u;
        for (var i = 0; i < shape.Size; i++)
        {
            state = state * 1664525 + 1013904223;
            var value = (state >> 8) / (double)(1 << 24) - 0.5;
            if (result.Data is float[] f) f[i] = (float)value;
            else ((double[])result.Data)[i] = value;
        }
        return result;
    }

    /// <summary>Class labels in turn.</summary>
    public static HostTensor Labels(int count, int classes) => HostTensor.Of([count], [.. Enumerable.Range(0, count).Select(i => (long)(i % classes))]);
}
