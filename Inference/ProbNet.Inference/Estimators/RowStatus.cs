using ProbNet.Graph;

namespace ProbNet.Inference.Estimators;

/// <summary>How a value depends on data rows. A closed hierarchy.</summary>
public abstract record RowStatus
{
    private RowStatus() { }

    /// <summary>It depends on no per-row value.</summary>
    public static RowStatus Independent { get; } = new None();

    /// <summary>Each value along <paramref name="axis"/> depends on one row only, the one of that position.</summary>
    public static RowStatus Along(int axis) => new Row(axis);

    /// <summary>It depends on no per-row value.</summary>
    public sealed record None : RowStatus;

    /// <summary>Position i along <paramref name="Axis"/> depends on row i and on no other row.</summary>
    public sealed record Row(int Axis) : RowStatus;

    /// <summary>The results of a loop laid end to end; each has rows of its own.</summary>
    /// <param name="Parts">Shape and status of each.</param>
    public sealed record Packed(EqArray<(Shape Shape, RowStatus Status)> Parts) : RowStatus;

    /// <summary>A value depends on several rows.</summary>
    /// <param name="Node">The operation where rows first met.</param>
    /// <param name="Why">What it does to them, as the end of a sentence: "sums over the data rows".</param>
    public sealed record Mixed(Tensor Node, string Why) : RowStatus
    {
        /// <summary>The place in the model, if it is known.</summary>
        public string Location => Node.Origin?.Location ?? "";
    }
}
