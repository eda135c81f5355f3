using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Guides;

/// <summary>Typical values under the prior, from which fits start.</summary>
internal static class TypicalValues
{
    /// <summary>
    /// The latent sites with their typical values: each prior's mean, its parents at their own typical values. A mean that does not exist in closed
    /// form or needs data counts as unknown, which is 0 in unconstrained space.
    /// </summary>
    public static EqArray<GuideSite> Of(ModelGraph model, IReadOnlyList<Site> latent)
    {
        var known = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var result = new List<GuideSite>();
        foreach (var site in latent)
        {
            var prior = site.Distribution;
            var there = prior with { Arguments = Substitution.Apply(prior.Arguments, known).ToEqArray() };
            var mean = there.Arguments.All(IsClosed) ? there.Mean() : null;
            var own = Bijector.For(there) is { } bijector ? GuideSite.Of(site, bijector, mean) : Discrete(site, mean);
            known.Add(site.Value, own.Bijector.Forward(own.Typical));
            // Limits that are values of other sites stay open: they move with each draw.
            result.Add(own with { Bijector = Bijector.For(prior) ?? own.Bijector });
        }
        return result.ToEqArray();
    }

    // A site for guide programs alone, which draw in its own space.
    private static GuideSite Discrete(Site site, Tensor? mean) =>
        new(site, IdentityBijector.Value, mean is null ? TensorMath.Full(site.Value.DType, site.Value.Shape, 0) : TensorMath.Convert(mean, site.Value.DType));

    private static bool IsClosed(Tensor x) => Topology.Sort([x]).All(n => n.Op != OpCode.Input);
}
