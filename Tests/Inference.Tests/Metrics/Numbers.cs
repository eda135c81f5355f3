using ProbNet.Graph;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>Reproducible numbers for tests.</summary>
internal static class Numbers
{
    /// <summary>Uniform numbers on (0, 1).</summary>
    public static double[] Uniforms(long seed, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var words = Philox.At(seed, 0, 0, 1, (uint)i);
        return Philox.UniformF64(words.W0, words.W1);
    })];

    /// <summary>Standard normal numbers.</summary>
    public static double[] Normals(long seed, int count)
    {
        var u = Uniforms(seed, 2 * count);
        return [.. Enumerable.Range(0, count).Select(i => Philox.BoxMuller(u[2 * i], u[2 * i + 1]).Cosine)];
    }
}
