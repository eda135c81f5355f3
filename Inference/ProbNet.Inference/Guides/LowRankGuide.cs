using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A normal with covariance diag(d^2) + P P^T in unconstrained space: u = loc + d eps + P eta, d = softplus(rho), P of few columns. Each site has a factor P of its own, or all sites of the clause
/// one (<see cref="Joint"/>).
/// </summary>
/// <remarks>
/// Source: Ong, Nott, Smith, Gaussian variational approximation with a factor covariance structure, JCGS 27 (2018), sec. 3; its density: <see cref="LowRankNormal"/>.
/// With D components: parameters of a site s are <c>s.loc</c> and <c>s.rho</c>, of its unconstrained shape, and <c>s.factor</c> [D, r]; of a joint factor <c>part.loc</c> [D], <c>part.rho</c> [D] and
/// <c>part.factor</c> [D, r]. Memory grows as D r, time as D r^2. r is at most D - 1, which gives every covariance: its least eigenvalue is the diagonal, and the rest has rank D - 1. So a site of one component
/// is an independent normal. A site with a value for each data row has a factor for each of its rows, over the components of the row; a joint factor takes none, since batches hold some rows only.
/// </remarks>
public sealed record LowRankGuide : GuideFamily
{
    /// <summary>The largest number of columns; beyond it the small matrix is the costly one.</summary>
    public const int MaximumRank = 1024;

    /// <summary>The largest number of elements of P: 256 MiB in single precision, and as much again for its gradient and each moment of the optimiser.</summary>
    public const long MaximumFactor = 1L << 26;

    // The part of each component's variance that the factor has at the start: not 0, where its gradient would vanish.
    private const double FactorsShare = 0.1;

    /// <summary>The number of columns of P; see the option's documentation.</summary>
    public int Rank { get; init; } = 10;

    /// <summary>Whether all sites of the clause have one factor.</summary>
    public bool Joint { get; init; }

    /// <summary>The starting scale; see the option's documentation.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "lowRank";

    /// <inheritdoc/>
    public override string Doc => "a normal with low-rank plus diagonal covariance, of each site or of all sites together, in unconstrained space";

    /// <inheritdoc/>
    public override string Source => "Ong, Nott, Smith, Gaussian variational approximation with a factor covariance structure, JCGS 27 (2018)";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<LowRankGuide>("rank", "number of directions along which components vary together; one less than the number of components already gives every covariance", 1,
            g => g.Rank, (g, v) => g with { Rank = v }),
        Option.Boolean<LowRankGuide>("joint", "whether the directions run across all sites of the clause, so that sites vary together too", g => g.Joint, (g, v) => g with { Joint = v }),
        Option.Number<LowRankGuide>("initialScale", "starting standard deviation of each component, relative to 1/sqrt(fan-in) for weights; a tenth of the variance is the factor's",
            Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        if (Joint && sites.FirstOrDefault(s => s.PerRow) is { } rows)
        {
            return new(null, [new(InferenceCodes.GuideRefuses, $"a joint low-rank factor cannot cover '{rows.Name}', which has a value for each data row: a batch holds some of the rows only", rows.Site.Span)
            { Hint = $"give it a factor of its own, within each row: lowRank on \"{rows.Name}\" before the joint clause, or normal on \"{rows.Name}\"" }]);
        }
        // One site is joint with itself.
        var all = sites.Sum(s => (long)s.UnconstrainedShape.Size);
        var isJoint = Joint && sites.Count > 1 && all > 1;
        var found = isJoint
            ? Refuse(all, all, sites.MaxBy(s => s.UnconstrainedShape.Size)!)
            : sites.Select(s => Refuse(s.UnconstrainedShape.Size, LowRankParts.Components(s), s)).FirstOrDefault(d => d is not null);
        return found is not null ? new(null, [found]) : isJoint ? new JointLowRankPart(context, this, sites) : new LowRankPart(context, this, sites);
    }

    /// <summary>The number of columns for so many components.</summary>
    internal int RankOf(int components) => Math.Clamp(components - 1, 0, Rank);

    /// <summary>d at the start, relative to the starting scale.</summary>
    internal static double OwnFraction => Math.Sqrt(1 - FactorsShare);

    /// <summary>The standard deviation of the elements of P at the start, relative to the starting scale.</summary>
    internal static double FactorFraction(int rank) => Math.Sqrt(FactorsShare / rank);

    private Diagnostic? Refuse(long all, long components, GuideSite site)
    {
        var rank = Math.Clamp(components - 1, 0, Rank);
        var largest = $"the largest site is '{site.Name}' {site.Shape}";
        if (rank > MaximumRank)
        {
            return new(InferenceCodes.GuideRefuses, $"a factor of rank {rank} over {components} components is not a low one ({largest})", site.Site.Span)
            { Hint = $"lowRank takes at most {MaximumRank}; multivariateNormal has a full covariance over at most {MultivariateNormalGuide.MaximumDimension} components" };
        }
        return all * rank <= MaximumFactor ? null : new(InferenceCodes.GuideRefuses,
            $"a factor of rank {rank} over {all} components would hold {all * rank} numbers, more than {MaximumFactor} ({largest})", site.Site.Span)
        {
            Hint = MaximumFactor / all is > 0 and var least ? $"lowRank {{ rank = {least} }} would fit, or select fewer sites, e.g. lowRank on \"*.b\", normal" : $"give it a normal: normal on \"{site.Name}\"",
        };
    }
}
