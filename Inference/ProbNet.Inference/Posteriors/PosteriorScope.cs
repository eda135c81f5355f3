using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// Expressions of one joint draw from a posterior and a model: latent sites from the guide (or from their prior, for per-row sites of new rows), observed
/// sites from the data where it has them, else from their distribution. Always shared draws: one draw is one function of the inputs.
/// </summary>
internal sealed class PosteriorScope
{
    private readonly Dictionary<Tensor, Tensor> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Tensor> _latent = [];

    /// <summary>Builds the expressions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its graph with the rows at hand.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="parameters">Inputs for the guide's parameters.</param>
    /// <param name="given">What fills holes: arguments and observed values. Arguments that it lacks stay open.</param>
    /// <param name="random">Randomness of this draw.</param>
    /// <param name="rows">The rows at hand.</param>
    /// <param name="identity">What the rows are.</param>
    public PosteriorScope(
        BoundModel model, ModelGraph graph, GuidePlan guide, IReadOnlyDictionary<string, Tensor> parameters,
        IEnumerable<(Tensor Hole, Tensor Value)> given, RandomSource random, RowView rows, RowIdentity identity)
    {
        foreach (var (hole, value) in given) _values[hole] = value;
        // The positions of new rows mean nothing to the guide, whose parameters belong to the training rows; what it draws for them is not used.
        var view = identity == RowIdentity.Training ? rows : RowView.All(model.Rows);
        var drawn = guide.Parts.SelectMany(p => p.Draw(new(parameters, random.Named("guide"), view)).Sites).ToDictionary(d => d.Site.Name);
        foreach (var site in graph.Sites.Where(s => s.Kind == SiteKind.Sample && !_values.ContainsKey(s.Value)))
        {
            var isLatent = !model.IsObserved(site);
            _values[site.Value] = isLatent && (identity == RowIdentity.Training || !site.PerRow)
                ? drawn[site.Name].Value
                : Draw(site, random.Named(isLatent ? "latent" : "outcome").Named(site.Name), rows);
            if (isLatent) _latent[site.Name] = _values[site.Value];
        }
    }

    /// <summary>The drawn values of the latent sites.</summary>
    public IReadOnlyDictionary<string, Tensor> Latent => _latent;

    /// <summary>An expression of the model, at this draw.</summary>
    public Tensor At(Tensor expression) => Substitution.Apply([expression], _values)[0];

    /// <summary>A draw of a site's distribution at this draw of its parents; the noise of a per-row site belongs to the row.</summary>
    public Tensor Draw(Site site, RandomSource random, RowView rows)
    {
        var distribution = site.Distribution.MapArguments(At);
        return site.PerRow && distribution.Batch.Rank > 0
            ? distribution.Family.Sample(rows.Keyed(random), distribution.Arguments)
            : distribution.Sample(random);
    }
}
