using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A guide program as a factor: ancestral sampling in the order of its statements, log q by the density of each draw given the earlier ones.</summary>
internal sealed class ProgramPart : GuidePart
{
    private readonly Func<int, ModelGraph> _elaborate;
    private readonly string _prefix;
    private readonly HashSet<string> _independent;

    public ProgramPart(string name, ProgramGuide family, EqArray<GuideSite> sites, Func<int, ModelGraph> elaborate, ModelGraph graph)
        : base(name, family, sites, LearnedPoints.Of(graph, family.Prefix).Map(p => p with { Sites = sites.Map(s => s.Name) }))
    {
        (_elaborate, _prefix, _independent) = (elaborate, family.Prefix, Independent(graph));
        Needs = graph.Arguments.Map(a => a.Name);
        WithoutGradient = [.. graph.Sites.Where(s => !HasGradient(s)).Select(s => s.Name)];
    }

    /// <inheritdoc/>
    public override bool IsAmortised => true;

    /// <inheritdoc/>
    public override EqArray<string> Needs { get; }

    /// <inheritdoc/>
    public override EqArray<string> WithoutGradient { get; }

    /// <inheritdoc/>
    public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values) => Run(scope, values).LogDensity;

    /// <inheritdoc/>
    public override PartDraw Draw(GuideScope scope) => Run(scope, null);

    // Ancestral sampling, or the densities of given values.
    private PartDraw Run(GuideScope scope, IReadOnlyDictionary<string, Tensor>? values)
    {
        var graph = _elaborate(scope.Rows.Count);
        var known = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var missing = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var argument in graph.Arguments)
        {
            if (scope.Data.TryGetValue(argument.Name, out var value)) known[argument.Value] = value;
            else missing.Add(argument.Value);
        }
        foreach (var (hole, value) in LearnedPoints.Fill(graph, _prefix, scope.Parameters, scope.AreNew ? RowView.All(scope.Rows.Count) : scope.Rows)) known[hole] = value;
        if (scope.AreNew) foreach (var own in graph.Parameters.Where(p => p.PerRow)) missing.Add(own.Value);

        var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
        foreach (var site in graph.Sites)
        {
            if (Topology.Sort(site.Distribution.Arguments).Any(missing.Contains))
            {
                missing.Add(site.Value);
                continue;
            }
            var distribution = site.Distribution.MapArguments(a => Substitution.Apply([a], known)[0]);
            var value = values?[site.Name] ?? Drawn(site, distribution, scope);
            known[site.Value] = value;
            var own = Sites.First(s => s.Name == site.Name);
            draws.Add(new SiteDraw(own, value, distribution.Mean() ?? value) { Marginal = _independent.Contains(site.Name) ? distribution : null });
            var density = distribution.LogDensity(value);
            var perRow = site.PerRow && density.Rank > 0;
            terms.Add(new(site.Name, perRow ? SumLast(density, density.Rank - 1) : SumAll(density), perRow));
        }
        return new(draws.ToEqArray(), terms.ToEqArray());
    }

    // A draw without a pathwise gradient carries none, whatever its expression.
    private static Tensor Drawn(Site site, Instance distribution, GuideScope scope)
    {
        var value = Sample(site, distribution, scope).WithOrigin(site.Origin);
        return scope.HoldsDraws || !HasGradient(site) ? StopGradient(value) : value;
    }

    private static bool HasGradient(Site site) => site.Distribution.Family is { IsPathwise: true, Support.IsDiscrete: false };

    // A row's noise belongs to the row, not to its place in the batch.
    private static Tensor Sample(Site site, Instance distribution, GuideScope scope)
    {
        var random = scope.Random.Named(site.Name);
        return site.PerRow && distribution.Batch.Rank > 0 ? distribution.Family.Sample(scope.Rows.Keyed(random), distribution.Arguments) : distribution.Sample(random);
    }

    // Sites that no other draw of the guide enters and that enter no other draw: only for these is a closed-form divergence, which averages over the site alone, right whatever
    // the prior depends on.
    private static HashSet<string> Independent(ModelGraph graph)
    {
        var uses = graph.Sites.ToDictionary(s => s.Name, s => Topology.Sort(s.Distribution.Arguments).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance));
        return graph.Sites.Where(s => graph.Sites.All(o => o.Name == s.Name || (!uses[s.Name].Contains(o.Value) && !uses[o.Name].Contains(s.Value)))).Select(s => s.Name).ToHashSet();
    }
}
