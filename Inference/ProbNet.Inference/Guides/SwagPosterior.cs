using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// The normal that stochastic weight averaging fits to collected points of a run, jointly over all its sites, in unconstrained space: with the mean m, the elementwise variances v and K
/// columns D of deviations u = m + sqrt(s v / 2) z1 + D z2 sqrt(s / (2 (K - 1))), z1 and z2 standard normal, so that cov u = s (diag(v) + D D^T / (K - 1)) / 2. One z2 belongs to a draw: it is
/// the same for all sites. Without columns u = m + sqrt(s v) z1.
/// </summary>
/// <remarks>
/// Source: Maddox, Garipov, Izmailov, Vetrov, Wilson, A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019, sec. 3.2–3.3 and algorithm 1. K is the number of columns held, also
/// where that is less than the rank asked for. Parameters of a site x: <c>x.mean</c> and <c>x.variance</c>, of its unconstrained shape, and <c>x.deviations</c> [K, …its unconstrained shape].
/// log q is by the matrix determinant lemma and Woodbury's identity (Golub and Van Loan, Matrix computations, sec. 2.1.4), with a matrix of K rows; where a variance is 0 the normal has no density, and
/// log q is not a number.
/// </remarks>
public sealed record SwagPosterior : GuideFamily
{
    /// <summary>K; 0, or at least 2.</summary>
    public int Columns { get; init; }

    /// <summary>s, the factor on the covariance.</summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "swagPosterior";

    /// <inheritdoc/>
    public override string Doc => "a normal with diagonal plus low-rank covariance, from the moments of a run";

    /// <inheritdoc/>
    public override string Source => "Maddox et al., A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<SwagPosterior>("columns", "deviations held; 0 for a diagonal covariance", 0, g => g.Columns, (g, v) => g with { Columns = v }),
        Option.Number<SwagPosterior>("scale", "factor on the covariance", Interval.Positive, g => g.Scale, (g, v) => g with { Scale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        if (Columns == 1) return new(null, [new(InferenceCodes.GuideRefuses, "one column of deviations says nothing of a covariance: its divisor K - 1 is 0", context.Span) { Hint = "hold two or more, or none" }]);
        if (sites.FirstOrDefault(s => s.PerRow && s.Site.Distribution.Family.Support.MovesWithArguments) is { } moving)
        {
            return new(null, [new(InferenceCodes.GuideRefuses,
                $"a joint density over all rows of '{moving.Name}' needs the limits of its values ({moving.Site.Distribution.Family.Name}) in all rows, of which a batch has only some", moving.Site.Span)
                { Hint = "swa keeps the mean alone" }]);
        }
        return new Part(context, this, sites);
    }

    /// <summary>The parameters of a site, in order.</summary>
    internal static EqArray<string> ParametersOf(string site, int columns) => columns == 0 ? [site + ".mean", site + ".variance"] : [site + ".mean", site + ".variance", site + ".deviations"];

    private sealed class Part(GuideContext context, SwagPosterior family, EqArray<GuideSite> sites) : GuidePart(context.Name, family, sites, Declare(family, sites))
    {
        private readonly double _diagonal = family.Columns == 0 ? family.Scale : family.Scale / 2;
        private readonly double _lowRank = family.Columns == 0 ? 0 : family.Scale / (2 * (family.Columns - 1.0));

        public override PartDraw Draw(GuideScope scope)
        {
            var columns = family.Columns;
            var common = columns == 0 ? null : scope.Random.Named(Name).Normal(context.Precision, [1, columns]);
            var draws = new List<SiteDraw>();
            // Sums over components of (sites' parts of) U^T A^-1 U, U^T A^-1 r, r^T A^-1 r and log A, with cov u = A + U U^T and r = u - m.
            Tensor? inner = null, projected = null, square = null, logarithms = null;
            var jacobian = Constant(context.Precision, 0);
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var (shape, size) = (site.UnconstrainedShape, site.UnconstrainedShape.Size);
                var (mean, variance) = (scope[site.Name + ".mean"], scope[site.Name + ".variance"] * _diagonal);
                var deviation = Sqrt(variance) * (site.PerRow ? Noise(scope, site) : scope.Noise(site, context.Precision));
                var total = variance;
                if (common is not null)
                {
                    var u = Reshape(scope[site.Name + ".deviations"], [columns, size]) * Math.Sqrt(_lowRank);
                    deviation += Reshape(MatMul(common, u), shape);
                    total += Reshape(Sum(Square(u), 0), shape);
                    var weighted = u / Reshape(variance, [1, size]);
                    inner = Plus(inner, MatMul(weighted, TransposeLast(u)));
                    projected = Plus(projected, MatMul(weighted, Reshape(deviation, [size, 1])));
                }
                square = Plus(square, SumAll(Square(deviation) / variance));
                logarithms = Plus(logarithms, SumAll(Log(variance)));
                var unconstrained = (mean + deviation).WithOrigin(site.Site.Origin);
                jacobian += SumAll(site.Bijector.LogDetJacobian(unconstrained));
                draws.Add(new SiteDraw(site, site.Constrain(Rows(unconstrained)), Rows(mean)) { Scale = Sqrt(Rows(total)) });

                Tensor Rows(Tensor all) => site.PerRow ? scope.Rows.Take(all) : all;
            }
            var count = Sites.Sum(s => (long)s.UnconstrainedShape.Size);
            var (log, quadratic) = (logarithms!, square!);
            if (common is not null)
            {
                // det(A + U U^T) = det A det(I + U^T A^-1 U); (A + U U^T)^-1 = A^-1 - A^-1 U (I + U^T A^-1 U)^-1 U^T A^-1.
                var one = Select(Equal(Iota([columns, columns], 0), Iota([columns, columns], 1)), Constant(context.Precision, 1), Constant(context.Precision, 0));
                var factor = Cholesky(one + inner!);
                log += SumAll(Log(Sum(factor * one, 1))) * 2;
                quadratic -= SumAll(Square(TriangularSolve(factor, projected!)));
            }
            var density = (log + quadratic + count * Math.Log(2 * Math.PI)) * -0.5 - jacobian;
            return new(draws.ToEqArray(), [new(Sites.Count == 1 ? Sites[0].Name : Name, density, false)]);
        }

        // All rows, whatever rows are at hand: a row's noise belongs to the row.
        private Tensor Noise(GuideScope scope, GuideSite site) =>
            RowView.All(site.UnconstrainedShape[0]).Keyed(scope.Random.Named(site.Name)).Normal(context.Precision, site.UnconstrainedShape[1..]);

        private static Tensor Plus(Tensor? sum, Tensor term) => sum is null ? term : sum + term;

        private static EqArray<GuideParameter> Declare(SwagPosterior family, EqArray<GuideSite> sites) => [.. sites.SelectMany(site =>
        {
            var (shape, type) = (site.UnconstrainedShape, site.Typical.DType);
            EqArray<GuideParameter> own =
            [
                new(site.Name + ".mean", shape, [site.Name], random => Initial.Location(site, random)),
                new(site.Name + ".variance", shape, [site.Name], _ => Full(type, shape, Math.Pow(Initial.Scale(site, Initial.Fraction), 2))),
            ];
            return family.Columns == 0 ? own : [.. own, new(site.Name + ".deviations", shape.Prepend(family.Columns), [site.Name], _ => Full(type, shape.Prepend(family.Columns), 0))];
        })];
    }
}
