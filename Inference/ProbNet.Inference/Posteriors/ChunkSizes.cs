using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// How many rows and draws a prediction computes at once. Every draw of what all rows share is made anew for each chunk of rows, so chunks have thousands of rows; and
/// few draws, so that most of what they compute stays in caches: the largest value takes about 4 MiB in single precision, and up to 32 MiB where one row has very many numbers.
/// </summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Draws">The number of draws.</param>
internal readonly record struct ChunkSizes(int Rows, int Draws)
{
    private const int MostRows = 2048, MostRowDraws = 1 << 15, FewRowDraws = 256, InCache = 1 << 20, MostElements = 1 << 23, MostShared = 1 << 24;

    /// <summary>The sizes for some rows of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="all">Its graph with all rows to be predicted.</param>
    /// <param name="options">What is asked for.</param>
    public static ChunkSizes For(BoundModel model, ModelGraph all, PredictOptions options)
    {
        // An axis of size 1 is simplified away, and sums may then be taken in another order: two rows and two draws are the least.
        var total = all.Rows?.Size ?? 1;
        var width = Width(model, all);
        var rowDraws = Math.Clamp(Math.Max(InCache / width, Math.Min(FewRowDraws, MostElements / width)), 4, MostRowDraws);
        // An event over all rows cannot be cut, nor rows that share a discrete value.
        var rows = all.Rows is null ? 1
            : all.Sites.Any(Outcome.SpansRows) || SharedDiscrete.Of(model, all).Count > 0 ? total
            : Math.Max(2, options.RowChunk is { } asked ? Math.Clamp(asked, 1, total) : Even(total, Math.Min(MostRows, rowDraws / 2)));
        var shared = all.Sites.Where(s => !s.PerRow && !model.IsObserved(s)).Sum(s => (long)s.Value.Shape.Size);
        var fitting = (int)Math.Min(rowDraws / rows, MostShared / Math.Max(1, shared));
        return new(rows, options.Draws == 1 ? 1 : Math.Max(2, options.DrawChunk is { } draws ? Math.Clamp(draws, 1, options.Draws) : Exact(options.Draws, Math.Clamp(fitting, 2, options.Draws))));
    }

    // Chunks of nearly equal size: the last is filled up with rows that are computed for nothing.
    private static int Even(int total, int most)
    {
        var chunks = (total + most - 1) / most;
        return (total + chunks - 1) / chunks;
    }

    // The size from half the most to the most that computes the fewest draws for nothing.
    private static int Exact(int total, int most)
    {
        var best = most;
        for (var size = most - 1; size >= Math.Max(2, most / 2); size--)
        {
            if ((total + size - 1) / size * size < (total + best - 1) / best * best) best = size;
        }
        return best;
    }

    // The most numbers that one value has for each row.
    private static int Width(BoundModel model, ModelGraph graph)
    {
        if (graph.Rows is not { Size: > 0 and var rows }) return 1;
        Tensor[] roots = [.. graph.Sites.Where(s => s.PerRow || model.IsObserved(s)).SelectMany(s => s.Distribution.Arguments)];
        var analysis = RowAnalysis.Of(roots, RowAnalysis.PerRowInputs(graph));
        return Topology.Sort(roots).Where(n => n.Op != OpCode.Input && analysis[n] is not RowStatus.None).Select(n => n.Shape.Size / rows).Append(1).Max();
    }
}
