using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Scale mixtures of normals: every component of every site is independent with q(u) = sum_k pi_k N(u; loc, s_k^2) in unconstrained space, value = bijector(u); weights and scales are
/// learned. A peak with heavy shoulders, which a single normal cannot have.
/// </summary>
/// <remarks>
/// Sources: the family, Blundell, Cornebise, Kavukcuoglu, Wierstra, Weight uncertainty in neural networks, ICML 2015, eq. 7 (there a prior); the gradient, Figurnov, Mohamed, Mnih, Implicit
/// reparameterization gradients, NeurIPS 2018, eq. 5.
/// <para>
/// A draw picks the k of its scale and is d = s_k eps away from loc. Picking has no derivative, so d gets the one that keeps its distribution function F(d) = sum_k pi_k Phi(d / s_k) where it is:
/// dd/da = -(dF/da) / q(d), for each parameter a. It is unbiased for first derivatives. Moments: mean loc, variance sum_k pi_k s_k^2. log q is by log-sum-exp; the entropy has no closed form,
/// so the divergence is by the draw.
/// </para>
/// Parameters of a site s: <c>s.loc</c>, and <c>s.rho</c>, <c>s.logits</c> [.., components], with s_k = softplus(rho_k) and pi = softmax(logits).
/// </remarks>
public sealed record ScaleMixtureGuide : GuideFamily
{
    /// <summary>The number of normals in each mixture.</summary>
    public int Components { get; init; } = 2;

    // Scales 2 apart from each other span 19 powers of ten.
    private const int MostComponents = 64;

    /// <summary>The standard deviation at the start; see the option's documentation.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "scaleMixture";

    /// <inheritdoc/>
    public override string Doc => "an independent scale mixture of normals for every component, in unconstrained space";

    /// <inheritdoc/>
    public override string Source => "Blundell et al., Weight uncertainty in neural networks, ICML 2015; Figurnov, Mohamed, Mnih, Implicit reparameterization gradients, NeurIPS 2018";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<ScaleMixtureGuide>("components", "normals in each mixture; their scales start at powers of 2 apart", 1, g => g.Components, (g, v) => g with { Components = v }),
        Option.Number<ScaleMixtureGuide>("initialScale", "starting standard deviation of the mixture, relative to 1/sqrt(fan-in) for weights", Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        if (Components <= MostComponents) return new Part(context.Name, this, sites);
        return new(null, [new(InferenceCodes.GuideRefuses, $"scaleMixture computes every normal of a mixture for every number of a site, and {Components} of them are more than it takes: at most {MostComponents}", context.Span)
        { Hint = "a few are enough: their scales are learned" }]);
    }

    private sealed class Part(string name, ScaleMixtureGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, Declare(family, sites))
    {
        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var loc = scope.Of(site, site.Name + ".loc");
                var mixture = new ScaleMixture(loc, Softplus(scope.Of(site, site.Name + ".rho")), Composite.LogSoftmax(scope.Of(site, site.Name + ".logits")));
                var random = scope.Random.Named(site.Name);
                var (source, shape) = site.PerRow ? (scope.Rows.Keyed(random), loc.Shape[1..]) : (random, loc.Shape);
                var away = mixture.Away(source, shape);
                var unconstrained = (loc + away).WithOrigin(site.Site.Origin);
                draws.Add(new SiteDraw(site, site.Constrain(unconstrained), loc)
                {
                    Scale = mixture.Deviation,
                    Structure = site.IsReal && !site.PerRow ? mixture : null,
                });
                terms.Add(new(site.Name, site.PerRowSum(mixture.LogDensity(away)) - site.LogDetJacobian(unconstrained), site.PerRow));
            }
            return new(draws.ToEqArray(), terms.ToEqArray());
        }

        private static EqArray<GuideParameter> Declare(ScaleMixtureGuide family, EqArray<GuideSite> sites) => sites.SelectMany(site =>
        {
            var (type, k) = (site.Typical.DType, family.Components);
            var each = site.UnconstrainedShape.Concat([k]);
            // Powers of 2 whose mean square is 1, so that the mixture with equal weights has the starting scale.
            double[] powers = [.. Enumerable.Range(0, k).Select(i => Math.Pow(2, i - (k - 1) / 2.0))];
            var unit = Initial.Scale(site, family.InitialScale) / Math.Sqrt(powers.Average(p => p * p));
            double[] rho = [.. powers.Select(p => Initial.InverseSoftplus(p * unit))];
            return (IEnumerable<GuideParameter>)
            [
                new(site.Name + ".loc", site.UnconstrainedShape, [site.Name], random => Initial.Location(site, random)),
                new(site.Name + ".rho", each, [site.Name], _ => BroadcastTo(Constant(HostTensor.FromDoubles(type, [k], rho)), each)),
                new(site.Name + ".logits", each, [site.Name], _ => Full(type, each, 0)),
            ];
        }).ToEqArray();
    }
}

/// <summary>Independent scale mixtures of normals around <paramref name="Loc"/>, drawn with pathwise gradients.</summary>
/// <param name="Loc">Centres, of the site's unconstrained shape.</param>
/// <param name="Scales">Standard deviations of the components, [.., components].</param>
/// <param name="LogWeights">Logarithms of their weights, [.., components].</param>
internal sealed record ScaleMixture(Tensor Loc, Tensor Scales, Tensor LogWeights) : FactorStructure
{
    /// <inheritdoc/>
    public override Shape Shape => Loc.Shape;

    /// <summary>The standard deviations of the mixtures.</summary>
    public Tensor Deviation => Sqrt(Sum(Exp(LogWeights) * Square(Scales), -1));

    /// <inheritdoc/>
    public override Tensor DrawEach(int rows, RandomSource random) => Loc + Away(random, Loc.Shape.Prepend(rows));

    /// <summary>log q of a place that is <paramref name="away"/> from the centre, elementwise.</summary>
    public Tensor LogDensity(Tensor away) =>
        Composite.LogSumExp(LogWeights - Square(ExpandDims(away, -1) / Scales) * 0.5 - Log(Scales)) - 0.5 * Math.Log(2 * Math.PI);

    /// <summary>Draws of the distance from the centre, of the source's leading shape followed by <paramref name="shape"/>.</summary>
    public Tensor Away(RandomSource random, Shape shape)
    {
        var u = random.Named("component").Uniform(Loc.DType, shape);
        var eps = random.Named("value").Normal(Loc.DType, shape);
        // The component is the first whose weights up to it exceed u; the last one where rounding leaves them below.
        var (k, weights) = (Scales.Shape[^1], Exp(LogWeights));
        Tensor scale = Take(Scales, k - 1), upTo = Sum(weights, -1);
        for (var i = k - 2; i >= 0; i--)
        {
            upTo -= Take(weights, i + 1);
            scale = Select(Less(u, upTo), Take(Scales, i), scale);
        }
        var d = StopGradient(scale * eps);
        // F = (1 + sign(d) (1 - sum_k pi_k erfc(|d| / (s_k sqrt 2)))) / 2, by its own small tail, so that nothing cancels. Its derivative in s_k comes from erf, that in pi_k from the tail.
        var side = Sign(d);
        var ratio = ExpandDims(Abs(d), -1) / (Scales * Math.Sqrt(2));
        var tail = StopGradient(Erfcx(ratio) * Exp(-Square(ratio)));
        var cdf = side * Sum(StopGradient(weights) * Erf(ratio) - weights * tail, -1) * 0.5;
        return d - (cdf - StopGradient(cdf)) / StopGradient(Exp(LogDensity(d)));
    }

    private static Tensor Take(Tensor x, int component) => Index(x, -1, component);
}
