using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// The part of the data that one step sees. All rows stay on the device as inputs; a minibatch is two small inputs, the positions of its rows and their
/// weights, and one gather inside the graph. The model, the guide's per-row parameters and the data all use the same index.
/// </summary>
/// <remarks>
/// An epoch is a partition of the N rows into K = ceil(N / B) batches of B rows; the last one is filled up with a row of weight 0. Every real row has
/// weight K, so the plain average of the K minibatch objectives, and of their gradients, is exactly that of the full batch, ragged last batch included.
/// Where B divides N this is the usual N / B. A full batch has neither input.
/// </remarks>
public sealed record Batch
{
    /// <summary>The name of the input that holds the positions of the batch's rows, I64 [B].</summary>
    public const string IndexName = "batch.index";

    /// <summary>The name of the input that holds the weights of the batch's rows, [B].</summary>
    public const string WeightName = "batch.weight";

    /// <summary>Batches of <paramref name="size"/> rows out of <paramref name="total"/>; null or too many means all of them.</summary>
    public Batch(int total, int? size, DType precision)
    {
        Total = total;
        Size = Math.Min(size ?? total, total);
        if (Size == total) return;
        Index = Input(IndexName, DType.I64, [Size]);
        Weight = Input(WeightName, precision, [Size]);
    }

    /// <summary>N.</summary>
    public int Total { get; }

    /// <summary>B.</summary>
    public int Size { get; }

    /// <summary>K, the number of batches in an epoch.</summary>
    public int Count => (Total + Size - 1) / Size;

    /// <summary>Whether every step sees all rows.</summary>
    public bool IsFull => Index is null;

    /// <summary>The input of row positions; null for a full batch.</summary>
    public Tensor? Index { get; }

    /// <summary>The input of row weights; null for a full batch.</summary>
    public Tensor? Weight { get; }

    /// <summary>The rows as guides see them.</summary>
    public RowView Rows => new(Size, Index);

    /// <summary>The inputs of the batch, none for a full one.</summary>
    public EqArray<Tensor> Inputs => Index is null ? [] : [Index, Weight!];

    /// <summary>The term's total over all rows, or an estimate of it from this batch: per-row terms are weighted and summed.</summary>
    public Tensor Estimate(Tensor term, bool perRow) => !perRow ? term : SumAll(Weight is null ? term : term * Weight);
}

/// <summary>The inputs that hold a data set: every argument and observed site in full, with all N rows.</summary>
/// <param name="Values">Name of the argument or site → the input node and whether its leading axis counts rows.</param>
public sealed record DataInputs(EqArray<(string Name, Tensor Input, bool PerRow)> Values)
{
    /// <summary>The input name for an argument's or site's data.</summary>
    public static string NameOf(string value) => "data:" + value;

    /// <summary>The inputs that a model needs.</summary>
    /// <param name="model">The model and which of its sites are observed.</param>
    /// <param name="graph">Its graph with the rows at hand.</param>
    /// <param name="total">The number of rows that the inputs hold.</param>
    public static DataInputs For(BoundModel model, ModelGraph graph, int total) => new(
        graph.Arguments.Select(a => (a.Name, a.Value, a.PerRow))
            .Concat(graph.Sites.Where(s => s.Kind == SiteKind.Sample && model.IsObserved(s)).Select(s => (s.Name, s.Value, s.PerRow)))
            .Select(v => (v.Name, Input(NameOf(v.Name), v.Value.DType, v.PerRow ? v.Value.Shape.With(0, total) : v.Value.Shape), v.PerRow))
            .ToEqArray());

    /// <summary>What fills the holes of a graph: each hole's node with the rows at hand.</summary>
    public IEnumerable<(Tensor Hole, Tensor Value)> Fill(ModelGraph graph, RowView rows)
    {
        var holes = graph.Arguments.Select(a => (a.Name, a.Value)).Concat(graph.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => (s.Name, s.Value))).ToDictionary();
        return Values.Select(v => (holes[v.Name], v.PerRow ? rows.Take(v.Input) : v.Input));
    }
}
