using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A matrix normal for each site: u = M + A E B^T with E of independent standard normals, A [n, n] the factor of the rows and B [m, m] that of the columns, each diagonal or lower triangular with a
/// positive diagonal. vec u has covariance B B^T (x) A A^T. All axes but the last are rows: of a convolution's kernel, positions and input channels.
/// </summary>
/// <remarks>
/// Source: Louizos, Welling, Structured and efficient variational deep learning with matrix Gaussian posteriors, ICML 2016, sec. 2; Gupta, Nagar, Matrix variate distributions (1999), ch. 2.
/// Parameters of a site s: <c>s.loc</c> of its unconstrained shape, <c>s.rows.rho</c> [n], <c>s.columns.rho</c> [m], and of triangular factors <c>s.rows.lower</c> [n, n] and <c>s.columns.lower</c> [m, m],
/// used below the diagonal. A and B are known up to a number, (c A, B / c), so B is divided by the geometric mean of its diagonal: det B = 1, and A alone carries the scale.
/// Entropy: m log det A + n m (1 + log 2 pi) / 2. Element (i, j) has variance (A A^T)_ii (B B^T)_jj.
/// </remarks>
public sealed record KroneckerGuide : GuideFamily
{
    /// <summary>The largest size of a triangular factor.</summary>
    public const int MaximumCholesky = 4096;

    private const string Diagonal = "diagonal", Triangular = "cholesky";

    /// <summary>The rows' factor, <c>diagonal</c> or <c>cholesky</c>.</summary>
    public string RowFactor { get; init; } = Triangular;

    /// <summary>The columns' factor, <c>diagonal</c> or <c>cholesky</c>.</summary>
    public string ColumnFactor { get; init; } = Triangular;

    /// <summary>The starting scale; see the option's documentation.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "kronecker";

    /// <inheritdoc/>
    public override string Doc => "a matrix normal: the covariance of a matrix is the Kronecker product of one of its columns and one of its rows, in unconstrained space";

    /// <inheritdoc/>
    public override string? Beside => "normal";

    /// <inheritdoc/>
    public override string Source => "Louizos, Welling, Structured and efficient variational deep learning with matrix Gaussian posteriors, ICML 2016";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Word<KroneckerGuide>("rowFactor", "whether rows (the inputs of x @ w) vary together (cholesky) or each by itself (diagonal)", [Diagonal, Triangular], g => g.RowFactor, (g, v) => g with { RowFactor = v }),
        Option.Word<KroneckerGuide>("columnFactor", "the same of columns (the outputs of x @ w)", [Diagonal, Triangular], g => g.ColumnFactor, (g, v) => g with { ColumnFactor = v }),
        Option.Number<KroneckerGuide>("initialScale", "starting standard deviation of each element, relative to 1/sqrt(fan-in) for weights", Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var (taken, refused) = (sites.Where(IsMatrix).ToArray(), sites.Where(s => !IsMatrix(s)).ToArray());
        if (refused.Length > 0) return new(null, [NoMatrix(taken, refused, context)]);
        foreach (var site in sites)
        {
            var (n, m) = Sizes(site);
            if (RowFactor == Triangular && n > MaximumCholesky) return new(null, [TooLarge(site, "rows", n, "rowFactor", context)]);
            if (ColumnFactor == Triangular && m > MaximumCholesky) return new(null, [TooLarge(site, "columns", m, "columnFactor", context)]);
        }
        return new Part(context, this, sites);
    }

    private static bool IsMatrix(GuideSite site) => !site.PerRow && site.UnconstrainedShape.Rank >= 2;

    private static (int Rows, int Columns) Sizes(GuideSite site) => (site.UnconstrainedShape[..^1].Size, site.UnconstrainedShape[^1]);

    private static Diagnostic NoMatrix(GuideSite[] taken, GuideSite[] refused, GuideContext context)
    {
        var first = refused[0];
        var what = first.PerRow ? "has a value for each data row" : $"is no matrix: its shape is {first.Shape}";
        var rest = SitePatterns.Telling(refused, taken) is { } patterns ? string.Join(", ", patterns.Select(p => $"normal on \"{p}\"")) : "normal";
        var own = SitePatterns.Telling(taken, refused) is { } few ? string.Join(", ", few.Select(p => $"kronecker on \"{p}\"")) + ", " : "";
        return new(InferenceCodes.GuideRefuses, $"kronecker needs rows and columns, and '{first.Name}' {what}", context.Span == default ? first.Site.Span : context.Span)
        { Hint = taken.Length == 0 ? $"give it another family: {rest}" : $"select the matrices, and give the others another family: {own}{rest}" };
    }

    private static Diagnostic TooLarge(GuideSite site, string axis, int size, string option, GuideContext context) => new(InferenceCodes.GuideRefuses,
        $"a triangular factor of the {size} {axis} of '{site.Name}' {site.Shape} would hold {(long)size * size} numbers; at most {MaximumCholesky} {axis} have one", context.Span == default ? site.Site.Span : context.Span)
        { Hint = $"kronecker {{ {option} = {Diagonal} }}" };

    private sealed class Part(GuideContext context, KroneckerGuide family, EqArray<GuideSite> sites) : GuidePart(context.Name, family, sites, Declare(family, sites))
    {
        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, densities, entropies) = (new List<SiteDraw>(), new List<LogTerm>(), new List<LogTerm>());
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var (n, m) = Sizes(site);
                var (loc, shape) = (scope[site.Name + ".loc"], site.UnconstrainedShape);
                var (rows, columns) = Factors(scope, site);
                var noise = scope.Noise(site, loc.DType);
                var unconstrained = (loc + Reshape(rows.Times(columns.TransposeAfter(Reshape(noise, [n, m]))), shape)).WithOrigin(site.Site.Origin);
                var logDet = rows.LogDet * m;
                var variance = Reshape(ExpandDims(rows.Variance, -1) * columns.Variance, shape);
                draws.Add(new SiteDraw(site, site.Constrain(unconstrained), loc)
                {
                    Scale = Sqrt(variance),
                    Unconstrained = unconstrained,
                    CrossEntropy = site.IsReal ? NormalCrossEntropy.Of(loc, variance) : null,
                    Structure = site.IsReal ? new KroneckerFactor(loc, rows, columns) : null,
                });
                densities.Add(new(site.Name, LogDensity(noise, rows) - site.LogDetJacobian(unconstrained), false));
                if (site.IsReal) entropies.Add(new(site.Name, logDet + n * m * 0.5 * (1 + Math.Log(2 * Math.PI)), false));
            }
            return new(draws.ToEqArray(), densities.ToEqArray()) { Entropies = entropies.ToEqArray() };
        }

        public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values) => Sites.Map(scope.AtHand).Map(site =>
        {
            var ((n, m), (rows, columns), unconstrained) = (Sizes(site), Factors(scope, site), site.Bijector.Inverse(values[site.Name]));
            var half = rows.Solve(Reshape(unconstrained - scope[site.Name + ".loc"], [n, m]));
            return new LogTerm(site.Name, LogDensity(columns.Solve(Transpose(half, [1, 0])), rows) - site.LogDetJacobian(unconstrained), false);
        });

        // Of the noise E, or its transpose; det B is 1.
        private static Tensor LogDensity(Tensor noise, TriangularFactor rows)
        {
            var size = noise.Shape.Size;
            return SumAll(Square(noise)) * -0.5 - rows.LogDet * (size / rows.Size) - size * 0.5 * Math.Log(2 * Math.PI);
        }

        private static (TriangularFactor Rows, TriangularFactor Columns) Factors(GuideScope scope, GuideSite site)
        {
            var columns = Factor(scope, site.Name + ".columns");
            return (Factor(scope, site.Name + ".rows"), columns.Over(Exp(columns.LogDet * (1.0 / columns.Size))));
        }

        private static TriangularFactor Factor(GuideScope scope, string name) =>
            new(Softplus(scope[name + ".rho"]), scope.Parameters.TryGetValue(name + ".lower", out var lower) ? TriangularFactor.Below(lower) : null);

        private static EqArray<GuideParameter> Declare(KroneckerGuide family, EqArray<GuideSite> sites) => sites.SelectMany(site =>
        {
            var ((n, m), type) = (Sizes(site), site.Typical.DType);
            var scale = Initial.Scale(site, family.InitialScale);
            return (IEnumerable<GuideParameter>)
            [
                new(site.Name + ".loc", site.UnconstrainedShape, [site.Name], random => Initial.Location(site, random)),
                .. Factor(site.Name + ".rows", n, scale, family.RowFactor), .. Factor(site.Name + ".columns", m, 1, family.ColumnFactor),
            ];

            IEnumerable<GuideParameter> Factor(string name, int size, double diagonal, string kind)
            {
                yield return new(name + ".rho", [size], [site.Name], _ => Full(type, [size], Initial.InverseSoftplus(diagonal)));
                if (kind == Triangular) yield return new(name + ".lower", [size, size], [site.Name], _ => Full(type, [size, size], 0));
            }
        }).ToEqArray();
    }
}
