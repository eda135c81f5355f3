using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// Laplace's approximation at a point: a normal law in unconstrained space with the blocks' precisions, and its evidence, both as functions of the multipliers of the normal priors' precisions. The
/// point stays where it is.
/// </summary>
/// <remarks>
/// log p(y) ≈ log p(y | u*) + log p(u*) + (D / 2) log 2π - (1 / 2) log det H. Under a multiplier δ, normal priors of n components add (n / 2) log δ - (δ - 1) q / 2 to the log prior, with q the sum
/// of ((z - m) / s)² at the point. Source: MacKay, Bayesian interpolation, Neural Computation 4 (1992), eq. 2.12 and 4.8; for nets, Immer et al., ICML 2021, eq. 5.
/// </remarks>
/// <param name="Point">The point.</param>
/// <param name="Blocks">The blocks with the prior's part.</param>
/// <param name="Fixed">The sites that stay at the point.</param>
/// <param name="LogJoint">log p(y | u*) + log p(u*), of the priors of the blocks' sites and the factors.</param>
/// <param name="Normals">The sites whose prior is normal.</param>
internal sealed record LaplaceLaw(CurvaturePoint Point, EqArray<FittedBlock> Blocks, EqArray<string> Fixed, double LogJoint, IReadOnlyDictionary<string, NormalPrior> Normals)
{
    /// <summary>What was kept of each site's curvature.</summary>
    public EqArray<BlockPlan> Planned { get; init; } = [];

    /// <summary>The blocks' sites whose precision can be multiplied.</summary>
    public EqArray<string> Scalable => [.. Blocks.SelectMany(b => b.Sites).Where(Normals.ContainsKey)];

    /// <summary>The log evidence, or null where the curvature is not positive definite.</summary>
    public double? LogEvidence(Func<string, double> multiplier)
    {
        var result = LogJoint;
        foreach (var site in Scalable)
        {
            var (normal, delta) = (Normals[site], multiplier(site));
            result += 0.5 * normal.Precision.Length * Math.Log(delta) - 0.5 * (delta - 1) * normal.Quadratic;
        }
        foreach (var block in Blocks)
        {
            if (block.LogDeterminant(multiplier) is not { } determinant) return null;
            result += 0.5 * (block.Dimension * Math.Log(2 * Math.PI) - determinant);
        }
        return result;
    }

    /// <summary>The law as a posterior, or null where the curvature is not positive definite.</summary>
    public Posterior? Posterior(Func<string, double> multiplier, bool isLinearised)
    {
        // The clause of several sites has no pattern, so it comes last.
        List<GuideClause> clauses = [.. Fixed.Map(s => new GuideClause(new DeltaGuide(), s))];
        var parameters = Point.Learned.ToDictionary();
        foreach (var site in Fixed) parameters.Add(site + ".loc", Point.Places[site]);
        foreach (var block in Blocks.OrderBy(b => b.Sites.Count))
        {
            var part = isLinearised ? $"guide.1.{clauses.Count + 1}" : $"guide.{clauses.Count + 1}";
            if (block.Law(part, Point.Places, multiplier) is not { } law) return null;
            clauses.Add(new(law.Family, block.Sites.Count == 1 ? block.Sites[0] : null));
            foreach (var (name, value) in law.Parameters) parameters.Add(name, value);
        }
        EqArray<GuideClause> all = [.. clauses];
        return Posteriors.Posterior.FromParameters(Point.Model, isLinearised ? [new(new LinearisedGuide { Guide = all })] : all, parameters).Required;
    }
}
