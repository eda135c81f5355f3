using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Health;

/// <summary>A compiled plan of <see cref="DrawTerms"/>: for each chunk of rows, all chunks of draws, whose totals are added up in double precision.</summary>
internal sealed class DrawTermRun(StagedExecutable executable, TensorGraph graph, GuidePlan guide, BuiltTerms built, int drawChunk, int draws) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => executable.Dispose();

    /// <summary>The totals with these parameters.</summary>
    public DrawTerms Compute(IReadOnlyDictionary<string, HostTensor> parameters, DataSet train, long seed)
    {
        var count = guide.Parameters.Count;
        for (var i = 0; i < count; i++) executable.Write(i, parameters[guide.Parameters[i].Name]);
        executable.Write(count, HostTensor.Scalar(seed));
        var data = count + 2 + built.Batch.Inputs.Count;
        for (var i = 0; i < built.Data.Values.Count; i++) executable.Write(data + i, train.Values[built.Data.Values[i].Name]);
        var sums = built.Outputs.Map(_ => new double[draws]);
        var buffers = graph.Outputs.Select(o => HostTensor.Zeros(o.Value.DType, o.Value.Shape)).ToArray();
        for (var first = 0; first < built.Batch.Total; first += built.Batch.Size)
        {
            WriteRows(count + 2, first);
            executable.Prepare();
            for (var start = 0; start < draws; start += drawChunk)
            {
                executable.Write(count + 1, HostTensor.Scalar(start));
                executable.Run();
                for (var o = 0; o < buffers.Length; o++)
                {
                    if (first > 0 && !built.Outputs[o].PerRow) continue;
                    executable.Read(o, buffers[o]);
                    for (var s = 0; s < Math.Min(drawChunk, draws - start); s++) sums[o][start + s] += buffers[o][s];
                }
            }
        }
        var totals = built.Outputs.Zip(sums).ToArray();
        double[] Total(IEnumerable<(TermOutput, double[] Values)> terms)
        {
            var result = new double[draws];
            foreach (var (_, values) in terms) for (var s = 0; s < draws; s++) result[s] += values[s];
            return result;
        }
        var ratios = totals.Where(t => t.First.Kind == TermKind.Ratio).ToArray();
        return new(Total(totals.Where(t => t.First.Kind == TermKind.Likelihood)),
            totals.Where(t => t.First.Kind == TermKind.Kl).GroupBy(t => t.First.Name!).Select(g => (g.Key, Total(g))).ToEqArray(),
            ratios.Length == 0 ? null : Total(ratios));
    }

    // The last chunk is filled up with its last row, which then weighs nothing.
    private void WriteRows(int input, int first)
    {
        if (built.Batch.IsFull) return;
        var (size, total) = (built.Batch.Size, built.Batch.Total);
        executable.Write(input, HostTensor.Of([size], [.. Enumerable.Range(first, size).Select(r => (long)Math.Min(r, total - 1))]));
        executable.Write(input + 1, HostTensor.FromDoubles(guide.Precision, [size], [.. Enumerable.Range(first, size).Select(r => r < total ? 1.0 : 0)]));
    }
}
