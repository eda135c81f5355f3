using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Mean-field normal: every component of every site is independent and normal in unconstrained space,
/// u = loc + softplus(rho) * eps, value = bijector(u), log q(value) = sum log N(u; loc, scale) - log |d value / d u|.
/// </summary>
/// <remarks>
/// Source: Kucukelbir, Tran, Ranganath, Gelman, Blei, Automatic differentiation variational inference, JMLR 18 (2017), sec. 2.3–2.5;
/// softplus scales as in Blundell, Cornebise, Kavukcuoglu, Wierstra, Weight uncertainty in neural networks, ICML 2015, sec. 3.2.
/// Parameters of a site s: <c>s.loc</c>, <c>s.rho</c>, both of the site's unconstrained shape. A plate over data rows has parameters for all N rows.
/// </remarks>
public sealed record NormalGuide : GuideFamily
{
    /// <summary>The starting scale; see the option's documentation.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "normal";

    /// <inheritdoc/>
    public override string Doc => "mean field: an independent normal for every component, in unconstrained space";

    /// <inheritdoc/>
    public override string Source => "Kucukelbir et al., Automatic differentiation variational inference, JMLR 18 (2017)";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<NormalGuide>("initialScale", "starting standard deviation, relative to 1/sqrt(fan-in) for weights; 0.05 starts a net near its deterministic behaviour",
            Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) => new Part(context.Name, this, sites);

    private sealed class Part(string name, NormalGuide family, EqArray<GuideSite> sites) : GuidePart(name, family, sites, Declare(family, sites))
    {
        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms) = (new List<SiteDraw>(), new List<LogTerm>());
            foreach (var site in Sites.Map(scope.AtHand))
            {
                var loc = scope.Of(site, Loc(site));
                var scale = Softplus(scope.Of(site, Rho(site)));
                var noise = scope.Noise(site, loc.DType);
                var unconstrained = (loc + scale * noise).WithOrigin(site.Site.Origin);
                // log N(u; loc, scale) at u = loc + scale * eps needs no division by the scale.
                var logNormal = Square(noise) * -0.5 - Log(scale) - 0.5 * Math.Log(2 * Math.PI);
                draws.Add(new SiteDraw(site, site.Constrain(unconstrained), loc)
                {
                    Scale = scale,
                    Unconstrained = unconstrained,
                    Marginal = Marginal(site, loc, scale),
                    Structure = site.IsReal ? new MeanField(loc, scale) : null,
                });
                terms.Add(new(site.Name, site.PerRowSum(logNormal) - site.LogDetJacobian(unconstrained), site.PerRow));
            }
            return new(draws.ToEqArray(), terms.ToEqArray());
        }

        public override EqArray<(string Loc, string Rho)> NormalPairs => Sites.Map(s => (Loc(s), Rho(s)));

        public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values) => Sites.Map(scope.AtHand).Map(site =>
        {
            var (loc, scale, unconstrained) = (scope.Of(site, Loc(site)), Softplus(scope.Of(site, Rho(site))), site.Bijector.Inverse(values[site.Name]));
            var logNormal = Square((unconstrained - loc) / scale) * -0.5 - Log(scale) - 0.5 * Math.Log(2 * Math.PI);
            return new LogTerm(site.Name, site.PerRowSum(logNormal) - site.LogDetJacobian(unconstrained), site.PerRow);
        });

        // The exponential of a normal variable is log-normal, its sigmoid logit-normal.
        private static Instance? Marginal(GuideSite site, Tensor loc, Tensor scale) =>
            site.IsReal ? new(Normal.Family, [loc, scale], loc.Shape)
            : site.Bijector == ExpBijector.Value ? new(LogNormal.Family, [loc, scale], loc.Shape)
            : site.Bijector == SigmoidBijector.Value ? new(LogitNormal.Family, [loc, scale], loc.Shape)
            : null;

        private static string Loc(GuideSite site) => site.Name + ".loc";

        private static string Rho(GuideSite site) => site.Name + ".rho";

        private static EqArray<GuideParameter> Declare(NormalGuide family, EqArray<GuideSite> sites) => sites.SelectMany(site =>
        {
            var (shape, type) = (site.UnconstrainedShape, site.Typical.DType);
            var rho = Initial.InverseSoftplus(Initial.Scale(site, family.InitialScale));
            return (IEnumerable<GuideParameter>)
            [
                new(Loc(site), shape, [site.Name], random => Initial.Location(site, random)),
                new(Rho(site), shape, [site.Name], _ => Full(type, shape, rho)),
            ];
        }).ToEqArray();
    }
}
