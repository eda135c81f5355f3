using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Monte Carlo dropout: W = diag(z) M / keep with z_k ~ Bernoulli(keep), keep = 1 - rate, one for each input k of the linear map that the weight belongs to, and M learned. A mask belongs
/// to a draw: one draw of the guide is one function, masked in the same way for all rows. Under the local estimator each row of a batch has masks of its own, (x_i ∘ z_i / keep) M,
/// which is dropout as nets are usually trained with.
/// </summary>
/// <remarks>
/// Source: Gal and Ghahramani, Dropout as a Bayesian approximation: representing model uncertainty in deep learning, ICML 2016, eq. 1–4 and appendix, sec. 3.
/// <para>
/// Kept inputs are divided by keep, so that E W = M and M is comparable with a point estimate; the paper's M is M / keep here, which is the same family. Moments: mean M, variance
/// M^2 rate / keep.
/// </para>
/// <para>
/// Divergence from priors p(W) = prod N(m, s^2): KL = E_q[-log p(W)] - H(z). The first term is closed-form from the moments, sum log(s sqrt(2 pi)) + ((M - m)^2 + M^2 rate / keep) / (2 s^2); for
/// m = 0 its quadratic part is keep (M / keep)^2 / (2 s^2), the paper's eq. 4. For other priors it is taken by the draw. H(z) = -(rate log rate + keep log keep) for each input. The paper smooths q
/// by normals of a width that goes to 0; their entropy is a constant and is left out, so the bound is known up to a constant that no parameter enters, and is not to be compared with
/// that of other guides.
/// </para>
/// Parameter of a site s: <c>s.loc</c>.
/// </remarks>
public sealed record BernoulliDropoutGuide : GuideFamily
{
    /// <summary>The probability that an input is dropped.</summary>
    public double Rate { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Name => "bernoulliDropout";

    /// <inheritdoc/>
    public override string Doc => "Monte Carlo dropout: the inputs of a weight's linear map are dropped at random, one mask a draw";

    /// <inheritdoc/>
    public override string? Beside => "delta";

    /// <inheritdoc/>
    public override string Source => "Gal and Ghahramani, Dropout as a Bayesian approximation, ICML 2016";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<BernoulliDropoutGuide>("rate", "the probability that an input is dropped; kept ones are divided by 1 - rate", Open, g => g.Rate, (g, v) => g with { Rate = v }),
    ];

    /// <summary>Between 0 and 1: nothing dropped is a point (delta), and everything dropped says nothing.</summary>
    internal static Interval Open { get; } = new(0, 1, false, false);

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var weights = WeightSite.Of(sites, context, Name);
        return new(weights.Value is { } found ? new Part(context.Name, this, sites, found.Sites) : null, weights.Diagnostics);
    }

    private sealed class Part(string name, BernoulliDropoutGuide family, EqArray<GuideSite> sites, EqArray<WeightSite> weights)
        : GuidePart(name, family, sites, weights.Map(w => new GuideParameter(w.Name + ".loc", w.Site.Shape, [w.Name], w.Start)))
    {
        public override string? WithoutDensity => "masks have no density over the weights";

        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms, entropies) = (new List<SiteDraw>(), new List<LogTerm>(), new List<LogTerm>());
            var (rate, keep) = (family.Rate, 1 - family.Rate);
            foreach (var weight in weights)
            {
                var (site, loc) = (weight.Site, scope[weight.Name + ".loc"]);
                Tensor Mask(RandomSource random, Shape lead) => TensorMath.Convert(Less(random.Uniform(loc.DType, lead.Concat([weight.Inputs.Count])), Like(loc, keep)), loc.DType);
                var noise = new UnitNoise(loc, new(weight.Inputs, (random, lead) => Mask(random, lead) / keep));
                var source = scope.Random.Named(weight.Name);
                // The same numbers as in the draw of the value.
                var kept = SumAll(Mask(UnitNoise.InputSource(source), []));
                draws.Add(new SiteDraw(site, noise.Draw(source).WithOrigin(site.Site.Origin), loc)
                {
                    Scale = Abs(loc) * Math.Sqrt(rate / keep),
                    CrossEntropy = NormalCrossEntropy.Of(loc, Square(loc) * (rate / keep)),
                    Structure = noise,
                });
                terms.Add(new(weight.Name, kept * Math.Log(keep) + (weight.Inputs.Count - kept) * Math.Log(rate), false));
                entropies.Add(new(weight.Name, Constant(loc.DType, -weight.Inputs.Count * (rate * Math.Log(rate) + keep * Math.Log(keep))), false));
            }
            return new(draws.ToEqArray(), terms.ToEqArray()) { Entropies = entropies.ToEqArray() };
        }
    }
}
