using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A factor for each site; of a site with a value for each data row, one for each of its rows.</summary>
internal sealed class LowRankPart(GuideContext context, LowRankGuide family, EqArray<GuideSite> sites)
    : GuidePart(context.Name, family, sites, LowRankParts.Declare(family, sites))
{
    public override PartDraw Draw(GuideScope scope)
    {
        PartDraw[] draws = [.. Sites.Map(scope.AtHand).Select(site => _single.TryGetValue(site.Name, out var single) ? single.Draw(scope) : Draw(site, scope))];
        return new([.. draws.SelectMany(d => d.Sites)], [.. draws.SelectMany(d => d.LogDensity)]) { Entropies = [.. draws.SelectMany(d => d.Entropies)] };
    }

    // One component varies with no other.
    private readonly Dictionary<string, GuidePart> _single = sites.Where(s => LowRankParts.Components(s) <= 1)
        .ToDictionary(s => s.Name, s => new NormalGuide { InitialScale = family.InitialScale }.Build([s], context).Required);

    public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values) => Sites.Map(scope.AtHand).Map(site =>
    {
        if (_single.TryGetValue(site.Name, out var single)) return single.LogDensityOf(scope, values)!.Value[0];
        var (normal, unconstrained) = (Normal(site, scope), site.Bijector.Inverse(values[site.Name]));
        return new LogTerm(site.Name, normal.LogDensityOf(Reshape(unconstrained, normal.Loc.Shape)) - site.LogDetJacobian(unconstrained), site.PerRow);
    });

    private PartDraw Draw(GuideSite site, GuideScope scope)
    {
        var normal = Normal(site, scope);
        var (loc, rank, factor) = (scope.Of(site, site.Name + ".loc"), normal.Factor.Shape[^1], normal.Factor);
        var (shape, flat) = (loc.Shape, normal.Loc.Shape);
        var directing = scope.Random.Named(site.Name).Named("factor");
        var eta = site.PerRow ? scope.Rows.Keyed(directing).Normal(loc.DType, [rank]) : directing.Normal(loc.DType, [rank]);
        var eps = Reshape(scope.Noise(site, loc.DType), flat);
        var unconstrained = Reshape(normal.Draw(eps, eta), shape).WithOrigin(site.Site.Origin);
        var variance = Reshape(normal.Variance, shape);
        var draw = new SiteDraw(site, site.Constrain(unconstrained), loc)
        {
            Scale = Sqrt(variance),
            Unconstrained = unconstrained,
            CrossEntropy = site.IsReal ? NormalCrossEntropy.Of(loc, variance) : null,
            Structure = site.IsReal && !site.PerRow ? new LowRankFactor(loc, Reshape(normal.Deviation, shape), Reshape(Transpose(factor, [1, 0]), shape.Prepend(rank))) : null,
        };
        return new([draw], [new(site.Name, normal.LogDensity(eps, eta) - site.LogDetJacobian(unconstrained), site.PerRow)])
        {
            Entropies = site.IsReal ? [new(site.Name, normal.Entropy(), site.PerRow)] : [],
        };
    }

    // One vector for the site, or one for each row at hand.
    private static LowRankNormal Normal(GuideSite site, GuideScope scope)
    {
        var (loc, deviation) = (scope.Of(site, site.Name + ".loc"), Softplus(scope.Of(site, site.Name + ".rho")));
        Shape flat = site.PerRow ? [loc.Shape[0], LowRankParts.Components(site)] : [loc.Shape.Size];
        return new(Reshape(loc, flat), Reshape(deviation, flat), scope.Of(site, site.Name + ".factor"));
    }
}

/// <summary>One factor across all sites.</summary>
internal sealed class JointLowRankPart(GuideContext context, LowRankGuide family, EqArray<GuideSite> sites)
    : GuidePart(context.Name, family, sites, LowRankParts.DeclareJoint(context, family, sites))
{
    public override PartDraw Draw(GuideScope scope)
    {
        var normal = Normal(scope);
        var (type, random) = (normal.Loc.DType, scope.Random.Named(Name));
        var (eps, eta) = (random.Normal(type, normal.Loc.Shape), random.Named("factor").Normal(type, [normal.Factor.Shape[1]]));
        return JointSites.Draw(this, scope, normal.Loc, normal.Variance, normal.Draw(eps, eta), normal.LogDensity(eps, eta), normal.Entropy());
    }

    public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values)
    {
        var (unconstrained, logDetJacobian) = JointSites.Unconstrained(this, scope, values);
        return [new(Name, Normal(scope).LogDensityOf(unconstrained) - logDetJacobian, false)];
    }

    public override Tensor? StartAt(GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) => JointSites.StartAt(this, parameter, places);

    private LowRankNormal Normal(GuideScope scope) => new(scope[Name + ".loc"], Softplus(scope[Name + ".rho"]), scope[Name + ".factor"]);
}

/// <summary>What both have in common.</summary>
internal static class LowRankParts
{
    /// <summary>The number of components that vary together: all of a site, or all of one row.</summary>
    public static int Components(GuideSite site) => site.PerRow ? site.UnconstrainedShape[1..].Size : site.UnconstrainedShape.Size;

    public static EqArray<GuideParameter> Declare(LowRankGuide family, EqArray<GuideSite> sites) => sites.SelectMany(site =>
    {
        var (shape, type, scale) = (site.UnconstrainedShape, site.Typical.DType, Initial.Scale(site, family.InitialScale));
        var (components, rank) = (Components(site), family.RankOf(Components(site)));
        Shape flat = site.PerRow ? [shape[0], components] : [components];
        GuideParameter loc = new(site.Name + ".loc", shape, [site.Name], random => Initial.Location(site, random));
        var own = scale * (rank == 0 ? 1 : LowRankGuide.OwnFraction);
        GuideParameter rho = new(site.Name + ".rho", shape, [site.Name], _ => Full(type, shape, Initial.InverseSoftplus(own)));
        GuideParameter factor = new(site.Name + ".factor", flat.Concat([rank]), [site.Name], random => random.Normal(type, flat.Concat([rank])) * (scale * LowRankGuide.FactorFraction(rank)));
        return rank == 0 ? (IEnumerable<GuideParameter>)[loc, rho] : [loc, rho, factor];
    }).ToEqArray();

    public static EqArray<GuideParameter> DeclareJoint(GuideContext context, LowRankGuide family, EqArray<GuideSite> sites)
    {
        var dimension = sites.Sum(s => s.UnconstrainedShape.Size);
        var rank = family.RankOf(dimension);
        return
        [
            JointSites.Locations(context, sites),
            JointSites.Scales(context, sites, s => LowRankGuide.OwnFraction * Initial.Scale(s, family.InitialScale)),
            new(context.Name + ".factor", [dimension, rank], sites.Map(s => s.Name), random => Concat(sites.Map(s =>
                random.Named(s.Name).Normal(context.Precision, [s.UnconstrainedShape.Size, rank]) * (Initial.Scale(s, family.InitialScale) * LowRankGuide.FactorFraction(rank))), 0)),
        ];
    }
}
