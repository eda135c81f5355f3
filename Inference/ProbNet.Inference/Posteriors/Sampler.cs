using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>Draws from a posterior: name → values [draws, …] of latent sites in their supports, and of deterministic values.</summary>
/// <param name="Count">The number of draws.</param>
/// <param name="Latent">The latent sites, in model order.</param>
/// <param name="Deterministic">The deterministic values that could be computed, in model order.</param>
public sealed record Draws(int Count, EqArray<(string Name, HostTensor Values)> Latent, EqArray<(string Name, HostTensor Values)> Deterministic)
{
    /// <summary>The draws of a latent site or deterministic value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public HostTensor this[string name] => Latent.Concat(Deterministic).FirstOrDefault(v => v.Name == name).Values ?? throw new KeyNotFoundException($"there are no draws of '{name}'");
}

/// <summary>Computes draws in chunks.</summary>
internal static class Sampler
{
    public static Draws Run(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data)
    {
        var (model, guide) = (posterior.Model, posterior.Guide);
        var graph = model.Elaborate(model.Rows);
        EqArray<Tensor> parameters = guide.Parameters.Map(p => Input(p.Name, guide.Precision, p.Shape));
        var loop = new DrawLoop();
        var inputs = DataInputs.For(model, graph, model.Rows);
        inputs = new(inputs.Values.Where(v => data is not null && data.Values.ContainsKey(v.Name)).ToEqArray());
        var byName = guide.Parameters.Zip(parameters).ToDictionary(p => p.First.Name, p => p.Second);
        var random = new RandomSource(loop.Seed, Constant(HostTensor.Scalar(0)), loop.Draw).Named("predict");
        var rows = RowView.All(model.Rows);
        var scope = new PosteriorScope(model, graph, guide, byName, inputs.Fill(graph, rows), random, rows, RowIdentity.Training);

        // A guide program that takes data draws only where the data is given.
        var latent = graph.Sites.Where(s => scope.Latent.ContainsKey(s.Name)).Select(s => (s.Name, Value: scope.Latent[s.Name])).ToArray();
        var bound = new HashSet<Tensor>([.. parameters, loop.Seed, loop.Draw, .. inputs.Values.Select(v => v.Input)], ReferenceEqualityComparer.Instance);
        var deterministic = graph.Deterministics.Select(d => (d.Name, Value: scope.At(d.Value))).Where(d => IsClosed(d.Value, bound)).ToArray();
        (string Name, Tensor Value)[] wanted = [.. latent, .. deterministic];

        var results = loop.Run(backend, options, [.. parameters.Zip(guide.Parameters, (i, p) => (i, posterior.Parameters[p.Name])), .. inputs.Values.Select(v => (v.Input, data!.Values[v.Name]))], wanted);
        var named = wanted.Zip(results, (w, r) => (w.Name, r)).ToArray();
        return new(options.Draws, named[..latent.Length].ToEqArray(), named[latent.Length..].ToEqArray());
    }

    private static bool IsClosed(Tensor x, HashSet<Tensor> bound) => Topology.Sort([x]).All(n => n.Op != OpCode.Input || bound.Contains(n));
}
