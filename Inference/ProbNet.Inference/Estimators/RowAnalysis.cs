using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Follows the data rows through a model's expressions: which axis of each value counts them, and where an operation makes one row's value depend on other
/// rows. Estimators need it to know that noise may differ from row to row; minibatches need it because a batch lacks the other rows.
/// </summary>
/// <remarks>Axes are followed by position, so the model should be elaborated with at least two rows: an axis of size 1 looks like any other.</remarks>
public sealed class RowAnalysis
{
    private readonly Dictionary<Tensor, RowStatus> _status = new(ReferenceEqualityComparer.Instance);

    private RowAnalysis() { }

    /// <summary>The status of a node that the analysis has visited.</summary>
    public RowStatus this[Tensor node] => _status[node];

    /// <summary>
    /// Analyses the expressions of <paramref name="roots"/>, whose per-row inputs have the rows on their leading axis.
    /// </summary>
    /// <param name="roots">The expressions.</param>
    /// <param name="perRow">The input nodes that hold one value for each row.</param>
    public static RowAnalysis Of(IEnumerable<Tensor> roots, IEnumerable<Tensor> perRow)
    {
        var analysis = new RowAnalysis();
        foreach (var input in perRow) analysis._status[input] = RowStatus.Along(0);
        foreach (var node in Topology.Sort(roots))
        {
            if (!analysis._status.ContainsKey(node)) analysis._status[node] = RowRules.Apply(node, node.Inputs.Select(i => analysis._status[i]).ToArray());
        }
        return analysis;
    }

    /// <summary>The log-densities of a model's sites at their holes, with the status of every node.</summary>
    public static (RowAnalysis Analysis, EqArray<(Site Site, Tensor LogDensity)> Sites) Of(ModelGraph model)
    {
        var sites = model.Sites.Where(s => !s.IsAbsorbed).Select(s => (s, s.Distribution.LogDensity(s.Value))).ToEqArray();
        return (Of(sites.Select(s => s.Item2), PerRowInputs(model)), sites);
    }

    /// <summary>The input nodes of a model that hold one value for each row.</summary>
    public static IEnumerable<Tensor> PerRowInputs(ModelGraph model) =>
        model.Arguments.Where(a => a.PerRow).Select(a => a.Value)
            .Concat(model.Noises.Where(n => n.PerRow).Select(n => n.Value))
            .Concat(model.Sites.Where(s => s.PerRow && s.Kind == SiteKind.Sample).Select(s => s.Value))
            .Concat(model.Parameters.Where(p => p.PerRow).Select(p => p.Value));

    /// <summary>
    /// The sites whose log-density cannot be estimated from a part of the rows: a plate over rows whose terms depend on other rows, or any other site
    /// that depends on rows at all. Empty if minibatches are allowed.
    /// </summary>
    public static EqArray<(Site Site, RowStatus.Mixed Where)> Obstacles(ModelGraph model)
    {
        var (analysis, sites) = Of(model);
        var result = new List<(Site, RowStatus.Mixed)>();
        foreach (var (site, density) in sites)
        {
            var obstacle = (site.PerRow, analysis[density]) switch
            {
                (_, RowStatus.Mixed mixed) => mixed,
                (true, RowStatus.Row(0)) => null,
                (true, RowStatus.Row) => new RowStatus.Mixed(density, "moves the data rows to another axis than the site's leading one"),
                (false, RowStatus.Row) => new RowStatus.Mixed(density, "has one term for each data row without being a plate over them"),
                // A plate whose parameters and value use no row value at all can still be an event over the row axis.
                (true, RowStatus.None) => density.Rank > 0 ? null : new RowStatus.Mixed(density, "is one event over all data rows"),
                _ => null,
            };
            if (obstacle is not null) result.Add((site, obstacle));
        }
        return result.ToEqArray();
    }

    /// <summary>The factors that cannot be estimated from a part of the rows: all but terms that have one number for each row, or depend on no row.</summary>
    public static EqArray<(Factor Factor, RowStatus.Mixed Where)> FactorObstacles(ModelGraph model)
    {
        var analysis = Of(model.Factors.Select(f => f.LogDensity), PerRowInputs(model));
        var result = new List<(Factor, RowStatus.Mixed)>();
        foreach (var factor in model.Factors)
        {
            var obstacle = (factor.PerRow, analysis[factor.LogDensity]) switch
            {
                (_, RowStatus.Mixed mixed) => mixed,
                (true, RowStatus.Row(0)) => null,
                (_, RowStatus.Row) => new RowStatus.Mixed(factor.LogDensity, "has one term for each data row without counting them on its leading axis"),
                _ => null,
            };
            if (obstacle is not null) result.Add((factor, obstacle));
        }
        return result.ToEqArray();
    }
}
