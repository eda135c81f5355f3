using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Sites whose support depends on arguments of their distribution, such as <c>uniform 0.0 b</c> with b another latent site: the guide's value is an
/// expression over the holes of the model, which earlier draws fill.
/// </summary>
internal static class MovingSupports
{
    /// <summary>The bijectors of such sites, over the holes of <paramref name="graph"/>.</summary>
    public static IReadOnlyDictionary<string, Bijector> Bijectors(ModelGraph graph, Func<Site, bool> include) =>
        graph.Sites.Where(s => s.Distribution.Family.Support.MovesWithArguments && include(s)).ToDictionary(s => s.Name, s => Bijector.For(s.Distribution)!);

    /// <summary>The drawn value of each latent site in terms of what fills the other holes: sites are in order, so that limits are filled before they are used.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="drawn">Site name → its drawn value.</param>
    /// <param name="given">What fills the holes of arguments, data and learned values.</param>
    public static IReadOnlyDictionary<string, Tensor> Fill(ModelGraph graph, IReadOnlyDictionary<string, Tensor> drawn, IEnumerable<(Tensor Hole, Tensor Value)> given)
    {
        if (!graph.Sites.Any(s => s.Distribution.Family.Support.MovesWithArguments && drawn.ContainsKey(s.Name))) return drawn;
        var known = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (hole, value) in given) known[hole] = value;
        var filled = new Dictionary<string, Tensor>(drawn);
        foreach (var site in graph.Sites)
        {
            if (!drawn.TryGetValue(site.Name, out var value)) continue;
            if (site.Distribution.Family.Support.MovesWithArguments) filled[site.Name] = Substitution.Apply([value], known)[0];
            known[site.Value] = filled[site.Name];
        }
        return filled;
    }
}
