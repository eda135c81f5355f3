using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>What factors over all components of several sites have in common: the sites' components stand in one vector, in order.</summary>
internal static class JointSites
{
    /// <summary>The parameter <c>part.loc</c> [D], starting at the sites' usual places.</summary>
    public static GuideParameter Locations(GuideContext context, EqArray<GuideSite> sites) => new(context.Name + ".loc", [Dimension(sites)], sites.Map(s => s.Name),
        random => Concat(sites.Map(s => Flat(Initial.Location(s, random.Named(s.Name)))), 0));

    /// <summary>The parameter <c>part.rho</c> [D] of positive numbers softplus(rho), one start for each site.</summary>
    public static GuideParameter Scales(GuideContext context, EqArray<GuideSite> sites, Func<GuideSite, double> start) => new(context.Name + ".rho", [Dimension(sites)], sites.Map(s => s.Name),
        _ => Concat(sites.Map(s => Full(context.Precision, [s.UnconstrainedShape.Size], Initial.InverseSoftplus(start(s)))), 0));

    /// <summary>The start of <c>part.loc</c> where the sites start at given places.</summary>
    public static Tensor? StartAt(GuidePart part, GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) =>
        parameter.Name == part.Name + ".loc" ? Concat(part.Sites.Map(s => Flat(places[s.Name])), 0) : null;

    /// <summary>Why no factor covers these sites together, or null: it needs the limits of values in all rows, of which a batch has only some.</summary>
    public static Diagnostic? Obstacle(EqArray<GuideSite> sites) =>
        sites.FirstOrDefault(s => s.PerRow && s.Site.Distribution.Family.Support.MovesWithArguments) is not { } moving ? null
        : new(InferenceCodes.GuideRefuses,
            $"a joint density over all rows of '{moving.Name}' needs the limits of its values ({moving.Site.Distribution.Family.Name}) in all rows, of which a batch has only some", moving.Site.Span)
        { Hint = $"give it a factor of its own rows, e.g. normal on \"{moving.Name}\"" };

    /// <summary>The draw of a part from that of all its components in unconstrained space.</summary>
    /// <param name="part">The part.</param>
    /// <param name="scope">What it draws with.</param>
    /// <param name="mean">[D].</param>
    /// <param name="variance">[D].</param>
    /// <param name="joint">The draw, [D].</param>
    /// <param name="logDensity">Its log-density in unconstrained space, [].</param>
    /// <param name="entropy">The entropy in unconstrained space, []; that of the sites' values if all are real.</param>
    public static PartDraw Draw(GuidePart part, GuideScope scope, Tensor mean, Tensor variance, Tensor joint, Tensor logDensity, Tensor entropy)
    {
        var (draws, start) = (new List<SiteDraw>(), 0);
        foreach (var site in part.Sites.Map(scope.AtHand))
        {
            var (size, offset) = (site.UnconstrainedShape.Size, start);
            var unconstrained = Own(joint).WithOrigin(site.Site.Origin);
            logDensity -= SumAll(site.Bijector.LogDetJacobian(unconstrained));
            var (centre, spread) = (Rows(Own(mean)), Rows(Own(variance)));
            draws.Add(new SiteDraw(site, Rows(site.Constrain(unconstrained)), centre)
            {
                Scale = Sqrt(spread),
                Unconstrained = Rows(unconstrained),
                CrossEntropy = site.IsReal ? NormalCrossEntropy.Of(centre, spread) : null,
            });
            start += size;

            Tensor Own(Tensor all) => Reshape(SliceAxis(all, 0, offset, offset + size), site.UnconstrainedShape);
            Tensor Rows(Tensor all) => site.PerRow ? scope.Rows.Take(all) : all;
        }
        var name = part.Sites.Count == 1 ? part.Sites[0].Name : part.Name;
        return new(draws.ToEqArray(), [new(name, logDensity, false)]) { Entropies = part.Sites.All(s => s.IsReal) ? [new(name, entropy, false)] : [] };
    }

    /// <summary>All components of given values in unconstrained space, [D], and log |d value / d unconstrained|, [].</summary>
    public static (Tensor Components, Tensor LogDetJacobian) Unconstrained(GuidePart part, GuideScope scope, IReadOnlyDictionary<string, Tensor> values)
    {
        var sites = part.Sites.Map(scope.AtHand);
        var each = sites.Map(s => s.Bijector.Inverse(values[s.Name]));
        return (Concat(each.Map(Flat), 0), sites.Zip(each, (s, u) => SumAll(s.Bijector.LogDetJacobian(u))).Aggregate((a, b) => a + b));
    }

    private static int Dimension(EqArray<GuideSite> sites) => sites.Sum(s => s.UnconstrainedShape.Size);

    private static Tensor Flat(Tensor x) => Reshape(x, [x.Shape.Size]);
}
