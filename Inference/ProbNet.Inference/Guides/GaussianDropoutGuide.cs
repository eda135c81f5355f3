using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Variational dropout: weights with multiplicative normal noise, w = m xi with xi ~ N(1, alpha), alpha learned. With noise for each weight (<c>per = weight</c>, an alpha for each weight, or
/// <c>per = site</c>, one for all) q(w) = N(m, alpha m^2), independent; with noise for each input of the linear map (<c>per = input</c>, an alpha for each) all weights of an input share it.
/// </summary>
/// <remarks>
/// Source: Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015, sec. 3; a learned alpha for each weight after Molchanov, Ashukha, Vetrov,
/// Variational dropout sparsifies deep neural networks, ICML 2017. Dropping inputs with probability rate has the same mean and variance as alpha = rate / (1 - rate) (Srivastava et al.,
/// Dropout, JMLR 15 (2014), sec. 10).
/// <para>
/// The divergence is that from the model's own prior, not from the improper log-uniform prior of these papers (under which the posterior is improper too: Hron, Matthews, Ghahramani,
/// Variational Bayesian dropout: pitfalls and fixes, ICML 2018). Between normals it is closed-form. It grows as -log |m| for m to 0, since there the factor narrows to a point; with an alpha for
/// each weight the family is that of <c>normal</c> but for that.
/// </para>
/// <para>
/// With noise for each input, the weights of input k lie on the line through 0 and M_k, and q is a density along it: log q = log N(xi_k; 1, alpha_k) - log |M_k|, entropy
/// log(2 pi e alpha_k) / 2 + log |M_k|. Across the line q is a point, whose constant is left out as in <see cref="BernoulliDropoutGuide"/>.
/// </para>
/// Parameters of a site s: <c>s.loc</c>, and with noise for each weight <c>s.rho</c> of the site's shape, the deviation sigma = |m| sqrt(alpha) being softplus(rho): with alpha itself as
/// the parameter a mean could not pass 0, where sigma would vanish and the divergence grow without limit (Molchanov, Ashukha, Vetrov, Variational dropout sparsifies deep neural networks, ICML
/// 2017, sec. 4.2). Else <c>s.logAlpha</c> of shape [inputs] or []. Sigma starts at sqrt(alpha) times the spread of the starting means.
/// </remarks>
public sealed record GaussianDropoutGuide : GuideFamily
{
    /// <summary>What has noise of its own: <c>weight</c>, <c>input</c> or <c>site</c>; see the class's documentation.</summary>
    public string Per { get; init; } = "weight";

    /// <summary>The dropout rate whose variance the noise starts with.</summary>
    public double Rate { get; init; } = 0.1;

    /// <summary>The variance at the start, in place of <see cref="Rate"/>; null for rate / (1 - rate).</summary>
    public double? Alpha { get; init; }

    /// <inheritdoc/>
    public override string Name => "gaussianDropout";

    /// <inheritdoc/>
    public override string Doc => "variational dropout: multiplicative normal noise of learned variance";

    /// <inheritdoc/>
    public override string? Beside => "delta";

    /// <inheritdoc/>
    public override string Source => "Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<GaussianDropoutGuide>("rate", "starting noise, as the dropout rate of the same variance: alpha = rate / (1 - rate)", BernoulliDropoutGuide.Open, g => g.Rate, (g, v) => g with { Rate = v }),
        Option.OptionalNumber<GaussianDropoutGuide>("alpha", "starting variance of the noise, in place of a rate", Interval.Positive, g => g.Alpha, (g, v) => g with { Alpha = v }),
        Option.Word<GaussianDropoutGuide>("per", "what has noise of its own: each weight with a variance each, each input with a variance each, or each weight with one variance for the site",
            ["weight", "input", "site"], g => g.Per, (g, v) => g with { Per = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var weights = WeightSite.Of(sites, context, Name);
        return new(weights.Value is { } found ? new Part(context.Name, this, sites, found.Sites) : null, weights.Diagnostics);
    }

    private sealed class Part(string name, GaussianDropoutGuide family, EqArray<GuideSite> sites, EqArray<WeightSite> weights) : GuidePart(name, family, sites, Declare(family, weights))
    {
        public override string? WithoutDensity => family.Per == "input" ? "noise of whole inputs has no density over the weights" : null;

        public override PartDraw Draw(GuideScope scope)
        {
            PartDraw[] each = [.. weights.Select(w => family.Per == "input" ? PerInput(w, scope) : PerWeight(w, scope))];
            return new([.. each.SelectMany(d => d.Sites)], [.. each.SelectMany(d => d.LogDensity)]) { Entropies = [.. each.SelectMany(d => d.Entropies)] };
        }

        private PartDraw PerWeight(WeightSite weight, GuideScope scope)
        {
            var (site, loc) = (weight.Site, scope[weight.Name + ".loc"]);
            var scale = family.Per == "weight" ? Softplus(scope[weight.Name + ".rho"]) : Abs(loc) * Exp(scope[weight.Name + ".logAlpha"] * 0.5);
            var noise = scope.Noise(site, loc.DType);
            var logNormal = Square(noise) * -0.5 - Log(scale) - 0.5 * Math.Log(2 * Math.PI);
            var draw = new SiteDraw(site, (loc + scale * noise).WithOrigin(site.Site.Origin), loc)
            {
                Scale = scale,
                Marginal = new(Normal.Family, [loc, scale], loc.Shape),
                Structure = new MeanField(loc, scale),
            };
            return new([draw], [new(weight.Name, SumAll(logNormal), false)]);
        }

        private static PartDraw PerInput(WeightSite weight, GuideScope scope)
        {
            var (site, loc, units) = (weight.Site, scope[weight.Name + ".loc"], weight.Inputs);
            var deviation = Exp(scope[weight.Name + ".logAlpha"] * 0.5);
            Tensor Noise(RandomSource random, Shape lead) => random.Normal(loc.DType, lead.Concat([units.Count]));
            var structure = new UnitNoise(loc, new(units, (random, lead) => 1 + deviation * Noise(random, lead)));
            var source = scope.Random.Named(weight.Name);
            var spread = units.Spread(deviation);
            // The density along each input's line.
            var logScale = Log(deviation) + Log(units.Total(Square(loc))) * 0.5 + 0.5 * Math.Log(2 * Math.PI);
            var draw = new SiteDraw(site, structure.Draw(source).WithOrigin(site.Site.Origin), loc)
            {
                Scale = Abs(loc) * spread,
                CrossEntropy = NormalCrossEntropy.Of(loc, Square(loc * spread)),
                Structure = structure,
            };
            return new([draw], [new(weight.Name, SumAll(Square(Noise(UnitNoise.InputSource(source), [])) * -0.5 - logScale), false)])
            {
                Entropies = [new(weight.Name, SumAll(logScale + 0.5), false)],
            };
        }

        private static EqArray<GuideParameter> Declare(GaussianDropoutGuide family, EqArray<WeightSite> weights) => weights.SelectMany(w =>
        {
            var alpha = family.Alpha ?? family.Rate / (1 - family.Rate);
            var (type, shape) = (w.Site.Typical.DType, family.Per switch { "weight" => w.Site.Shape, "input" => [w.Inputs.Count], _ => Shape.Scalar });
            return (IEnumerable<GuideParameter>)
            [
                new(w.Name + ".loc", w.Site.Shape, [w.Name], w.Start),
                family.Per == "weight" ? new(w.Name + ".rho", shape, [w.Name], _ => Full(type, shape, Initial.InverseSoftplus(Math.Sqrt(alpha) * Initial.Spread(w.Site)))) : new(w.Name + ".logAlpha", shape, [w.Name], _ => Full(type, shape, Math.Log(alpha))),
            ];
        }).ToEqArray();
    }
}
