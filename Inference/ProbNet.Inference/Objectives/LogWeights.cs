using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>The terms of the objective at each of K draws, as log-weights log p(x, z_k) - log q(z_k), with the divergence's terms times a factor.</summary>
/// <param name="Terms">The terms with their values at the draws: [K], or [K, B] for one number for each row.</param>
/// <param name="Batch">The batch.</param>
internal sealed record LogWeights(EqArray<(ElboTerm Term, Tensor Value)> Terms, Batch Batch)
{
    /// <summary>The log-weights of the draws for the whole data set, [K]: rows weigh as in the batch.</summary>
    /// <param name="factor">The factor on the divergence, a scalar; null for 1.</param>
    public Tensor Total(Tensor? factor) => Add(Terms.Select(t => Signed(t.Term, Estimate(t.Value, t.Term.PerRow), factor)));

    /// <summary>The log-weights of each row, [K, B], of the terms that have one number for each row.</summary>
    /// <param name="factor">The factor on the divergence, a scalar; null for 1.</param>
    public Tensor Rows(Tensor? factor) => Add(Terms.Where(t => t.Term.PerRow).Select(t => Signed(t.Term, t.Value, factor)));

    /// <summary>A term's totals at the draws, [K].</summary>
    public Tensor Estimate(Tensor value, bool perRow) =>
        !perRow ? value : Sum(Batch.Weight is { } weight ? value * BroadcastTo(ExpandDims(weight, 0), value.Shape) : value, 1);

    private static Tensor Signed(ElboTerm term, Tensor value, Tensor? factor) => term.Kind switch
    {
        ElboTermKind.Likelihood => value,
        ElboTermKind.Prior => factor is null ? value : value * factor,
        _ => factor is null ? -value : -(value * factor),
    };

    private static Tensor Add(IEnumerable<Tensor> terms) => terms.Aggregate((a, b) => a + b);
}
