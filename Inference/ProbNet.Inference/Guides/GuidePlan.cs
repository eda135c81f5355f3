using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Guides;

/// <summary>A guide fitted to a model's latent sites: one part a clause.</summary>
/// <param name="Clauses">The clauses as written.</param>
/// <param name="Parts">The parts, in the order of the clauses.</param>
/// <param name="Precision">The floating-point type of the parameters.</param>
/// <param name="Learned">The model's own learned point values, which are fitted with the parts.</param>
public sealed record GuidePlan(EqArray<GuideClause> Clauses, EqArray<GuidePart> Parts, DType Precision, EqArray<GuideParameter> Learned = default)
{
    /// <summary>All parameters, the model's own last, in a fixed order.</summary>
    public EqArray<GuideParameter> Parameters { get; } = [.. Parts.SelectMany(p => p.Parameters), .. Learned];

    /// <summary>The number n of equally probable joint draws where it is finite: draw number d is draw d mod n. Null: no two draws are the same.</summary>
    public int? DistinctDraws { get; } = Parts.Aggregate((int?)1, (all, p) => all is { } a && p.DistinctDraws is { } n ? LeastCommonMultiple(a, n) : null);

    /// <summary>Whether every draw is the same.</summary>
    public bool IsPoint => DistinctDraws == 1;

    /// <summary>The number of draws that are computed where some are asked for: with finitely many distinct ones, all of these equally often.</summary>
    /// <param name="asked">At least 1.</param>
    public int DrawsFor(int asked) => DistinctDraws is { } n ? (asked + n - 1) / n * n : asked;

    private static int? LeastCommonMultiple(int a, int b)
    {
        var (x, y) = (a, b);
        while (y != 0) (x, y) = (y, x % y);
        // Combinations of very many are as good as no two the same.
        return (long)a / x * b <= 1 << 20 ? a / x * b : null;
    }

    /// <summary>The part that covers a site.</summary>
    public GuidePart PartOf(string site) => Parts.First(p => p.Sites.Any(s => s.Name == site));

    /// <summary>What fills the holes of the model's own learned values.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="values">Parameter name → value.</param>
    internal static IEnumerable<(Tensor Hole, Tensor Value)> FillLearned(ModelGraph graph, IReadOnlyDictionary<string, Tensor> values) =>
        LearnedPoints.Fill(graph, LearnedPoints.ModelPrefix, values, RowView.All(0));

    /// <summary>The expressions of the parameters' starting values, each under its name.</summary>
    /// <param name="seed">I64 [].</param>
    /// <param name="places">
    /// Site name → where it starts, in unconstrained space, and the name of a learned value of the model → its start; null to start where the guide does. Values that belong to no location start as
    /// the guide starts them.
    /// </param>
    public IEnumerable<(string Name, Tensor Value)> InitialValues(Tensor seed, IReadOnlyDictionary<string, HostTensor>? places = null)
    {
        var zero = TensorMath.Constant(HostTensor.Scalar(0));
        var random = new RandomSource(seed, zero, zero).Named("initial");
        var known = places?.ToDictionary(p => p.Key, p => TensorMath.Constant(p.Value));
        return Parameters.Select(p => (p.Name, Placed(p) ?? p.Initial(random.Named(p.Name))));

        Tensor? Placed(GuideParameter p) => known is null ? null : known.TryGetValue(p.Name, out var learned) && Learned.Contains(p) ? learned
            : Parts.FirstOrDefault(part => part.Parameters.Contains(p) && part.Sites.All(s => known.ContainsKey(s.Name)))?.StartAt(p, known);
    }

    /// <summary>Chooses a part for every latent site of a model, or says what does not fit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="clauses">The guide as written.</param>
    public static Checked<GuidePlan> For(BoundModel model, EqArray<GuideClause> clauses)
    {
        var marginal = model.SumOut(model.Rows);
        if (marginal.Value is not { Graph: var graph, Summed: var summed }) return new(null, marginal.Diagnostics);
        var found = new List<Diagnostic>();
        Site[] latent = [.. graph.Sites.Where(s => !model.IsObserved(s))];
        foreach (var site in latent.Where(s => Bijector.For(s.Distribution) is null && !clauses.Any(c => c.Family is ProgramGuide && c.Matches(s.Name) && c.Family.Drawn(model)?.Contains(s.Name) == true)))
        {
            found.Add(new(InferenceCodes.DiscreteLatent, $"the latent site '{site.Name}' is discrete ({site.Distribution.Family.Name}); a guide needs a continuous one, and without a constant upper bound its values cannot be summed out", site.Span)
            { Hint = $"bind data to '{site.Name}', give it finitely many values (categorical or bernoulli sites are summed out), or draw counts in a guide program with gradient = auto" });
        }
        if (latent.Length == 0 && summed.IsEmpty && graph.Parameters.IsEmpty)
            found.Add(new(InferenceCodes.NothingLatent, $"the model '{graph.Name}' has no latent site and no learned value: every site is bound to data", default));
        found.AddRange(LearnedPoints.Faults(graph, model.Elaborate(model.Rows + 1), mayHaveRows: false));
        if (found.Count > 0) return new(null, found.ToEqArray());
        foreach (var site in summed.Where(s => graph.Rows is not null && !s.Site.PerRow))
        {
            found.Add(new(InferenceCodes.GlobalSummedOut, $"the site '{site.Site.Name}' is summed out over the training rows, which a saved run does not hold: predictions from the run draw it from its prior", site.Site.Span)
            { Hint = "classify gives its posterior probabilities; a site that is drawn for each row has no such limit" });
        }

        var sites = TypicalValues.Of(graph, latent);
        var free = sites.ToList();
        var parts = new List<GuidePart>();
        for (var i = 0; i < clauses.Count; i++)
        {
            var clause = clauses[i];
            // Without a selector a program takes the sites that it draws, and a family all that are left.
            var drawn = clause.Family.Drawn(model);
            var own = free.Where(s => clause.Matches(s.Name) && (clause.Pattern is not null || drawn is null || drawn.Value.Contains(s.Name))).ToEqArray();
            free.RemoveAll(own.Contains);
            if (own.IsEmpty && (clause.Pattern is not null || clause.Family is not ProgramGuide))
            {
                // A family that is left without a site is no mistake where a model has nothing but learned values.
                if (latent.Length > 0 || clause.Pattern is not null) found.Add(NoMatch(clause, clauses[..i], latent, summed));
                continue;
            }
            if (clause.Family is not ProgramGuide && own.FirstOrDefault(s => s.Site.Distribution.Family.Support.IsDiscrete) is { } discrete)
            {
                found.Add(new(InferenceCodes.DiscreteLatent, $"'{clause}' takes the discrete site '{discrete.Name}', for which only a guide program has a distribution", discrete.Site.Span) { Hint = "put the guide program before it: the first clause that matches a site takes it" });
                continue;
            }
            var part = clause.Family.Build(own, new($"guide.{i + 1}", graph.Precision) { Model = model, Span = clause.Span });
            found.AddRange(part.Diagnostics);
            if (part.Value is { } value) parts.Add(value);
        }
        if (free.Count > 0)
        {
            var names = free.ConvertAll(s => s.Name);
            found.Add(new(InferenceCodes.UncoveredSite, $"no clause of the guide covers {Nearest.Listed(names)}", clauses.IsEmpty ? default : clauses[^1].Span)
            {
                Hint = clauses.LastOrDefault(c => c.Family is ProgramGuide)?.Family is ProgramGuide program
                    ? $"draw {(names.Count == 1 ? $"'{names[0]}'" : "them")} in the guide '{program.Program}' too, or add a family for the rest: {program.Program}, normal"
                    : "end the guide with a family that has no pattern, e.g. normal: it takes all remaining sites",
            });
        }
        return found.Exists(d => d.Code.Severity == Severity.Error)
            ? new(null, found.ToEqArray())
            : new(new(clauses, parts.ToEqArray(), graph.Precision, LearnedPoints.Of(graph, LearnedPoints.ModelPrefix)), found.ToEqArray());
    }

    private static Diagnostic NoMatch(GuideClause clause, EqArray<GuideClause> earlier, Site[] latent, EqArray<DiscreteSite> summed)
    {
        if (clause.Pattern is { } pattern && summed.FirstOrDefault(s => clause.Matches(s.Site.Name)) is { } discrete)
        {
            return new(InferenceCodes.ClauseMatchesNothing, $"the pattern \"{pattern}\" matches '{discrete.Site.Name}', which needs no guide: its {discrete.Labels} labels are summed out exactly", clause.Span)
            { Hint = "leave the clause out; classify gives the posterior probabilities of the labels" };
        }
        var names = Array.ConvertAll(latent, s => s.Name);
        var taken = names.Where(clause.Matches).ToArray();
        return taken.Length > 0
            ? new(InferenceCodes.ClauseMatchesNothing, $"the clause '{clause}' has no site left: earlier clauses cover {Nearest.Listed(taken)}", clause.Span)
            { Hint = $"the first clause that matches wins; earlier: {string.Join(", ", earlier)}" }
            : new(InferenceCodes.ClauseMatchesNothing, $"the pattern \"{clause.Pattern}\" matches no latent site", clause.Span) { Hint = Nearest.Hint(clause.Pattern!, names) };
    }
}
