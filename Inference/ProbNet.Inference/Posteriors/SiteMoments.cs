using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>Mean and standard deviation of each component of a latent site under the posterior, in the site's own space.</summary>
/// <param name="Site">The site.</param>
/// <param name="Mean">The means, of the site's shape, F64.</param>
/// <param name="StandardDeviation">The marginal standard deviations, of the same shape; 0 for a point.</param>
/// <param name="Draws">The number of draws that they are estimated from; 0 where they are exact, as all distinct draws of finitely many are.</param>
public sealed record SiteMoments(string Site, HostTensor Mean, HostTensor StandardDeviation, int Draws)
{
    /// <summary>Whether the numbers have no Monte Carlo error.</summary>
    public bool IsExact => Draws == 0;
}

/// <summary>Computes moments: from what the family knows, else from draws.</summary>
internal static class MomentReader
{
    private const int MostAtOnce = 1 << 22;

    public static EqArray<SiteMoments> Run(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data)
    {
        var known = Known(posterior, backend, options, data);
        var names = posterior.Guide.Parts.SelectMany(p => p.Sites).Select(s => s.Name).Where(n => !known.ContainsKey(n)).ToHashSet();
        if (names.Count > 0) foreach (var m in Drawn(posterior, backend, options, data, names)) known[m.Site] = m;
        return posterior.Model.ElaborateMarginal(posterior.Model.Rows).Sites.Where(s => known.ContainsKey(s.Name)).Select(s => known[s.Name]).ToEqArray();
    }

    // Real sites whose marginal deviation is a function of the parameters alone; of others a distribution of the language with moments in closed form.
    private static Dictionary<string, SiteMoments> Known(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data)
    {
        var (guide, rows) = (posterior.Guide, RowView.All(posterior.Model.Rows));
        var inputs = guide.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, guide.Precision, p.Shape));
        var (seed, draw) = (Input("seed", DType.I64, []), Input("draw", DType.I64, []));
        var graph = posterior.Model.ElaborateMarginal(posterior.Model.Rows);
        var values = DataInputs.For(posterior.Model, graph, posterior.Model.Rows).Values.Where(v => data is not null && data.Values.ContainsKey(v.Name)).ToEqArray();
        var scope = new GuideScope(inputs, new RandomSource(seed, Constant(HostTensor.Scalar(0)), draw).Named("predict").Named("guide"), rows)
        {
            Data = values.ToDictionary(v => v.Name, v => v.Input),
            Bijectors = MovingSupports.Bijectors(graph, _ => true),
        };
        var bound = new HashSet<Tensor>([.. inputs.Values, .. values.Select(v => v.Input)], ReferenceEqualityComparer.Instance);
        var wanted = new List<(string Name, Tensor Value)>();
        foreach (var site in guide.Parts.SelectMany(p => p.Draw(scope).Sites))
        {
            var (mean, deviation) = site.Site.IsReal && site.Scale is { } scale ? (site.Location, scale)
                : site.Marginal is { } q ? (q.Mean(), q.Variance() is { } variance ? Sqrt(variance) : null) : (null, null);
            if (mean is null || deviation is null || !Topology.Sort([mean, deviation]).All(n => n.Op != OpCode.Input || bound.Contains(n))) continue;
            wanted.Add((site.Site.Name, BroadcastTo(mean, site.Value.Shape)));
            wanted.Add((site.Site.Name, BroadcastTo(deviation, site.Value.Shape)));
        }
        var result = new Dictionary<string, SiteMoments>();
        if (wanted.Count == 0) return result;
        var compiled = Pipeline.Optimize(new TensorGraph([.. inputs.Values, .. values.Select(v => v.Input)], wanted.Select((w, i) => ($"{i}", w.Value))));
        using var executable = backend.Compile(compiled, new CompileOptions { Threads = options.Threads });
        for (var i = 0; i < guide.Parameters.Count; i++) executable.Write(i, posterior.Parameters[guide.Parameters[i].Name]);
        for (var i = 0; i < values.Count; i++) executable.Write(guide.Parameters.Count + i, data!.Values[values[i].Name]);
        executable.Run();
        for (var i = 0; i < wanted.Count; i += 2)
        {
            HostTensor Read(int output) => HostTensor.FromDoubles(DType.F64, wanted[output].Value.Shape, executable.Read(output, new(guide.Precision, wanted[output].Value.Shape)).ToDoubles());
            result[wanted[i].Name] = new(wanted[i].Name, Read(i), Read(i + 1), 0);
        }
        return result;
    }

    // The draws of Posterior.Sample, a block at a time.
    private static IEnumerable<SiteMoments> Drawn(Posterior posterior, IBackend backend, SampleOptions options, DataSet? data, HashSet<string> names)
    {
        var isAll = posterior.Guide.DistinctDraws is not null;
        var draws = posterior.Guide.DistinctDraws ?? options.Draws;
        var sums = new Dictionary<string, (DrawMoments Moments, Shape Shape)>();
        Sampler.Stream(posterior, backend, options with { Draws = draws }, data, names, MostAtOnce, (name, values, count) =>
        {
            var shape = values.Shape[1..];
            if (!sums.TryGetValue(name, out var sum)) sums[name] = sum = (new(shape.Size), shape);
            for (var s = 0; s < count; s++) sum.Moments.Add(values, s * shape.Size);
        });
        foreach (var (name, (moments, shape)) in sums)
        {
            yield return new(name, HostTensor.FromDoubles(DType.F64, shape, moments.Mean), HostTensor.FromDoubles(DType.F64, shape, moments.Deviation(isAll)), isAll ? 0 : draws);
        }
    }
}
