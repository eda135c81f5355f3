using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A point whose objective is the density of the unconstrained variables: as <see cref="DeltaGuide"/>, with log |d value / d u| added to the log joint density. What particles move by; no program names it.
/// Particles of sites that are no weights start around the typical value instead of all at it.
/// </summary>
/// <remarks>Parameter of a site s: <c>s.loc</c>, unconstrained, as the delta guide's.</remarks>
internal sealed record ParticleGuide : GuideFamily
{
    /// <summary>The standard deviation of the starting places around the typical value, in unconstrained space.</summary>
    public double Spread { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "particle";

    /// <inheritdoc/>
    public override string Doc => "a point in unconstrained space";

    /// <inheritdoc/>
    public override string Source => "Liu and Wang, Stein variational gradient descent, NeurIPS 2016";

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) => new Part(context.Name, this, sites);

    private sealed class Part(string name, ParticleGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, sites.Map(s => Declare(family, s)))
    {
        public override int? DistinctDraws => 1;

        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var loc = scope.Of(site, site.Name + ".loc");
                draws.Add(new SiteDraw(site, site.Constrain(loc), loc));
                // The objective subtracts log q; with log q = -log |d value / d u| it is the density of u.
                if (!site.IsReal) terms.Add(new(site.Name, -site.LogDetJacobian(loc), site.PerRow));
            }
            return new(draws.ToEqArray(), terms.ToEqArray());
        }

        private static GuideParameter Declare(ParticleGuide family, GuideSite site) => new(site.Name + ".loc", site.UnconstrainedShape, [site.Name],
            random => site.IsWeight ? Initial.Location(site, random) : site.Typical + random.Normal(site.Typical.DType, site.UnconstrainedShape) * family.Spread);
    }
}
