using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Health;

/// <summary>Marginal scales of the components of one site in unconstrained space.</summary>
/// <param name="Site">The site.</param>
/// <param name="Posterior">Under the posterior.</param>
/// <param name="Prior">Under the prior.</param>
/// <param name="Start">Where the fit started; null where the family does not tell its scales.</param>
internal sealed record SiteScales(string Site, double[] Posterior, double[] Prior, double[]? Start);

/// <summary>
/// Reads scales. A family that knows its marginal standard deviations tells them, and so does a prior of real numbers with known parameters; others are half the width of the central
/// 68.27 % of draws, which is the standard deviation of a normal and exists for heavy tails too. Of sites with a value for each row <see cref="MostRows"/> rows are looked at, and of
/// draws <see cref="MostComponents"/> components of a site, both evenly spaced.
/// </summary>
internal static class ScaleReader
{
    private const int MostRows = 256, MostComponents = 1024, MostDraws = 4000, FewestDraws = 64;
    private const double MostDrawn = 1 << 24, MostHeld = 1 << 21;

    // Half of what a normal has within a standard deviation of its mean lies above and half below it.
    private const double Lower = 0.158655253931457, Upper = 1 - Lower;

    public static EqArray<SiteScales> Of(Posterior posterior, DataSet train, IBackend backend, long seed, int threads)
    {
        var (model, guide) = (posterior.Model, posterior.Guide);
        var spread = guide.Parts.Where(p => !p.IsPoint).SelectMany(p => p.Sites.Select(s => s.Name)).ToHashSet();
        if (spread.Count == 0) return [];
        var rows = model.Elaborate(model.Rows).Rows is not null && model.Rows > MostRows && RowObstacles.For(model, MostRows).IsEmpty ? MostRows : model.Rows;
        var view = rows == model.Rows ? RowView.All(rows) : new RowView(rows, Constant(HostTensor.Of([rows], [.. Enumerable.Range(0, rows).Select(r => (long)r * model.Rows / rows)])));
        var graph = model.Elaborate(rows);
        var loop = new DrawLoop();
        var parameters = guide.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, guide.Precision, p.Shape));
        var data = DataInputs.For(model, graph, model.Rows);
        var given = data.Fill(graph, view).ToArray();
        var random = new RandomSource(loop.Seed, Constant(HostTensor.Scalar(0)), loop.Draw).Named("health").Named("scales");
        // A count has no scale in unconstrained space.
        Site[] latent = [.. graph.Sites.Where(s => spread.Contains(s.Name) && Bijector.For(s.Distribution) is not null)];

        var exact = new List<(string Name, Tensor Value)>();
        var drawn = new List<(string Name, Tensor Value)>();
        var fixedInputs = new HashSet<Tensor>(parameters.Values, ReferenceEqualityComparer.Instance);
        var scope = new GuideScope(parameters, random.Named("guide"), view) { Data = data.Values.ToDictionary(v => v.Name, v => v.PerRow ? view.Take(v.Input) : v.Input), Bijectors = MovingSupports.Bijectors(graph, _ => true) };
        foreach (var site in guide.Parts.Where(p => !p.IsPoint).SelectMany(p => p.Draw(scope).Sites))
        {
            if (latent.All(s => s.Name != site.Site.Name)) continue;
            if (site.Scale is { } scale && Topology.Sort([scale]).All(n => n.Op != OpCode.Input || fixedInputs.Contains(n))) exact.Add(("q:" + site.Site.Name, scale));
        }
        foreach (var site in latent.Where(s => Bijector.For(s.Distribution) is { Name: var name } && name == IdentityName))
        {
            if (site.Distribution.Variance() is { } variance && Topology.Sort([variance]).All(n => n.Op != OpCode.Input)) exact.Add(("p:" + site.Name, Sqrt(variance)));
        }
        var known = exact.Select(e => e.Name).ToHashSet();
        if (latent.Any(s => !known.Contains("q:" + s.Name)))
        {
            var q = new PosteriorScope(model, graph, guide, parameters, given, random, view, RowIdentity.Training);
            drawn.AddRange(latent.Where(s => !known.Contains("q:" + s.Name) && q.Latent.ContainsKey(s.Name)).Select(s => ("q:" + s.Name, q.At(Unconstrained(s)))));
        }
        if (latent.Any(s => !known.Contains("p:" + s.Name)))
        {
            // With every site said to be observed and none given, the draw of a posterior is the draw of the model.
            var free = model with { Observed = graph.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Name).ToEqArray() };
            var arguments = given.Where(g => graph.Arguments.Any(a => ReferenceEquals(a.Value, g.Hole)));
            var p = new PosteriorScope(free, graph, new GuidePlan([], [], graph.Precision), parameters, arguments, random.Named("prior"), view, RowIdentity.Training);
            drawn.AddRange(latent.Where(s => !known.Contains("p:" + s.Name)).Select(s => ("p:" + s.Name, p.At(Unconstrained(s)))));
        }
        (Tensor, HostTensor)[] inputs = [.. guide.Parameters.Map(p => (parameters[p.Name], posterior.Parameters[p.Name])), .. data.Values.Map(v => (v.Input, train.Values[v.Name]))];
        var found = Exact(exact, parameters, posterior.Parameters, guide, backend, threads);
        foreach (var (name, values) in Drawn(loop, drawn, inputs, guide, backend, seed, threads)) found[name] = values;
        var started = exact.Where(e => e.Name.StartsWith("q:", StringComparison.Ordinal)).ToList();
        var start = Exact(started, parameters, guide.Parameters.Zip(InitialValues.Compute(guide, backend, seed)).ToDictionary(p => p.First.Name, p => p.Second), guide, backend, threads);
        return latent.Where(s => found.ContainsKey("q:" + s.Name) && found.ContainsKey("p:" + s.Name))
            .Select(s => Fitting(new(s.Name, found["q:" + s.Name], found["p:" + s.Name], start.GetValueOrDefault("q:" + s.Name)))).ToEqArray();
    }

    private static string IdentityName => IdentityBijector.Value.Name;

    private static Tensor Unconstrained(Site site)
    {
        var value = Bijector.For(site.Distribution)!.Inverse(site.Value);
        var flat = Reshape(value, [value.Shape.Size]);
        if (value.Shape.Size <= MostComponents) return flat;
        return Gather(flat, Constant(HostTensor.Of([MostComponents], [.. Enumerable.Range(0, MostComponents).Select(i => (long)i * value.Shape.Size / MostComponents)])));
    }

    // Where one side was drawn for some components only, the other is looked at there.
    private static SiteScales Fitting(SiteScales scales)
    {
        var count = Math.Min(scales.Posterior.Length, scales.Prior.Length);
        double[] Taken(double[] values) => values.Length == count ? values : [.. Enumerable.Range(0, count).Select(i => values[(long)i * values.Length / count])];
        return new(scales.Site, Taken(scales.Posterior), Taken(scales.Prior), scales.Start is { } start ? Taken(start) : null);
    }

    private static Dictionary<string, double[]> Exact(List<(string Name, Tensor Value)> wanted, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, HostTensor> values, GuidePlan guide, IBackend backend, int threads)
    {
        if (wanted.Count == 0) return [];
        var graph = Pipeline.Optimize(new TensorGraph(guide.Parameters.Map(p => inputs[p.Name]), wanted));
        using var executable = backend.Compile(graph, new CompileOptions { Threads = threads });
        for (var i = 0; i < guide.Parameters.Count; i++) executable.Write(i, values[guide.Parameters[i].Name]);
        executable.Run();
        return wanted.Select((w, i) => (w.Name, executable.Read(i, new(w.Value.DType, w.Value.Shape)).ToDoubles())).ToDictionary();
    }

    private static IEnumerable<(string, double[])> Drawn(DrawLoop loop, List<(string Name, Tensor Value)> wanted, (Tensor, HostTensor)[] inputs, GuidePlan guide, IBackend backend, long seed, int threads)
    {
        if (wanted.Count == 0) yield break;
        // Scales are drawn from values of whole sites, of which there may be many more than are looked at.
        var each = Topology.Sort(wanted.Select(w => w.Value)).Sum(n => (double)n.Shape.Size);
        var draws = guide.DrawsFor((int)Math.Clamp(Math.Min(MostDrawn / each, MostHeld / wanted.Sum(w => (double)w.Value.Shape.Size)), FewestDraws, MostDraws));
        var chunk = (int)Math.Clamp((1 << 20) / each, 1, draws);
        var samples = wanted.ToDictionary(w => w.Name, w => HostTensor.Zeros(w.Value.DType, w.Value.Shape.Prepend(draws)));
        loop.Each(backend, new SampleOptions { Draws = draws, Seed = seed, DrawChunk = chunk, Threads = threads }, inputs, wanted, 1 << 20,
            (name, values, from, count) => Array.Copy(values.Data, 0, samples[name].Data, from * values.Shape[1..].Size, count * values.Shape[1..].Size));
        foreach (var (name, values) in samples)
        {
            var isAll = guide.DistinctDraws is not null && name.StartsWith("q:", StringComparison.Ordinal);
            yield return (name, [.. Enumerable.Range(0, values.Shape[1..].Size).Select(i => Scale([.. Enumerable.Range(0, draws).Select(s => values[s * values.Shape[1..].Size + i])], isAll))]);
        }
    }

    private static double Scale(double[] draws, bool isAll)
    {
        if (isAll)
        {
            var mean = draws.Average();
            return Math.Sqrt(draws.Average(x => (x - mean) * (x - mean)));
        }
        Array.Sort(draws);
        return (RealScores.Quantile(draws, Upper) - RealScores.Quantile(draws, Lower)) / 2;
    }
}
