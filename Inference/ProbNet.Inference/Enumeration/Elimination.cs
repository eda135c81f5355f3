using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Variable elimination: sums discrete sites out of a sum of log-density terms, one site at a time. The terms that depend on a site are evaluated for all its labels,
/// added, and replaced by one new term, the log of the sum over labels; what does not depend on the site stays as it is. A chain of t sites with k labels thus costs
/// t k² and not k^t.
/// </summary>
/// <remarks>
/// Source: Zhang, Poole, A simple approach to Bayesian network computations, 1994; Koller, Friedman, Probabilistic graphical models (2009), algorithm 9.1. The order
/// is greedy: next is the site whose new term depends on the fewest configurations of other sites (op. cit., section 9.4.3.2, min-weight).
/// </remarks>
internal sealed class Elimination
{
    private readonly EqArray<DiscreteSite> _sites;
    private readonly Dependence _dependence;
    private readonly bool _withPotentials;
    private readonly List<EliminationTerm> _terms;
    private readonly List<EliminationStep> _steps = [];

    private Elimination(IEnumerable<Tensor> terms, EqArray<DiscreteSite> sites, bool withPotentials)
    {
        (_sites, _withPotentials) = (sites, withPotentials);
        _dependence = new([.. sites.Select(s => s.Hole)]);
        _terms = [.. terms.Select(t => new EliminationTerm(t, null, false, []))];
    }

    /// <summary>Sums out all sites, or says which cannot be and why.</summary>
    /// <param name="terms">Log-density terms of any shapes over the sites' holes; components are independent terms.</param>
    /// <param name="sites">The sites, each with its own density among the terms.</param>
    /// <param name="withPotentials">Whether each step adds an input to its table, with respect to which derivatives are posterior probabilities.</param>
    public static Checked<Eliminated> Run(IEnumerable<Tensor> terms, EqArray<DiscreteSite> sites, bool withPotentials = false)
    {
        var elimination = new Elimination(terms, sites, withPotentials);
        var left = Enumerable.Range(0, sites.Count).ToList();
        while (left.Count > 0)
        {
            var next = elimination.Cheapest(left);
            left.Remove(next);
            if (elimination.SumOut(next) is { } refusal) return new(null, [refusal]);
        }
        return new Eliminated(elimination._terms.Where(t => t.Last is not null).ToEqArray(), elimination._steps.ToEqArray());
    }

    // Sites of a plate come before what all their elements depend on, and later sites before earlier ones.
    private int Cheapest(List<int> left)
    {
        var neighbours = left.ToDictionary(i => i, _ => new HashSet<int>());
        foreach (var term in _terms)
        {
            var own = _dependence.Of(term.Value);
            foreach (var i in own) neighbours[i].UnionWith(own);
        }
        return left.MinBy(i => (neighbours[i].Where(n => n != i).Sum(n => Math.Log(_sites[n].Labels) * Math.Max(1, (double)_sites[n].Elements.Size / Apart(i))),
            _sites[i].Site.PerRow ? 0 : 1, -i));
    }

    // The number of elements that are summed over apart from each other: the steps of a chain are not.
    private int Apart(int index) => _sites[index] is { Site.Recurrence: null } site ? site.Elements.Size : _sites[index].Elements.Size / _sites[index].Elements[0];

    private Diagnostic? SumOut(int index)
    {
        var site = _sites[index];
        var dependent = _terms.Where(t => _dependence.DependsOn(t.Value, index)).ToArray();
        Tensor[] roots = [.. dependent.Select(t => t.Value)];
        var nodes = _dependence.Above(index, roots);
        var shifts = Shifts.Of(site, index, nodes, _dependence);
        var elements = Elements.Of(site, roots, nodes, shifts);
        if (shifts.Count > 0 && elements.Axes.All(a => a.Where is null))
        {
            SumOutChain(index, dependent, elements, shifts);
            return null;
        }
        bool[] joint = [.. elements.Axes.Select(a => a.Where is not null)];
        var together = Enumerable.Range(0, joint.Length).Where(a => joint[a]).Aggregate(1, (size, a) => size * site.Elements[a]);
        if (site.Count(together) is not { } count) return Mixed(site, together, elements.Axes.First(a => a.Where is not null).Where!);

        var labels = Constant(site.Configurations(joint));
        var values = site.ValueOf(BroadcastTo(labels, site.Elements.Prepend(count)));
        var lifted = Lifting.Apply(roots, site.Hole, index, values, _dependence);
        int[] kept = [.. Enumerable.Range(0, joint.Length).Where(a => !joint[a])];
        var shape = Shape.Create([count, .. kept.Select(a => site.Elements[a])]);
        var table = lifted.Select((t, i) => Reshape(Aligned(t, elements.AxesOf(i, kept), leading: 1), shape)).Aggregate((a, b) => a + b);
        table = Log0.Guarded(table);
        var potential = _withPotentials ? Input($"potential:{site.Site.Name}", table.DType, shape) : null;
        if (potential is not null) table += potential;

        var isPerRow = site.Site.PerRow && kept is [0, ..];
        Replace(dependent, new(Log0.SumExp(table, 0).WithOrigin(site.Site.Origin), site, isPerRow, [.. dependent.SelectMany(t => t.Sites).Append(site)]));
        _steps.Add(new(site, labels, table, kept.ToEqArray(), isPerRow, potential, null));
        return null;
    }

    // Steps follow one another along the leading axis; all other axes are apart.
    private void SumOutChain(int index, EliminationTerm[] dependent, Elements elements, List<Tensor> shifts)
    {
        var site = _sites[index];
        Tensor[] roots = [.. dependent.Select(t => t.Value)];
        int[] axes = [.. Enumerable.Range(0, site.Elements.Rank)];
        var labels = Constant(site.Configurations([.. axes.Select(_ => false)]));
        var values = site.ValueOf(BroadcastTo(labels, site.Elements.Prepend(site.Labels)));
        Tensor Total(IReadOnlyList<Tensor> terms, int leading) => terms.Select((t, i) => Reshape(
            Aligned(t, elements.AxesOf(i, axes), leading), Shape.Create([.. Enumerable.Repeat(site.Labels, leading), .. site.Elements.AsSpan()]))).Aggregate((a, b) => a + b);

        // The step before has label a where the shifts are computed with a at every step; the step itself has b.
        var before = shifts.Zip(Lifting.Apply(shifts, site.Hole, index, values, _dependence)).ToDictionary(p => p.First, p => p.Second, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        var given = Vmap.Batch(roots, before, site.Labels);
        var pairs = Total(Lifting.Apply(given, site.Hole, index, values, _dependence), 2);
        var first = Index(Total(Lifting.Apply(roots, site.Hole, index, values, _dependence), 1), 1, 0);
        int[] elementAxes = [.. axes.Select(a => a + 2)];
        pairs = Log0.Guarded(Transpose(pairs, [.. elementAxes, 1, 0]));
        first = Log0.Guarded(Transpose(first, [.. Enumerable.Range(1, first.Rank - 1), 0]));
        Tensor? potential = null;
        if (_withPotentials)
        {
            potential = Input($"potential:{site.Site.Name}", pairs.DType, site.Elements.Prepend(site.Labels));
            var last = Transpose(potential, [.. axes.Select(a => a + 1), 0]);
            pairs += BroadcastTo(ExpandDims(last, -2), pairs.Shape);
            first += Index(last, 0, 0);
        }
        var chain = Chain.Of(first, pairs);
        Replace(dependent, new(chain.Total.WithOrigin(site.Site.Origin), site, false, [.. dependent.SelectMany(t => t.Sites).Append(site)]));
        _steps.Add(new(site, labels, chain.Forward, axes.ToEqArray(), false, potential, chain));
    }

    private void Replace(EliminationTerm[] terms, EliminationTerm by)
    {
        foreach (var term in terms) _terms.Remove(term);
        _terms.Add(by);
    }

    // Some leading axes + the term's shape → these + the given axes in their order; the others are summed over.
    private static Tensor Aligned(Tensor lifted, int[] axes, int leading)
    {
        int[] others = [.. Enumerable.Range(0, lifted.Rank - leading).Where(a => !axes.Contains(a)).Select(a => a + leading)];
        var sum = others.Length > 0 ? Sum(lifted, others) : lifted;
        int[] order = [.. axes.Select(a => axes.Count(b => b < a))];
        return order.SequenceEqual(order.Order()) ? sum : Transpose(sum, [.. Enumerable.Range(0, leading), .. order.Select(o => o + leading)]);
    }

    private static Diagnostic Mixed(DiscreteSite site, int elements, Estimators.RowStatus.Mixed where) => new(InferenceCodes.MixedElements,
        $"the {elements} elements of the discrete site '{site.Site.Name}' cannot be summed out one by one: an operation {where.Why.Replace("data row", "element", StringComparison.Ordinal)}", site.Site.Span)
    {
        Notes = where.Location.Length > 0 ? [new($"it stands at {where.Location}", default)] : [],
        Hint = $"together they have {site.Labels}^{elements} configurations, and at most {DiscreteSite.MostConfigurations} are summed; let each element enter by itself, or write a chain as hiddenMarkov or inside scan",
    };
}

/// <summary>A term during elimination.</summary>
/// <param name="Value">The term in nats; its components are added.</param>
/// <param name="Last">The site whose elimination made it, or null for a term of the model.</param>
/// <param name="PerRow">Whether its leading axis counts data rows; known only for terms made by elimination.</param>
/// <param name="Sites">The sites summed out in it.</param>
internal sealed record EliminationTerm(Tensor Value, DiscreteSite? Last, bool PerRow, EqArray<DiscreteSite> Sites);

/// <summary>How a site was summed out: all that is needed to draw it, given the sites summed out after it.</summary>
/// <param name="Site">The site.</param>
/// <param name="Labels">The configurations, I64 [C] followed by the shape of elements with size 1 where elements are apart.</param>
/// <param name="Table">Their unnormalised log-probabilities given all other holes, [C] followed by the kept axes.</param>
/// <param name="Kept">The axes along which elements are apart.</param>
/// <param name="PerRow">Whether the first of them counts data rows.</param>
/// <param name="Potential">An input added to the table, [C] followed by the kept axes, or null.</param>
/// <param name="Chain">For a site summed out step by step its chain, whose forward values are the table; null for all others.</param>
internal sealed record EliminationStep(DiscreteSite Site, Tensor Labels, Tensor Table, EqArray<int> Kept, bool PerRow, Tensor? Potential, Chain? Chain);

/// <summary>The result of an elimination.</summary>
/// <param name="Terms">The terms that were made, one for each group of sites that depend on one another; no site's hole is left in them.</param>
/// <param name="Steps">The steps in order.</param>
internal sealed record Eliminated(EqArray<EliminationTerm> Terms, EqArray<EliminationStep> Steps);
