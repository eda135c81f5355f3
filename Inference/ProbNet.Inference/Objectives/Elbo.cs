using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// The evidence lower bound as a tensor graph: E_q[log p(observed | latent)] - KL(q || p), in nats for the whole data set, estimated from a batch of rows
/// (<see cref="Batch"/>) and some draws.
/// </summary>
/// <remarks>Source: Blei, Kucukelbir, McAuliffe, Variational inference: a review for statisticians, JASA 112 (2017), eq. 13.</remarks>
public sealed record Elbo
{
    private Elbo() { }

    /// <summary>The batch it is estimated from.</summary>
    public required Batch Batch { get; init; }

    /// <summary>The inputs for the guide's parameters, in the plan's order.</summary>
    public required EqArray<Tensor> Parameters { get; init; }

    /// <summary>The inputs for the data.</summary>
    public required DataInputs Data { get; init; }

    /// <summary>The input for the seed, I64 [].</summary>
    public required Tensor Seed { get; init; }

    /// <summary>The input for the step counter, I64 []: steps draw independently.</summary>
    public required Tensor Step { get; init; }

    /// <summary>The mean over draws of the log-likelihood of the observed sites, in nats, [].</summary>
    public required Tensor ExpectedLogLikelihood { get; init; }

    /// <summary>KL(q || p) in nats, closed-form or the mean over draws, []. For a point guide it is -log p(z).</summary>
    public required Tensor Kl { get; init; }

    /// <summary>The parts of <see cref="Kl"/> by site (joint guides: by part), [] each.</summary>
    public required EqArray<(string Name, Tensor Value)> KlBySite { get; init; }

    /// <summary>The parts of <see cref="ExpectedLogLikelihood"/> by observed site, [] each.</summary>
    public required EqArray<(string Name, Tensor Value)> LikelihoodBySite { get; init; }

    /// <summary>Name and place of every site of the model.</summary>
    public required EqArray<Origin> Origins { get; init; }

    /// <summary>What was decided for each latent site.</summary>
    public required EqArray<SitePlan> Sites { get; init; }

    /// <summary>The bound, ELL - KL.</summary>
    public Tensor Value => ExpectedLogLikelihood - Kl;

    /// <summary>All inputs: parameters, seed, step, batch, data.</summary>
    public EqArray<Tensor> Inputs => [.. Parameters, Seed, Step, .. Batch.Inputs, .. Data.Values.Map(v => v.Input)];

    /// <summary>Builds the bound.</summary>
    /// <param name="model">The model with its data bound.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="estimator">The estimator asked for.</param>
    /// <param name="batch">The number of rows in a batch, null for all.</param>
    /// <param name="draws">The number of draws averaged.</param>
    public static Elbo Build(BoundModel model, GuidePlan guide, Estimator estimator, int? batch = null, int draws = 1)
    {
        var rows = new Batch(model.Rows, batch, guide.Precision);
        var marginal = model.SumOut(rows.Size).Required;
        var graph = marginal.Graph;
        EqArray<Tensor> parameters = guide.Parameters.Map(p => Input(p.Name, guide.Precision, p.Shape));
        var (seed, step) = (Input("seed", DType.I64, []), Input("step", DType.I64, []));
        var draw = draws == 1 ? Constant(HostTensor.Scalar(0)) : Input("draw", DType.I64, []);
        var random = new RandomSource(seed, step, draw);
        var data = DataInputs.For(model, graph, model.Rows);

        var byName = guide.Parameters.Zip(parameters).ToDictionary(p => p.First.Name, p => p.Second);
        var values = data.Values.ToDictionary(v => v.Name, v => v.PerRow ? rows.Rows.Take(v.Input) : v.Input);
        var scope = new GuideScope(byName, random.Named("guide"), rows.Rows) { Data = values, Bijectors = MovingSupports.Bijectors(graph, _ => true) };
        PartDraw[] parts = [.. guide.Parts.Select(p => p.Draw(scope))];
        SiteDraw[] sites = [.. parts.SelectMany(p => p.Sites)];
        var holes = graph.Sites.Where(s => !model.IsObserved(s)).ToDictionary(s => s.Name, s => s.Value);
        var terms = ElboTerms.Of(model, graph, parts);
        var choices = EstimatorChoice.For(estimator, sites, holes, [.. terms.Select(t => (t.Site, t.Value))], RowAnalysis.PerRowInputs(graph));

        var rules = new Dictionary<Tensor, Func<Rewriter, Tensor>>(ReferenceEqualityComparer.Instance);
        (Tensor Hole, Tensor Value)[] given = [.. data.Fill(graph, rows.Rows), .. GuidePlan.FillLearned(graph, byName), .. NoiseDraws.Of(graph, random, rows.Rows)];
        foreach (var (hole, value) in given) rules[hole] = _ => value;
        foreach (var (name, value) in MovingSupports.Fill(graph, sites.ToDictionary(s => s.Site.Name, s => s.Value), given)) rules[holes[name]] = _ => value;
        foreach (var (choice, site) in choices.Zip(sites).Where(c => c.First.Use is not null))
        {
            var noise = random.Named("estimator").Named(choice.Site);
            var origin = new Origin(choice.Site, choice.Use!.Product.Origin?.Location ?? site.Site.Site.Span.Location);
            rules[choice.Use.Product] = rewriter => choice.Estimator.Compute(new(choice.Use, node => rewriter[node]), site.Structure!, noise).WithOrigin(origin);
        }
        var filled = Rewriter.Apply([.. terms.Select(t => t.Value)], rules);
        Tensor[] totals = [.. terms.Zip(filled, (t, value) => rows.Estimate(value, t.PerRow))];
        if (draws > 1) totals = MeanOverDraws(totals, draw, draws);

        var signed = terms.Zip(totals).ToArray();
        var kl = signed.Where(t => t.First.Kind != ElboTermKind.Likelihood)
            .GroupBy(t => t.First.Site, t => t.First.Kind == ElboTermKind.Prior ? -t.Second : t.Second)
            .Select(g => (g.Key, Add(g, guide.Precision))).ToEqArray();
        var likelihood = signed.Where(t => t.First.Kind == ElboTermKind.Likelihood).Select(t => (t.First.Site, t.Second)).ToEqArray();
        return new()
        {
            Batch = rows,
            Parameters = parameters,
            Data = data,
            Seed = seed,
            Step = step,
            ExpectedLogLikelihood = Add(likelihood.Select(t => t.Second), guide.Precision),
            LikelihoodBySite = likelihood,
            Origins = [.. graph.Sites.Map(s => s.Origin), .. graph.Factors.Map(f => f.Origin)],
            Kl = Add(kl.Select(t => t.Item2), guide.Precision),
            KlBySite = kl,
            Sites = [.. choices.Map(c => SitePlan.Of(guide, c, terms)), .. marginal.Summed.Map(s => SitePlan.SummedOut(s, model.Rows))],
        };
    }

    // Terms that no draw enters, such as most closed-form divergences, are left out of the batching: it would repeat them.
    private static Tensor[] MeanOverDraws(Tensor[] totals, Tensor draw, int draws)
    {
        var varying = totals.Select(t => Topology.Sort([t]).Any(n => ReferenceEquals(n, draw))).ToArray();
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = Iota([draws], 0) };
        var lifted = new Queue<Tensor>(Vmap.Batch([.. totals.Where((_, i) => varying[i])], index, draws));
        return [.. totals.Select((t, i) => varying[i] ? Mean(lifted.Dequeue(), 0) : t)];
    }

    private static Tensor Add(IEnumerable<Tensor> terms, DType type) => terms.Aggregate((Tensor?)null, (sum, t) => sum is null ? t : sum + t) ?? Constant(type, 0);
}
