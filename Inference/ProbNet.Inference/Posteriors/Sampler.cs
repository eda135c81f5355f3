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
    private const int ChunkElements = 1 << 20;

    public static Draws Run(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data)
    {
        var (model, guide) = (posterior.Model, posterior.Guide);
        var graph = model.Elaborate(model.Rows);
        EqArray<Tensor> parameters = guide.Parameters.Map(p => Input(p.Name, guide.Precision, p.Shape));
        var (seed, start, draw) = (Input("seed", DType.I64, []), Input("start", DType.I64, []), Input("draw", DType.I64, []));
        var inputs = DataInputs.For(model, graph, model.Rows);
        inputs = new(inputs.Values.Where(v => data is not null && data.Values.ContainsKey(v.Name)).ToEqArray());
        var byName = guide.Parameters.Zip(parameters).ToDictionary(p => p.First.Name, p => p.Second);
        var random = new RandomSource(seed, Constant(HostTensor.Scalar(0)), draw).Named("predict");
        var rows = RowView.All(model.Rows);
        var scope = new PosteriorScope(model, graph, guide, byName, inputs.Fill(graph, rows), random, rows, RowIdentity.Training);

        // A guide program that takes data draws only where the data is given.
        var latent = graph.Sites.Where(s => scope.Latent.ContainsKey(s.Name)).Select(s => (s.Name, Value: scope.Latent[s.Name])).ToArray();
        var bound = new HashSet<Tensor>([.. parameters, seed, draw, .. inputs.Values.Select(v => v.Input)], ReferenceEqualityComparer.Instance);
        var deterministic = graph.Deterministics.Select(d => (d.Name, Value: scope.At(d.Value))).Where(d => IsClosed(d.Value, bound)).ToArray();
        (string Name, Tensor Value)[] wanted = [.. latent, .. deterministic];
        if (wanted.Length == 0) return new(options.Draws, [], []);

        var elements = Math.Max(1, wanted.Sum(w => (long)w.Value.Shape.Size));
        // As in prediction, an axis of size 1 could change the order of sums.
        var chunk = Math.Max(2, Math.Clamp(options.DrawChunk ?? (int)(ChunkElements / elements), 1, options.Draws));
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = BroadcastTo(start, [chunk]) + Iota([chunk], 0) };
        var lifted = Vmap.Batch([.. wanted.Select(w => w.Value)], index, chunk);
        var compiled = Pipeline.Optimize(new TensorGraph([.. parameters, seed, start, .. inputs.Values.Select(v => v.Input)], wanted.Select((w, i) => (w.Name, lifted[i]))));
        using var executable = backend.Compile(compiled, new CompileOptions { Threads = options.Threads });
        for (var i = 0; i < parameters.Count; i++) executable.Write(i, posterior.Parameters[guide.Parameters[i].Name]);
        executable.Write<long>(parameters.Count, [options.Seed]);
        for (var i = 0; i < inputs.Values.Count; i++) executable.Write(parameters.Count + 2 + i, data!.Values[inputs.Values[i].Name]);

        HostTensor[] results = [.. wanted.Select(w => HostTensor.Zeros(w.Value.DType, w.Value.Shape.Prepend(options.Draws)))];
        for (var from = 0; from < options.Draws; from += chunk)
        {
            executable.Write<long>(parameters.Count + 1, [from]);
            executable.Run();
            for (var i = 0; i < wanted.Length; i++)
            {
                var size = wanted[i].Value.Shape.Size;
                var part = executable.Read(i, new(lifted[i].DType, lifted[i].Shape));
                Array.Copy(part.Data, 0, results[i].Data, from * size, Math.Min(chunk, options.Draws - from) * size);
            }
        }
        var named = wanted.Zip(results, (w, r) => (w.Name, r)).ToArray();
        return new(options.Draws, named[..latent.Length].ToEqArray(), named[latent.Length..].ToEqArray());
    }

    private static bool IsClosed(Tensor x, HashSet<Tensor> bound) => Topology.Sort([x]).All(n => n.Op != OpCode.Input || bound.Contains(n));
}
