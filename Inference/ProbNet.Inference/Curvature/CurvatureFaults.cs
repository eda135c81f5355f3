using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Curvature;

/// <summary>Why the curvature of a model at a point says nothing of its posterior.</summary>
internal static class CurvatureFaults
{
    public static EqArray<Diagnostic> Of(BoundModel model, ModelGraph graph, EqArray<DiscreteSite> summed)
    {
        var found = new List<Diagnostic>();
        foreach (var discrete in summed)
        {
            found.Add(Fault($"the site '{discrete.Site.Name}' is summed out, so the likelihood of the other sites is a mixture without arguments of its own, whose curvature depends on the labels", discrete.Site,
                $"bind data to '{discrete.Site.Name}', or fit the model with vi, which needs no curvature"));
        }
        foreach (var site in graph.Sites.Where(s => !model.IsObserved(s) && s.PerRow && Bijector.For(s.Distribution) is not null))
        {
            found.Add(Fault($"the site '{site.Name}' has a value for each data row, and a normal law around the most probable values of as many sites as rows is no approximation: they are not estimated by more and more data", site,
                $"fit it with vi: guide g = normal, or draw '{site.Name}' once for all rows"));
        }
        foreach (var site in graph.Sites.Where(s => !model.IsObserved(s) && Bijector.For(s.Distribution) is null && summed.All(d => d.Site.Name != s.Name)))
        {
            found.Add(new(InferenceCodes.DiscreteLatent, $"the latent site '{site.Name}' is discrete ({site.Distribution.Family.Name}), so there is no curvature in it", site.Span)
            { Hint = $"bind data to '{site.Name}', or fit the model with vi and a guide program that draws it" });
        }
        if (graph.Sites.All(model.IsObserved))
        {
            found.Add(new(InferenceCodes.NothingLatent, $"the model '{model.Name}' has no latent site: learned values have no posterior", default)
            { Hint = "ml or map fits learned values; give them priors for a posterior" });
        }
        foreach (var noise in graph.Noises)
        {
            found.Add(new(InferenceCodes.LaplaceRefuses, $"the noise '{noise.Name}' is drawn anew in every step, so there is no point at which all gradients vanish", noise.Span)
            { Hint = "leave the noise out of the model; a guide such as bernoulliDropout masks the inputs of weights instead" });
        }
        var latent = graph.Sites.Where(s => !model.IsObserved(s)).Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var data = Marginal.DataHoles(graph, model.IsObserved);
        foreach (var factor in graph.Factors.Where(f => Marginal.DependsOn(f.LogDensity, latent) && Marginal.DependsOn(f.LogDensity, data)))
        {
            found.Add(new(InferenceCodes.LaplaceRefuses, $"the factor '{factor.Name}' is a likelihood without a distribution, so it has no arguments to linearise the model in", factor.Span)
            { Hint = "write it as observe value distribution, or fit the model with vi" });
        }
        return found.ToEqArray();
    }

    private static Diagnostic Fault(string message, Site site, string hint) => new(InferenceCodes.LaplaceRefuses, message, site.Span) { Hint = hint };
}
