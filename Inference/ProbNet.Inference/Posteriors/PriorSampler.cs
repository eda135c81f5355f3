using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Posteriors;

/// <summary>Draws from a model before any data: every site, whether data has values for it or not, from its distribution given the sites before it.</summary>
public static class PriorSampler
{
    /// <summary>
    /// Draws of all sites (<see cref="Draws.Latent"/>) and deterministic values. Learned points are at their starting values. Likelihood terms and factors have no part in
    /// it: they are no draws.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws, the seed, and how they are batched.</param>
    /// <param name="data">Values of the model's arguments for all rows; null for a model without arguments.</param>
    public static Draws Run(BoundModel model, IBackend backend, SampleOptions options, DataSet? data = null)
    {
        var graph = model.Elaborate(model.Rows);
        Site[] sites = [.. graph.Sites.Where(s => s.Kind == SiteKind.Sample)];
        var loop = new DrawLoop();
        var random = new RandomSource(loop.Seed, TensorMath.Constant(HostTensor.Scalar(0)), loop.Draw).Named("prior");
        var rows = RowView.All(model.Rows);
        // With every site said to be observed and none given, the draw of a posterior is the draw of the model.
        var free = model with { Observed = sites.Select(s => s.Name).ToEqArray() };
        var arguments = graph.Arguments.Select(a => (a.Name, a.Value, Input: TensorMath.Input(DataInputs.NameOf(a.Name), a.Value.DType, a.Value.Shape))).ToArray();
        var learned = LearnedPoints.Of(graph, LearnedPoints.ModelPrefix).ToDictionary(p => p.Name, p => p.Initial(random.Named(p.Name)));
        var scope = new PosteriorScope(free, graph, new GuidePlan([], [], graph.Precision), learned, arguments.Select(a => (a.Value, a.Input)), random, rows, RowIdentity.Training);
        (string Name, Tensor Value)[] wanted = [.. sites.Select(s => (s.Name, scope.At(s.Value))), .. graph.Deterministics.Select(d => (d.Name, scope.At(d.Value)))];
        var values = loop.Run(backend, options, [.. arguments.Select(a => (a.Input, data!.Values[a.Name]))], wanted);
        var named = wanted.Zip(values, (w, v) => (w.Name, v)).ToArray();
        return new(options.Draws, named[..sites.Length].ToEqArray(), named[sites.Length..].ToEqArray());
    }
}
