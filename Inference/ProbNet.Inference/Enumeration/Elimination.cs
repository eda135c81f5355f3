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
        return left.MinBy(i => (neighbours[i].Where(n => n != i).Sum(n => Math.Log(_sites[n].Labels) * Math.Max(1, (double)_sites[n].Elements.Size / _sites[i].Elements.Size)),
            _sites[i].Site.PerRow ? 0 : 1, -i));
    }

    private Diagnostic? SumOut(int index)
    {
        var site = _sites[index];
        var dependent = _terms.Where(t => _dependence.DependsOn(t.Value, index)).ToArray();
        Tensor[] roots = [.. dependent.Select(t => t.Value)];
        var elements = Elements.Of(site, index, roots, _dependence);
        bool[] joint = [.. elements.Axes.Select(a => a.Where is not null)];
        var together = Enumerable.Range(0, joint.Length).Where(a => joint[a]).Aggregate(1, (size, a) => size * site.Elements[a]);
        if (site.Count(together) is not { } count) return Mixed(site, together, elements.Axes.First(a => a.Where is not null).Where!);

        var labels = Constant(site.Configurations(joint));
        var values = site.ValueOf(BroadcastTo(labels, site.Elements.Prepend(count)));
        var lifted = Lifting.Apply(roots, site.Hole, index, values, _dependence);
        int[] kept = [.. Enumerable.Range(0, joint.Length).Where(a => !joint[a])];
        var shape = Shape.Create([count, .. kept.Select(a => site.Elements[a])]);
        var table = lifted.Select((t, i) => Reshape(Aligned(t, [.. kept.Select(a => elements.Axes[a].At).Where(at => at.Count > 0).Select(at => at[i])]), shape)).Aggregate((a, b) => a + b);
        // A label of probability 0 passes no gradient, not even the infinite one of its log-probability.
        var impossible = Equal(table, Like(table, double.NegativeInfinity));
        table = Select(impossible, Full(table.DType, table.Shape, double.NegativeInfinity), table);
        var potential = _withPotentials ? Input($"potential:{site.Site.Name}", table.DType, shape) : null;
        if (potential is not null) table += potential;

        var result = LogSumFirst(table).WithOrigin(site.Site.Origin);
        foreach (var term in dependent) _terms.Remove(term);
        var isPerRow = site.Site.PerRow && kept is [0, ..];
        _terms.Add(new(result, site, isPerRow, [.. dependent.SelectMany(t => t.Sites).Append(site)]));
        _steps.Add(new(site, labels, table, kept.ToEqArray(), isPerRow, potential));
        return null;
    }

    // [C] + the term's shape → [C] + the given axes in their order; the others are summed over.
    private static Tensor Aligned(Tensor lifted, int[] axes)
    {
        int[] others = [.. Enumerable.Range(0, lifted.Rank - 1).Where(a => !axes.Contains(a)).Select(a => a + 1)];
        var sum = others.Length > 0 ? Sum(lifted, others) : lifted;
        int[] order = [.. axes.Select(a => axes.Count(b => b < a))];
        return order.SequenceEqual(order.Order()) ? sum : Transpose(sum, [0, .. order.Select(o => o + 1)]);
    }

    // log(sum(exp(x))) over the first axis; all -inf gives -inf.
    private static Tensor LogSumFirst(Tensor x)
    {
        var max = StopGradient(ReduceMax(x, 0));
        var shift = Select(IsFinite(max), max, ZerosLike(max));
        return Log(Sum(Exp(x - BroadcastTo(shift, x.Shape)), 0)) + shift;
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
/// <param name="Potential">An input of the table's shape added to it, or null.</param>
internal sealed record EliminationStep(DiscreteSite Site, Tensor Labels, Tensor Table, EqArray<int> Kept, bool PerRow, Tensor? Potential);

/// <summary>The result of an elimination.</summary>
/// <param name="Terms">The terms that were made, one for each group of sites that depend on one another; no site's hole is left in them.</param>
/// <param name="Steps">The steps in order.</param>
internal sealed record Eliminated(EqArray<EliminationTerm> Terms, EqArray<EliminationStep> Steps);
