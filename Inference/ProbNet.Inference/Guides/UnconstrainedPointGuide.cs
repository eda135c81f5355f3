using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A point like <see cref="DeltaGuide"/>, but the most probable one in unconstrained space: the objective is the log joint density of the unconstrained values, log p(x, z(u)) + log |dz / du|. It is the
/// centre of Laplace's approximation, which is a normal law there, and what particles move by. No program names it.
/// </summary>
/// <remarks>Source: MacKay, Choice of basis for Laplace approximation, Machine Learning 33 (1998), sec. 2: the approximation depends on the basis, and so does its centre.</remarks>
internal sealed record UnconstrainedPointGuide : GuideFamily
{
    /// <summary>The standard deviation of starting places around the typical value of sites that are no weights, in unconstrained space: particles start apart.</summary>
    public double Spread { get; init; }

    public override string Name => "unconstrainedPoint";

    public override string Doc => "a point: the maximum a posteriori value in unconstrained space";

    public override string Source => "MacKay, Choice of basis for Laplace approximation, Machine Learning 33 (1998)";

    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) => new Part(context.Name, this, sites);

    private sealed class Part(string name, UnconstrainedPointGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, sites.Map(s => Declare(family, s)))
    {
        public override int? DistinctDraws => 1;

        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var loc = scope.Of(site, site.Name + ".loc");
                draws.Add(new SiteDraw(site, site.Constrain(loc), loc) { Unconstrained = loc });
                // The objective subtracts log q; with log q = -log |d value / d u| it is the density of u.
                if (!site.IsReal) terms.Add(new(site.Name, -site.LogDetJacobian(loc), site.PerRow));
            }
            return new(draws.ToEqArray(), terms.ToEqArray());
        }

        private static GuideParameter Declare(UnconstrainedPointGuide family, GuideSite site) => new(site.Name + ".loc", site.UnconstrainedShape, [site.Name], random =>
            site.IsWeight || family.Spread == 0 ? Initial.Location(site, random) : site.Typical + random.Normal(site.Typical.DType, site.UnconstrainedShape) * family.Spread);
    }
}
