using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>Computes many draws of expressions in chunks: memory does not grow with the number of draws but for the results, which do not depend on the chunks.</summary>
internal sealed class DrawLoop
{
    private const int ChunkElements = 1 << 20;

    /// <summary>The input of the seed, I64 [].</summary>
    public Tensor Seed { get; } = Input("seed", DType.I64, []);

    /// <summary>The placeholder of the draw's number, I64 [].</summary>
    public Tensor Draw { get; } = Input("draw", DType.I64, []);

    /// <summary>The draws of some expressions, each [draws, …].</summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws, the seed, and how they are batched.</param>
    /// <param name="inputs">The other inputs of the expressions with their values.</param>
    /// <param name="wanted">The expressions of one draw.</param>
    public HostTensor[] Run(IBackend backend, SampleOptions options, IReadOnlyList<(Tensor Input, HostTensor Value)> inputs, IReadOnlyList<(string Name, Tensor Value)> wanted)
    {
        var results = wanted.Select(w => HostTensor.Zeros(w.Value.DType, w.Value.Shape.Prepend(options.Draws))).ToArray();
        var place = 0;
        Each(backend, options, inputs, wanted, ChunkElements, (_, values, from, count) =>
        {
            var (into, size) = (results[place], values.Shape[1..].Size);
            Array.Copy(values.Data, 0, into.Data, from * size, count * size);
            place = (place + 1) % results.Length;
        });
        return results;
    }

    /// <summary>The same draws handed over in blocks, of each block the expressions in their order.</summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws, the seed, and how they are batched.</param>
    /// <param name="inputs">The other inputs of the expressions with their values.</param>
    /// <param name="wanted">The expressions of one draw.</param>
    /// <param name="most">About the most numbers of a block.</param>
    /// <param name="take">Takes an expression's name, its values [at least count, …], the number of the first draw, and how many draws count.</param>
    public void Each(
        IBackend backend, SampleOptions options, IReadOnlyList<(Tensor Input, HostTensor Value)> inputs, IReadOnlyList<(string Name, Tensor Value)> wanted, int most,
        Action<string, HostTensor, int, int> take)
    {
        if (wanted.Count == 0) return;
        var elements = Math.Max(1, wanted.Sum(w => (long)w.Value.Shape.Size));
        // An axis of size 1 is simplified away, and sums may then be taken in another order.
        var chunk = Math.Max(2, Math.Clamp(options.DrawChunk ?? (int)Math.Min(int.MaxValue, most / elements), 1, options.Draws));
        var start = Input("start", DType.I64, []);
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [Draw] = BroadcastTo(start, [chunk]) + Iota([chunk], 0) };
        var lifted = Vmap.Batch([.. wanted.Select(w => w.Value)], index, chunk);
        var compiled = Pipeline.Optimize(new TensorGraph([Seed, start, .. inputs.Select(i => i.Input)], wanted.Select((w, i) => ($"{i}.{w.Name}", lifted[i]))));
        using var executable = backend.Compile(compiled, new CompileOptions { Threads = options.Threads });
        executable.Write<long>(0, [options.Seed]);
        for (var i = 0; i < inputs.Count; i++) executable.Write(2 + i, inputs[i].Value);
        for (var from = 0; from < options.Draws; from += chunk)
        {
            executable.Write<long>(1, [from]);
            executable.Run();
            for (var i = 0; i < wanted.Count; i++) take(wanted[i].Name, executable.Read(i, new(lifted[i].DType, lifted[i].Shape)), from, Math.Min(chunk, options.Draws - from));
        }
    }
}
