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
        var (loop, inputs, latent, deterministic) = Prepare(posterior, data);
        (string Name, Tensor Value)[] wanted = [.. latent, .. deterministic];
        var results = loop.Run(backend, options, inputs, wanted);
        var named = wanted.Zip(results, (w, r) => (w.Name, r)).ToArray();
        return new(options.Draws, named[..latent.Length].ToEqArray(), named[latent.Length..].ToEqArray());
    }

    /// <summary>The same draws of some latent sites, handed over a block at a time.</summary>
    /// <param name="posterior">The posterior.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws, the seed, and how they are batched.</param>
    /// <param name="data">Values of arguments and observed sites, or null.</param>
    /// <param name="names">The sites wanted.</param>
    /// <param name="most">About the most numbers of a block.</param>
    /// <param name="take">Takes a site's draws of one block, [at least count, …], and how many of them count; the tensor is only lent.</param>
    public static void Stream(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data, IReadOnlySet<string> names, int most, Action<string, HostTensor, int> take)
    {
        var (loop, inputs, latent, _) = Prepare(posterior, data);
        loop.Each(backend, options, inputs, [.. latent.Where(l => names.Contains(l.Name))], most, (name, values, _, count) => take(name, values, count));
    }

    private static (DrawLoop Loop, (Tensor Input, HostTensor Value)[] Inputs, (string Name, Tensor Value)[] Latent, (string Name, Tensor Value)[] Deterministic) Prepare(Posterior posterior, DataSet? data)
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
        return (loop, [.. parameters.Zip(guide.Parameters, (i, p) => (i, posterior.Parameters[p.Name])), .. inputs.Values.Select(v => (v.Input, data!.Values[v.Name]))], latent, deterministic);
    }

    private static bool IsClosed(Tensor x, HashSet<Tensor> bound) => Topology.Sort([x]).All(n => n.Op != OpCode.Input || bound.Contains(n));
}
