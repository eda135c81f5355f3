using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Objectives;

/// <summary>Whether log-weights fall apart into those of the rows.</summary>
/// <param name="RowsAreApart">Whether the values that belong to a row enter that row's terms only.</param>
/// <param name="WhyJoint">Why the log-weight of a draw is no sum of independent log-weights of the rows; null if it is one, and a bound may be taken for each row.</param>
/// <remarks>
/// With rows apart and no latent value that all rows share, p(x) is the product of the rows' evidences, and the sum of the rows' bounds is a bound, tighter than that of the joint weights,
/// whose minibatch estimate is unbiased. A value that all rows share ties the weights together: log(mean_k w_k) of a part of the rows says nothing of the whole.
/// </remarks>
internal sealed record BoundStructure(bool RowsAreApart, string? WhyJoint)
{
    public static BoundStructure Of(BoundModel model, ModelGraph graph, Batch rows, EqArray<ElboTerm> terms, IReadOnlyList<PartDraw> parts)
    {
        if (graph.Rows is null) return new(false, $"the model '{model.Name}' has no data rows");
        // Axes are told apart by their sizes, so an axis of rows needs at least two.
        var analysed = rows.Size >= 2 ? graph : model.ElaborateMarginal(2);
        if (RowAnalysis.Obstacles(analysed) is [var (mixed, _), ..]) return new(false, $"the rows of '{mixed.Name}' depend on each other");
        if (RowAnalysis.FactorObstacles(analysed) is [var (factor, _), ..]) return new(false, $"the rows of '{factor.Name}' depend on each other");
        var own = graph.Sites.Where(s => s.PerRow && !model.IsObserved(s)).Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var isTied = terms.Any(t => !t.PerRow && Marginal.DependsOn(t.Value, own)) || parts.Any(p => p.Sites.Any(s => s.Site.PerRow) && p.LogDensity.Any(t => !t.PerRow));
        if (isTied) return new(false, "the guide or a term joins the rows' own values");
        var shared = graph.Sites.FirstOrDefault(s => !s.PerRow && !model.IsObserved(s))?.Name ?? graph.Noises.FirstOrDefault(n => !n.PerRow)?.Name ?? terms.FirstOrDefault(t => !t.PerRow)?.Site;
        return new(true, shared is null ? null : $"'{shared}' is one for all rows");
    }

    /// <summary>Why a bound cannot be estimated from a batch, or null if it can.</summary>
    public Diagnostic? Fault(Bound bound, Batch batch) => bound.IsMean || WhyJoint is null || batch.IsFull ? null
        : new(InferenceCodes.Conflict, $"bound = {bound.Name} with batch = {batch.Size} of {batch.Total} rows: {WhyJoint}, so that a draw's weight is that of all rows together and cannot be estimated from a part of them", default)
        { Hint = "leave out batch, or use bound = elbo; with latent values of each row's own alone the bound is one for each row, and batches are sound" };
}
