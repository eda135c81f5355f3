using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>The data rows a graph works on, out of all rows of a data set.</summary>
/// <param name="Count">How many rows are at hand.</param>
/// <param name="Index">I64 [Count]: which rows they are; null for all of them in order.</param>
public sealed record RowView(int Count, Tensor? Index)
{
    /// <summary>All <paramref name="count"/> rows.</summary>
    public static RowView All(int count) => new(count, null);

    /// <summary>The rows at hand of a tensor that holds all rows on its leading axis.</summary>
    public Tensor Take(Tensor full) => Index is null ? full : Gather(full, Index);

    /// <summary>
    /// A source whose draws have a leading axis of the rows at hand. The numbers of a row depend on the row's position in the data set, not on
    /// which other rows are at hand, nor on how many there are: the counter is draw * 2^32 + row.
    /// </summary>
    public RandomSource Keyed(RandomSource random)
    {
        var index = Index ?? Iota([Count], 0);
        return random with { Draw = BroadcastTo(random.Draw * Constant(HostTensor.Scalar(1L << 32)), index.Shape) + index };
    }
}
