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

    /// <summary>The positions of locations and rhos of independent normals among <see cref="Parameters"/>.</summary>
    internal EqArray<(int Loc, int Rho)> NormalPairs { get; init; } = [];

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

    /// <summary>
    /// What is maximised where that is not the bound itself, for a factor on the divergence (null: 1): an expression with the gradient's estimate as its gradient. Null: the bound.
    /// </summary>
    internal Func<Tensor?, Tensor>? Surrogate { get; init; }

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
    /// <param name="objective">What is maximised, and how its gradient is estimated; null for the ELBO by pathwise gradients.</param>
    /// <exception cref="DiagnosticException">The guide, the estimator or the batch do not go with the objective.</exception>
    public static Elbo Build(BoundModel model, GuidePlan guide, Estimator estimator, int? batch = null, int draws = 1, ObjectiveChoice? objective = null)
    {
        objective ??= ObjectiveChoice.Plain;
        if (objective.Faults(guide, estimator, draws) is { IsEmpty: false } faults) throw new DiagnosticException(faults);
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
        var scope = new GuideScope(byName, random.Named("guide"), rows.Rows) { Data = values, Bijectors = MovingSupports.Bijectors(graph, _ => true), HoldsDraws = objective.Gradient.ScoresAll };
        ScoredDraw[] drawn = [.. guide.Parts.Select(p => ScoredDraw.Of(p, scope, objective))];
        PartDraw[] parts = [.. drawn.Select(p => p.Draw)];
        LogTerm[] scores = [.. drawn.SelectMany(p => p.Scores)];
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
        var filled = Rewriter.Apply([.. terms.Select(t => t.Value), .. scores.Select(s => s.Value)], rules);
        Tensor[] totals;
        Func<Tensor?, Tensor>? maximised = null;
        if (objective.IsPlain)
        {
            totals = [.. terms.Zip(filled, (t, value) => rows.Estimate(value, t.PerRow))];
            if (draws > 1) totals = MeanOverDraws(totals, draw, draws);
        }
        else
        {
            var lifted = AtEachDraw(filled, draw, draws);
            var weights = new LogWeights(terms.Zip(lifted).ToEqArray(), rows);
            var structure = BoundStructure.Of(model, graph, rows, terms, parts);
            if (structure.Fault(objective.Bound, rows) is { } fault) throw new DiagnosticException([fault]);
            EqArray<Tensor> own = parameters[..(parameters.Count - guide.Learned.Count)];
            maximised = new Surrogate(objective, weights, scores.Zip(lifted[terms.Count..], (s, value) => (value, s.PerRow)).ToEqArray(),
                !objective.Bound.IsMean && structure.WhyJoint is null, structure.RowsAreApart, own, parameters[own.Count..]).Of;
            totals = [.. weights.Terms.Select(t => Mean(weights.Estimate(t.Value, t.Term.PerRow), 0))];
        }

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
            Surrogate = maximised,
            NormalPairs = [.. guide.Parts.SelectMany(p => p.NormalPairs).Select(p => (Position(guide, p.Loc), Position(guide, p.Rho)))],
            Sites = [.. choices.Map(c => SitePlan.Of(guide, Told(c, scores, guide), terms)), .. marginal.Summed.Map(s => SitePlan.SummedOut(s, model.Rows))],
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

    private static int Position(GuidePlan guide, string parameter) => Enumerable.Range(0, guide.Parameters.Count).First(i => guide.Parameters[i].Name == parameter);

    // Values at the draws, [draws, …] each.
    private static Tensor[] AtEachDraw(Tensor[] values, Tensor draw, int draws)
    {
        if (draws == 1) return [.. values.Select(v => ExpandDims(v, 0))];
        var varying = values.Select(v => Topology.Sort([v]).Any(n => ReferenceEquals(n, draw))).ToArray();
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = Iota([draws], 0) };
        var lifted = new Queue<Tensor>(Vmap.Batch([.. values.Where((_, i) => varying[i])], index, draws));
        return [.. values.Select((v, i) => varying[i] ? lifted.Dequeue() : BroadcastTo(ExpandDims(v, 0), v.Shape.Prepend(draws)))];
    }

    // Sites learned by the score function say so.
    private static EstimatorChoice Told(EstimatorChoice choice, LogTerm[] scores, GuidePlan guide) =>
        scores.Any(s => s.Name == choice.Site || s.Name == guide.PartOf(choice.Site).Name)
            ? choice with { Reason = "its draws carry no gradient: the score function, with the other draws as baseline" } : choice;

    private static Tensor Add(IEnumerable<Tensor> terms, DType type) => terms.Aggregate((Tensor?)null, (sum, t) => sum is null ? t : sum + t) ?? Constant(type, 0);
}
