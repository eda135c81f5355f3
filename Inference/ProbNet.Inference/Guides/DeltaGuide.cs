using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A point estimate: value = bijector(loc), the same in every draw. Its log-density is left out, so that the objective is the log joint density of
/// the model at that point, with respect to the constrained values: its maximum is the maximum a posteriori (MAP) estimate. No log-determinant enters, since
/// the density being maximised is that of the value itself, not of its unconstrained form.
/// </summary>
/// <remarks>
/// Source: Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5 and 3.3. Parameter of a site s: <c>s.loc</c>, unconstrained.
/// </remarks>
public sealed record DeltaGuide : GuideFamily
{
    /// <inheritdoc/>
    public override string Name => "delta";

    /// <inheritdoc/>
    public override string Doc => "a point: the maximum a posteriori value";

    /// <inheritdoc/>
    public override string Source => "Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5";

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) => new Part(context.Name, this, sites);

    private sealed class Part(string name, DeltaGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, sites.Map(Declare))
    {
        public override int? DistinctDraws => 1;

        public override PartDraw Draw(GuideScope scope) => new(Sites.Map(scope.AtHand).Map(site =>
        {
            var loc = scope.Of(site, site.Name + ".loc");
            return new SiteDraw(site, site.Constrain(loc), loc);
        }), []);

        private static GuideParameter Declare(GuideSite site) =>
            new(site.Name + ".loc", site.UnconstrainedShape, [site.Name], random => Initial.Location(site, random));
    }
}
