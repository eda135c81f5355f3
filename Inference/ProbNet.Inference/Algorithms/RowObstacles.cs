using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Algorithms;

/// <summary>Why a model cannot be trained on minibatches, as diagnostics.</summary>
internal static class RowObstacles
{
    /// <summary>The obstacles for batches of <paramref name="batch"/> rows, none if they are sound.</summary>
    public static EqArray<Diagnostic> For(BoundModel model, int batch)
    {
        var graph = model.Elaborate(model.Rows);
        var marginal = model.ElaborateMarginal(model.Rows);
        var obstacles = RowAnalysis.Obstacles(marginal).Select(o => (o.Site.Name, o.Site.Span, o.Where))
            .Concat(RowAnalysis.FactorObstacles(marginal).Select(o => (o.Factor.Name, o.Factor.Span, o.Where)));
        var found = obstacles.Select(o => new Diagnostic(InferenceCodes.MixedRows,
            $"the rows of '{o.Name}' are not independent: an operation {o.Where.Why}", o.Span)
        {
            Notes = o.Where.Location.Length > 0 ? [new($"it stands at {o.Where.Location}", default)] : [],
            Hint = $"a minibatch lacks the other rows: leave out batch = {batch} to train on all {model.Rows} rows in each step",
        }).ToList();
        var part = model.Elaborate(batch);
        if (found.Count == 0 && (Sites(graph, part) ?? Factors(graph, part)) is { } dependence)
        {
            found.Add(new(InferenceCodes.MixedRows, $"the model depends on the number of data rows: it {dependence.Why}", dependence.Span)
            {
                Notes = dependence.Location.Length > 0 ? [new($"it stands at {dependence.Location}", default)] : [],
                Hint = $"in a minibatch that number would be {batch} instead of {model.Rows}: leave out batch, or pass the number as an argument",
            });
        }
        return found.ToEqArray();
    }

    private static (SourceSpan Span, string Why, string Location)? Sites(ModelGraph all, ModelGraph part) =>
        RowCount.Dependence(all, part) is { } found ? (found.Site.Span, found.Why, found.Location) : null;

    private static (SourceSpan Span, string Why, string Location)? Factors(ModelGraph all, ModelGraph part) =>
        RowCount.FactorDependence(all, part) is { } found ? (found.Factor.Span, found.Why, found.Location) : null;
}
