using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// Fills the holes of auxiliary noise with fresh draws. Noise has no term in any objective: what approximates its posterior is its prior, whose divergence from itself is 0.
/// </summary>
internal static class NoiseDraws
{
    /// <summary>Each hole with a draw for the rows at hand; numbers of per-row noise belong to the row, and all of them to the seed, step and draw of the source.</summary>
    public static IEnumerable<(Tensor Hole, Tensor Value)> Of(ModelGraph graph, RandomSource random, RowView rows)
    {
        foreach (var noise in graph.Noises)
        {
            var (source, distribution) = (random.Named("noise").Named(noise.Name), noise.Distribution);
            var value = noise.PerRow && distribution.Batch.Rank > 0 ? distribution.Family.Sample(rows.Keyed(source), distribution.Arguments) : distribution.Sample(source);
            yield return (noise.Value, value);
        }
    }
}
