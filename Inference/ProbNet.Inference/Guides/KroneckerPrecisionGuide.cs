using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A matrix of weights whose precision is a Kronecker product plus a multiple of the identity, A ⊗ G + τ I, in the basis of the eigenvectors of A and G: W = loc + Q_A^T (scale * E) Q_G with the
/// eigenvectors as rows, independent standard normal E and scale_ij = 1 / sqrt(a_i g_j + τ). What Laplace's approximation with Kronecker factors leaves behind.
/// </summary>
/// <remarks>
/// Source: Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018, sec. 3; the eigenbasis: George et al., Fast approximate natural gradient descent in a
/// Kronecker-factored eigenbasis, NeurIPS 2018. Parameters of a site s, whose components in row-major order are a matrix [rows, columns]: <c>s.loc</c> of the site's shape, <c>s.left</c> [rows, rows],
/// <c>s.right</c> [columns, columns], <c>s.scale</c> [rows, columns]. Nothing of size rows times columns squared is ever formed.
/// </remarks>
public sealed record KroneckerPrecisionGuide : GuideFamily
{
    /// <summary>The number of rows of the matrix.</summary>
    public int Rows { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "kroneckerPrecision";

    /// <inheritdoc/>
    public override string Doc => "a matrix normal law plus a common precision, in the eigenbasis of its factors";

    /// <inheritdoc/>
    public override string Source => "Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018";

    /// <inheritdoc/>
    public override EqArray<Option> Options => [Option.Integer<KroneckerPrecisionGuide>("rows", "rows of the matrix that the site's components are", 1, g => g.Rows, (g, v) => g with { Rows = v })];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) => sites.FirstOrDefault(s => !s.IsReal || s.PerRow || s.Shape.Size % Rows != 0) is { } odd
        ? new Checked<GuidePart>(null, [new(InferenceCodes.GuideRefuses, $"'{odd.Name}' {odd.Shape} is no matrix of weights with {Rows} rows", odd.Site.Span)])
        : new Part(context.Name, this, sites);

    private sealed class Part(string name, KroneckerPrecisionGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, [.. sites.SelectMany(s => Declare(family, s))])
    {
        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
            foreach (var site in Sites)
            {
                var (loc, scale) = (scope[site.Name + ".loc"], scope[site.Name + ".scale"]);
                var (left, right) = (TransposeLast(scope[site.Name + ".left"]), scope[site.Name + ".right"]);
                var noise = Reshape(scope.Noise(site, loc.DType), scale.Shape);
                var value = (loc + Reshape(MatMul(MatMul(left, scale * noise), right), loc.Shape)).WithOrigin(site.Site.Origin);
                var variance = MatMul(MatMul(Square(left), Square(scale)), Square(right));
                draws.Add(new SiteDraw(site, value, loc) { Scale = Sqrt(Reshape(variance, loc.Shape)), Unconstrained = value });
                // The eigenvectors are orthogonal, so the law's volume is that of its scales.
                terms.Add(new(site.Name, SumAll(Square(noise) * -0.5 - Log(scale) - 0.5 * Math.Log(2 * Math.PI)), false));
            }
            return new(draws.ToEqArray(), terms.ToEqArray());
        }

        private static EqArray<GuideParameter> Declare(KroneckerPrecisionGuide family, GuideSite site)
        {
            var (type, rows, columns) = (site.Typical.DType, family.Rows, site.Shape.Size / family.Rows);
            return
            [
                new(site.Name + ".loc", site.Shape, [site.Name], random => Initial.Location(site, random)),
                new(site.Name + ".left", [rows, rows], [site.Name], _ => Identity(type, rows)),
                new(site.Name + ".right", [columns, columns], [site.Name], _ => Identity(type, columns)),
                new(site.Name + ".scale", [rows, columns], [site.Name], _ => Full(type, [rows, columns], Initial.Scale(site, Initial.Fraction))),
            ];
        }

        private static Tensor Identity(DType type, int size) => TensorMath.Convert(Equal(Iota([size, size], 0), Iota([size, size], 1)), type);
    }
}
