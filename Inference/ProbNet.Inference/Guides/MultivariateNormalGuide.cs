using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A joint normal with full covariance over all components of all sites of its clause, in unconstrained space: u = loc + L eps with L lower triangular and
/// diag L = softplus(rho) > 0; log q(value) = log N(u; loc, L L^T) - log |d value / d u|. Where all sites are real the entropy is sum log diag L + D (1 + log 2 pi) / 2, so that the divergence from
/// independent normal priors is closed-form.
/// </summary>
/// <remarks>
/// Source: Kucukelbir, Tran, Ranganath, Gelman, Blei, Automatic differentiation variational inference, JMLR 18 (2017), sec. 2.4 (full-rank).
/// With D components in all: parameters <c>part.loc</c> [D], <c>part.rho</c> [D] and <c>part.lower</c> [D, D], of which the part below the diagonal is used.
/// Memory and time grow as D squared. Plates over data rows are covered with all their N rows.
/// </remarks>
public sealed record MultivariateNormalGuide : GuideFamily
{
    /// <summary>The number of components above which the family refuses.</summary>
    public const int MaximumDimension = 4096;

    /// <summary>The starting scale; see the option's documentation.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "multivariateNormal";

    /// <inheritdoc/>
    public override string Doc => "one normal with full covariance over all components of its sites, in unconstrained space";

    /// <inheritdoc/>
    public override string Source => "Kucukelbir et al., Automatic differentiation variational inference, JMLR 18 (2017), sec. 2.4";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<MultivariateNormalGuide>("initialScale", "starting standard deviation of each component, relative to 1/sqrt(fan-in) for weights",
            Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        if (JointSites.Obstacle(sites) is { } obstacle) return new(null, [obstacle]);
        var dimension = sites.Sum(s => (long)s.UnconstrainedShape.Size);
        if (dimension <= MaximumDimension) return new Part(context, this, sites, (int)dimension);
        var largest = sites.MaxBy(s => s.UnconstrainedShape.Size)!;
        return new(null, [new(InferenceCodes.GuideRefuses,
            $"a full covariance over {dimension} components would hold {dimension * dimension} numbers; the largest site is '{largest.Name}' {largest.Shape}", largest.Site.Span)
            { Hint = $"multivariateNormal covers at most {MaximumDimension} components: select fewer sites, e.g. multivariateNormal on \"*.b\", normal" }]);
    }

    private sealed class Part(GuideContext context, MultivariateNormalGuide family, EqArray<GuideSite> sites, int dimension)
        : GuidePart(context.Name, family, sites, Declare(context, family, sites, dimension))
    {
        public override PartDraw Draw(GuideScope scope)
        {
            var loc = scope[Name + ".loc"];
            var diagonal = Softplus(scope[Name + ".rho"]);
            var row = Iota([dimension, dimension], 0);
            var column = Iota([dimension, dimension], 1);
            var lower = Select(Less(column, row), scope[Name + ".lower"], Like(loc, 0));
            var noise = scope.Random.Named(Name).Normal(loc.DType, [dimension]);
            var joint = loc + diagonal * noise + Reshape(MatMul(lower, ExpandDims(noise, -1)), [dimension]);
            var variance = Square(diagonal) + Sum(Square(lower), -1);
            var logNormal = SumAll(Square(noise) * -0.5 - Log(diagonal) - 0.5 * Math.Log(2 * Math.PI));
            return JointSites.Draw(this, scope, loc, variance, joint, logNormal, SumAll(Log(diagonal)) + dimension * 0.5 * (1 + Math.Log(2 * Math.PI)));
        }

        public override Tensor? StartAt(GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) => JointSites.StartAt(this, parameter, places);

        public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values)
        {
            // A batch of rows has not the values of all.
            if (scope.Rows.Index is not null && Sites.Any(s => s.PerRow)) return null;
            var (unconstrained, logDetJacobian) = JointSites.Unconstrained(this, scope, values);
            var diagonal = Softplus(scope[Name + ".rho"]);
            var (row, column) = (Iota([dimension, dimension], 0), Iota([dimension, dimension], 1));
            var factor = Select(Equal(row, column), BroadcastTo(ExpandDims(diagonal, -1), row.Shape), Select(Less(column, row), scope[Name + ".lower"], ZerosLike(scope[Name + ".lower"])));
            var offset = unconstrained - scope[Name + ".loc"];
            var standard = TriangularSolve(factor, ExpandDims(offset, -1));
            var logNormal = SumAll(Square(standard)) * -0.5 - SumAll(Log(diagonal)) - 0.5 * dimension * Math.Log(2 * Math.PI);
            return [new(Sites.Count == 1 ? Sites[0].Name : Name, logNormal - logDetJacobian, false)];
        }

        private static EqArray<GuideParameter> Declare(GuideContext context, MultivariateNormalGuide family, EqArray<GuideSite> sites, int dimension) =>
        [
            JointSites.Locations(context, sites),
            JointSites.Scales(context, sites, s => Initial.Scale(s, family.InitialScale)),
            new(context.Name + ".lower", [dimension, dimension], sites.Map(s => s.Name), _ => Full(context.Precision, [dimension, dimension], 0)),
        ];
    }
}
