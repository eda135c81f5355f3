using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Discrete latent sites that belong to no row of a model with rows. No guide keeps what the data says of them, so that their posterior is computed from the training
/// data wherever it is at hand.
/// </summary>
internal static class SharedDiscrete
{
    /// <summary>The sites.</summary>
    public static IReadOnlyList<Site> Of(BoundModel model, ModelGraph graph) =>
        graph.Rows is null ? [] : [.. graph.Sites.Where(s => !s.PerRow && !model.IsObserved(s) && DiscreteSite.Of(s) is not null)];

    /// <summary>Whether such a site has another shape for another number of rows, like the states of a chain over the rows, so that new rows have other values than the training rows.</summary>
    public static bool DependsOnRows(BoundModel model) =>
        Of(model, model.Elaborate(model.Rows)).Zip(Of(model, model.Elaborate(model.Rows + 1)), (a, b) => a.Value.Shape != b.Value.Shape).Any(differs => differs);

    /// <summary>A draw of the sites given the training data, at the values of the other sites that the same randomness gives new rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="parameters">Inputs for its parameters.</param>
    /// <param name="random">Randomness of the draw.</param>
    /// <param name="training">All training rows.</param>
    /// <param name="graph">The model with the new rows; sites whose shapes differ there are left out.</param>
    public static IReadOnlyDictionary<string, Tensor> Draw(
        BoundModel model, GuidePlan guide, IReadOnlyDictionary<string, Tensor> parameters, RandomSource random, DataSet training, ModelGraph graph)
    {
        var shapes = Of(model, graph).ToDictionary(s => s.Name, s => s.Value.Shape);
        if (shapes.Count == 0) return new Dictionary<string, Tensor>();
        var own = model.Elaborate(training.Rows);
        var given = DataInputs.For(model, own, training.Rows);
        var holes = own.Arguments.Select(a => (a.Name, a.Value)).Concat(own.Sites.Select(s => (s.Name, s.Value))).ToDictionary(h => h.Name, h => h.Value);
        var fill = given.Values.Select(v => (holes[v.Name], Constant(training.Values[v.Name])));
        var scope = new PosteriorScope(model, own, guide, parameters, fill, random, RowView.All(training.Rows), RowIdentity.Training);
        return scope.Latent.Where(l => shapes.TryGetValue(l.Key, out var shape) && shape == l.Value.Shape).ToDictionary(l => l.Key, l => l.Value);
    }
}
