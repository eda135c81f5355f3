using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// Expressions of one joint draw from a posterior and a model: latent sites from the guide (or from their prior, for per-row sites of new rows), observed
/// sites from the data where it has them, else from their distribution. Shared draws, one draw being one function of the inputs, unless only quantities of one row
/// at a time are asked for.
/// </summary>
internal sealed class PosteriorScope
{
    private readonly Dictionary<Tensor, Tensor> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Tensor> _latent = [];
    private readonly List<(string Site, Tensor LogRatio)> _ratios = [];
    private readonly IReadOnlyDictionary<Tensor, Func<Rewriter, Tensor>> _products = new Dictionary<Tensor, Func<Rewriter, Tensor>>();
    private readonly Marginal _whole;
    private readonly Dictionary<string, Tensor> _stepwise = [];

    /// <summary>Builds the expressions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its graph with the rows at hand.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="parameters">Inputs for the guide's parameters.</param>
    /// <param name="given">What fills holes: arguments and observed values. Arguments that it lacks stay open.</param>
    /// <param name="random">Randomness of this draw.</param>
    /// <param name="rows">The rows at hand.</param>
    /// <param name="identity">What the rows are.</param>
    /// <param name="trained">For new rows, a draw given the training data of discrete sites that belong to no row; without it they are drawn from their prior.</param>
    /// <param name="rowByRow">
    /// Whether every expression asked for belongs to one row: rows of a draw may then see noise of their own instead of the same weights (<see cref="DrawnProducts"/>).
    /// </param>
    public PosteriorScope(
        BoundModel model, ModelGraph graph, GuidePlan guide, IReadOnlyDictionary<string, Tensor> parameters,
        IEnumerable<(Tensor Hole, Tensor Value)> given, RandomSource random, RowView rows, RowIdentity identity,
        IReadOnlyDictionary<string, Tensor>? trained = null, bool rowByRow = false)
    {
        foreach (var (hole, value) in given.Concat(GuidePlan.FillLearned(graph, parameters))) _values[hole] = value;
        var isFixed = _values.Keys.ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (hole, value) in NoiseDraws.Of(graph, random, rows)) _values[hole] = value;
        _whole = Marginal.Of(graph, model.IsObserved).Required;
        // One value of what all rows share belongs to a draw, like the other values that they share; a row's own is averaged over.
        Marginal = graph.Rows is null ? _whole : Marginal.Of(graph, model.IsObserved, s => s.PerRow).Value ?? _whole;
        var data = Data(model, graph).Where(v => _values.ContainsKey(v.Hole)).ToDictionary(v => v.Name, v => _values[v.Hole]);
        var (drawn, density) = (new Dictionary<string, SiteDraw>(), new Dictionary<string, LogTerm>());
        var bijectors = MovingSupports.Bijectors(graph, s => identity == RowIdentity.Training || !s.PerRow);
        foreach (var part in guide.Parts)
        {
            // The positions of new rows mean nothing to parameters that belong to the training rows; what is drawn with these is not used.
            var view = identity == RowIdentity.Training || part.IsAmortised ? rows : RowView.All(model.Rows);
            var draw = part.Draw(new(parameters, random.Named("guide"), view) { Data = data, AreNew = identity == RowIdentity.New, Bijectors = bijectors });
            foreach (var site in draw.Sites.Where(s => identity == RowIdentity.Training || part.IsAmortised || !s.Site.PerRow)) drawn.Add(site.Site.Name, site);
            if (identity == RowIdentity.Training || part.IsAmortised) foreach (var term in draw.LogDensity.Where(t => t.PerRow)) density.Add(term.Name, term);
        }
        if (rowByRow) _products = DrawnProducts.Of(model, graph, drawn.Values, isFixed.Contains, random.Named("products"), rows);
        // Rows that were not trained on have discrete values from their prior: the data at hand is not what was trained on.
        var members = identity == RowIdentity.Training || graph.Rows is null ? Members(graph, drawn, random, rows) : [];
        GivenData = members.Count > 0;
        if (identity == RowIdentity.New && trained is not null) foreach (var (name, value) in trained) members[name] = value;
        var absorbed = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var linearised = guide.Parts.Any(p => p.IsLinearised) ? new LinearisedDraw(model, graph, drawn) : null;
        foreach (var site in graph.Sites)
        {
            // In model order, so that what an outcome depends on has its value.
            if (linearised is not null && model.IsObserved(site)) foreach (var (argument, value) in linearised.ArgumentsOf(site, _values)) _values[argument] = value;
            if (site.Kind != SiteKind.Sample || _values.ContainsKey(site.Value)) continue;
            var isLatent = !model.IsObserved(site);
            if (members.TryGetValue(site.Name, out var member)) _values[site.Value] = member;
            else if (isLatent && drawn.TryGetValue(site.Name, out var own)) _values[site.Value] = At(own.Value);
            // A guide that lacks its data says nothing; only rows of their own that are new, and discrete values, have a prior instead.
            else if (isLatent && (identity == RowIdentity.Training || (!site.PerRow && !_whole.Summed.Any(s => ReferenceEquals(s.Site, site))))) continue;
            else if (site.Recurrence is { } recurrence) _values[site.Value] = InLoop(recurrence, site.Name);
            else _values[site.Value] = Draw(site, random.Named(isLatent ? "latent" : "outcome").Named(site.Name), rows);
            if (isLatent) _latent[site.Name] = _values[site.Value];
            if (!isLatent || !site.PerRow || !drawn.ContainsKey(site.Name)) continue;
            if (!density.TryGetValue(site.Name, out var q) || site.Distribution.Batch.Rank == 0)
            {
                Unweighted ??= site;
                continue;
            }
            var isAbsorbed = Marginal.Graph.Sites.Any(s => s.IsAbsorbed && s.Name == site.Name);
            _ratios.Add((site.Name, isAbsorbed ? -At(q.Value) : PerRow(At(site.Distribution.LogDensity(site.Value))) - At(q.Value)));
            if (isAbsorbed) absorbed.Add(site.Value);
        }
        // The prior of sites that depend on a discrete one is a factor of its own.
        foreach (var factor in Marginal.Graph.Factors.Where(f => f.IsPrior && absorbed.Count > 0 && Marginal.DependsOn(f.LogDensity, absorbed)))
        {
            if (factor.PerRow) _ratios.Add(($"{factor.Name}.prior", PerRow(At(factor.LogDensity))));
            else Unweighted ??= graph.Sites.First(s => absorbed.Contains(s.Value));
        }

        // What a loop draws depends on its earlier draws, so its unknown sites are drawn together, step by step.
        Tensor InLoop(Recurrence loop, string name)
        {
            if (_stepwise.TryGetValue(name, out var already)) return already;
            var known = new Dictionary<string, Tensor>();
            var isLatent = new Dictionary<string, bool>();
            foreach (var site in graph.Sites.Where(s => ReferenceEquals(s.Recurrence, loop) && s.Kind == SiteKind.Sample))
            {
                isLatent[site.Name] = !model.IsObserved(site);
                if (_values.TryGetValue(site.Value, out var value)) known[site.Name] = value;
                else if (members.TryGetValue(site.Name, out var member)) known[site.Name] = member;
                else if (isLatent[site.Name] && drawn.TryGetValue(site.Name, out var own)) known[site.Name] = At(own.Value);
            }
            foreach (var (site, value) in loop.Sample(known, s => random.Named(isLatent[s.Name] ? "latent" : "outcome").Named(s.Name), graph.Precision)) _stepwise[site] = At(value);
            return _stepwise[name];
        }
    }

    /// <summary>
    /// For every site whose rows are drawn by the guide, which has seen the rows' outcomes, log p - log q of each row's draw: the weight that makes an average over such
    /// draws one over the prior.
    /// </summary>
    public IReadOnlyList<(string Site, Tensor LogRatio)> LogRatios => _ratios;

    /// <summary>A site whose rows are drawn by the guide without a density of each row's draw, like that of a point, so that such a weight does not exist; null if there is none.</summary>
    public Site? Unweighted { get; private set; }

    /// <summary>
    /// The model with the discrete latent sites of rows summed out, and without rows with all of them; its graph has the holes that this draw fills, those of the other
    /// discrete sites among them.
    /// </summary>
    public Marginal Marginal { get; }

    /// <summary>Whether discrete latent values are those of the data at hand, and not of the prior.</summary>
    public bool GivenData { get; }

    /// <summary>The mean of an expression of the model over its discrete latent sites, at this draw of all other values; at the draw of these too where that is not known.</summary>
    public Tensor Expect(Tensor expression) => At(Expectation.Of(Marginal, expression, GivenData) ?? expression);

    /// <summary>Whether an expression of the model depends on a discrete latent site.</summary>
    public bool Varies(Tensor expression) => Marginal.DependsOn(expression, Marginal.Summed.Select(s => s.Hole).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance));

    /// <summary>The drawn values of the latent sites.</summary>
    public IReadOnlyDictionary<string, Tensor> Latent => _latent;

    /// <summary>An expression of the model, at this draw.</summary>
    public Tensor At(Tensor expression)
    {
        if (_products.Count == 0) return Substitution.Apply([expression], _values)[0];
        var rules = new Dictionary<Tensor, Func<Rewriter, Tensor>>(_products, ReferenceEqualityComparer.Instance);
        foreach (var (hole, value) in _values) rules[hole] = _ => value;
        return Rewriter.Apply([expression], rules)[0];
    }

    private Dictionary<string, Tensor> Members(ModelGraph graph, Dictionary<string, SiteDraw> drawn, RandomSource random, RowView rows)
    {
        var known = new Dictionary<Tensor, Tensor>(_values, ReferenceEqualityComparer.Instance);
        foreach (var site in graph.Sites.Where(s => drawn.ContainsKey(s.Name))) known[site.Value] = drawn[site.Name].Value;
        return MemberDraws.Of(_whole, known, random.Named("members"), rows);
    }

    private static Tensor PerRow(Tensor x) => SumLast(x, x.Rank - 1);

    private static IEnumerable<(string Name, Tensor Hole)> Data(BoundModel model, ModelGraph graph) =>
        graph.Arguments.Select(a => (a.Name, a.Value)).Concat(graph.Sites.Where(s => s.Kind == SiteKind.Sample && model.IsObserved(s)).Select(s => (s.Name, s.Value)));

    /// <summary>A draw of a site's distribution at this draw of its parents; the noise of a per-row site belongs to the row.</summary>
    public Tensor Draw(Site site, RandomSource random, RowView rows)
    {
        if (_stepwise.TryGetValue(site.Name, out var value)) return value;
        var distribution = site.Distribution.MapArguments(At);
        return site.PerRow && distribution.Batch.Rank > 0
            ? distribution.Family.Sample(rows.Keyed(random), distribution.Arguments)
            : distribution.Sample(random);
    }
}
