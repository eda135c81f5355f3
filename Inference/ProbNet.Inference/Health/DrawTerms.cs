using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Health;

/// <summary>Quantities of single draws from a posterior, each for the whole training data: totals in nats, one number for each of S draws.</summary>
/// <param name="Likelihood">log p of the observed sites.</param>
/// <param name="Kl">The divergence from the prior by the name of its term: closed-form, or log q - log p at the draw.</param>
/// <param name="LogRatio">log p(x, z) - log q(z); null where q has no density.</param>
internal sealed record DrawTerms(double[] Likelihood, EqArray<(string Name, double[] Values)> Kl, double[]? LogRatio)
{
    /// <summary>Computes them. Rows and draws are streamed in chunks, so that memory does not grow with the number of draws, nor with that of rows but for the data itself.</summary>
    public static DrawTerms Of(BoundModel model, GuidePlan guide, IReadOnlyDictionary<string, HostTensor> parameters, DataSet train, IBackend backend, DrawTermOptions options)
    {
        using var run = Compiled(model, guide, backend, options);
        return run.Compute(parameters, train, options.Seed);
    }

    /// <summary>The number of elementary operations of one draw with all rows: elements of all values, and two for each product that is summed.</summary>
    public static double Work(BoundModel model, GuidePlan guide)
    {
        var all = model.Elaborate(model.Rows);
        var rows = RowsAtOnce(model, guide, 2);
        var outputs = Build(model, guide, rows, new Inputs(guide)).Outputs;
        return Topology.Sort(outputs.Select(o => o.Value)).Sum(n => n.Op == OpCode.MatMul ? 2.0 * n.Shape.Size * n.Inputs[0].Shape[^1] : n.Shape.Size) * ((all.Rows?.Size ?? 1) / (double)Math.Max(1, all.Rows is null ? 1 : rows));
    }

    /// <summary>The plan, ready to be run; a planning backend makes it only to know its size.</summary>
    public static DrawTermRun Compiled(BoundModel model, GuidePlan guide, IBackend backend, DrawTermOptions options)
    {
        var inputs = new Inputs(guide);
        var rows = RowsAtOnce(model, guide, options.Draws);
        var built = Build(model, guide, rows, inputs);
        var chunk = options.Draws == 1 ? 1 : ChunkSizes.For(model, model.Elaborate(model.Rows), new PredictOptions { Draws = options.Draws }).Draws;
        var start = Input("start", DType.I64, []);
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [inputs.Draw] = BroadcastTo(start, [chunk]) + Iota([chunk], 0) };
        var lifted = Vmap.Batch([.. built.Outputs.Select(o => o.Value)], index, chunk);
        EqArray<Tensor> all = [.. inputs.Parameters.Values, inputs.Seed, start, .. built.Batch.Inputs, .. built.Data.Values.Map(v => v.Input)];
        var graph = Pipeline.Optimize(new TensorGraph(all, built.Outputs.Select((o, i) => ($"{i}", lifted[i]))));
        return new(new StagedExecutable(backend, graph, "start", new CompileOptions { Threads = options.Threads }), graph, guide, built, chunk, options.Draws);
    }

    // A model that mixes rows sees all of them at once.
    private static int RowsAtOnce(BoundModel model, GuidePlan guide, int draws)
    {
        var all = model.Elaborate(model.Rows);
        var rows = all.Rows is null ? model.Rows : ChunkSizes.For(model, all, new PredictOptions { Draws = draws }).Rows;
        return rows < model.Rows && RowObstacles.For(model, rows).IsEmpty ? rows : model.Rows;
    }

    private static BuiltTerms Build(BoundModel model, GuidePlan guide, int size, Inputs inputs)
    {
        var batch = new Batch(model.Rows, size, guide.Precision);
        var graph = model.ElaborateMarginal(batch.Size);
        var random = new RandomSource(inputs.Seed, Constant(HostTensor.Scalar(0)), inputs.Draw).Named("health");
        var data = DataInputs.For(model, graph, model.Rows);
        var scope = new GuideScope(inputs.Parameters, random.Named("guide"), batch.Rows)
        {
            Data = data.Values.ToDictionary(v => v.Name, v => v.PerRow ? batch.Rows.Take(v.Input) : v.Input),
            Bijectors = MovingSupports.Bijectors(graph, _ => true),
        };
        PartDraw[] parts = [.. guide.Parts.Select(p => p.Draw(scope))];
        SiteDraw[] sites = [.. parts.SelectMany(p => p.Sites)];
        var holes = graph.Sites.Where(s => !model.IsObserved(s)).ToDictionary(s => s.Name, s => s.Value);
        var values = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        (Tensor Hole, Tensor Value)[] given = [.. data.Fill(graph, batch.Rows), .. GuidePlan.FillLearned(graph, inputs.Parameters), .. NoiseDraws.Of(graph, random, batch.Rows)];
        foreach (var (hole, value) in given) values[hole] = value;
        foreach (var (name, value) in MovingSupports.Fill(graph, sites.ToDictionary(s => s.Site.Name, s => s.Value), given)) values[holes[name]] = value;

        var outputs = new List<TermOutput>();
        void Add(string? name, TermKind kind, IEnumerable<(Tensor Value, bool PerRow)> terms)
        {
            // What belongs to no row is counted with the first chunk of rows.
            foreach (var group in terms.GroupBy(t => t.PerRow, t => batch.Estimate(t.Value, t.PerRow))) outputs.Add(new(name, kind, group.Key, group.Aggregate((a, b) => a + b)));
        }
        var closed = ElboTerms.Of(model, graph, parts);
        var at = Filled(closed, values);
        Add(null, TermKind.Likelihood, at.Where(t => t.Term.Kind == ElboTermKind.Likelihood).Select(t => (t.Value, t.Term.PerRow)));
        foreach (var kl in at.Where(t => t.Term.Kind != ElboTermKind.Likelihood).GroupBy(t => t.Term.Site))
        {
            Add(kl.Key, TermKind.Kl, kl.Select(t => (t.Term.Kind == ElboTermKind.Prior ? -t.Value : t.Value, t.Term.PerRow)));
        }
        if (guide.Parts.All(p => p.WithoutDensity is null))
        {
            // Every density at the draw, none in closed form.
            PartDraw[] plain = [.. parts.Select(p => p with { Entropies = [], Sites = p.Sites.Map(s => s with { Marginal = null, CrossEntropy = null }) })];
            Add(null, TermKind.Ratio, Filled(ElboTerms.Of(model, graph, plain), values).Select(t => (t.Term.Kind == ElboTermKind.Guide ? -t.Value : t.Value, t.Term.PerRow)));
        }
        return new(batch, data, outputs.ToEqArray());
    }

    private static (ElboTerm Term, Tensor Value)[] Filled(EqArray<ElboTerm> terms, Dictionary<Tensor, Tensor> values) =>
        [.. terms.Zip(Substitution.Apply([.. terms.Select(t => t.Value)], values))];

    private sealed record Inputs(GuidePlan Guide)
    {
        public IReadOnlyDictionary<string, Tensor> Parameters { get; } = Guide.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, Guide.Precision, p.Shape));

        public Tensor Seed { get; } = Input("seed", DType.I64, []);

        public Tensor Draw { get; } = Input("draw", DType.I64, []);
    }
}

/// <summary>How terms of draws are computed.</summary>
/// <param name="Draws">S.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Threads">Threads to use; 0 means all cores.</param>
internal sealed record DrawTermOptions(int Draws, long Seed = 0, int Threads = 0);

/// <summary>What a total belongs to.</summary>
internal enum TermKind
{
    /// <summary>Observed sites.</summary>
    Likelihood,
    /// <summary>A divergence.</summary>
    Kl,
    /// <summary>The importance ratio.</summary>
    Ratio,
}

/// <summary>A total of one draw: of a chunk of rows, or of what belongs to no row.</summary>
internal sealed record TermOutput(string? Name, TermKind Kind, bool PerRow, Tensor Value);

/// <summary>The totals of one draw as expressions.</summary>
internal sealed record BuiltTerms(Batch Batch, DataInputs Data, EqArray<TermOutput> Outputs);
