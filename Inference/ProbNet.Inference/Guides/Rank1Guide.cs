using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Rank-1 factors: W = M ∘ (r s^T) with a normal factor r_k for each input and s_j for each output of the linear map, and M a point. A draw needs inputs + outputs random numbers, and each row of
/// a batch can have its own, ((x_i ∘ r_i) M) ∘ s_i.
/// </summary>
/// <remarks>
/// Source: Dusenberry, Jerfel, Wen, Ma, Snoek, Heller, Lakshminarayanan, Tran, Efficient and scalable Bayesian neural nets with rank-1 factors, ICML 2020, eq. 2–5.
/// <para>
/// What is minimised beside the likelihood is KL(q(r) q(s) || p(r) p(s)) - log p(M): normal divergences in closed form, the factors' priors being N(1, priorScale^2), and the model's own log
/// prior of the weight at M, a maximum a posteriori term, as in the paper. So the bound is that of the model in which the weight is M ∘ (r s^T), and its value is not comparable with that of a
/// density over all of W's space, which this is not. Moments: mean M ∘ (E r E s^T), variance M^2 ∘ ((E r)^2 + Var r)((E s)^2 + Var s) - mean^2.
/// </para>
/// Parameters of a site s: <c>s.loc</c> (M), <c>s.in.loc</c>, <c>s.in.rho</c> [inputs], <c>s.out.loc</c>, <c>s.out.rho</c> [outputs]; scales are softplus(rho).
/// </remarks>
public sealed record Rank1Guide : GuideFamily
{
    /// <summary>The factors' scale at the start.</summary>
    public double InitialScale { get; init; } = Initial.Fraction;

    /// <summary>The scale of the factors' prior.</summary>
    public double PriorScale { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Name => "rank1";

    /// <inheritdoc/>
    public override string Doc => "a point for each weight, times normal factors for each input and each output of its linear map";

    /// <inheritdoc/>
    public override string? Beside => "delta";

    /// <inheritdoc/>
    public override string Source => "Dusenberry et al., Efficient and scalable Bayesian neural nets with rank-1 factors, ICML 2020";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<Rank1Guide>("initialScale", "starting standard deviation of the factors, which start at 1", Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
        Option.Number<Rank1Guide>("priorScale", "standard deviation of the factors' prior, normal around 1", Interval.Positive, g => g.PriorScale, (g, v) => g with { PriorScale = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var weights = WeightSite.Of(sites, context, Name);
        return new(weights.Value is { } found ? new Part(context.Name, this, sites, found.Sites) : null, weights.Diagnostics);
    }

    private sealed class Part(string name, Rank1Guide family, EqArray<GuideSite> sites, EqArray<WeightSite> weights) : GuidePart(name, family, sites, Declare(family, weights))
    {
        public override string? WithoutDensity => "noise of whole inputs and outputs has no density over the weights";

        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms, entropies) = (new List<SiteDraw>(), new List<LogTerm>(), new List<LogTerm>());
            foreach (var weight in weights)
            {
                var (site, loc, source) = (weight.Site, scope[weight.Name + ".loc"], scope.Random.Named(weight.Name));
                Factors r = new(scope, weight.Name + ".in", weight.Inputs), s = new(scope, weight.Name + ".out", weight.Outputs);
                var structure = new UnitNoise(loc, r.Drawn, s.Drawn);
                var mean = loc * r.Mean * s.Mean;
                // (a + v)(b + w) - a b with a = (E r)^2, v = Var r: written without the difference of the two products.
                var variance = Square(loc) * (Square(r.Mean * s.Scale) + Square(r.Scale * s.Mean) + Square(r.Scale * s.Scale));
                draws.Add(new SiteDraw(site, structure.Draw(source).WithOrigin(site.Site.Origin), mean)
                {
                    Scale = Sqrt(variance),
                    CrossEntropy = prior => -prior.LogDensity(loc),
                    Structure = structure,
                });
                terms.Add(new(weight.Name, r.LogRatio(UnitNoise.InputSource(source), family.PriorScale) + s.LogRatio(UnitNoise.OutputSource(source), family.PriorScale), false));
                entropies.Add(new(weight.Name, -(r.Divergence(family.PriorScale) + s.Divergence(family.PriorScale)), false));
            }
            return new(draws.ToEqArray(), terms.ToEqArray()) { Entropies = entropies.ToEqArray() };
        }

        private static EqArray<GuideParameter> Declare(Rank1Guide family, EqArray<WeightSite> weights) => weights.SelectMany(w =>
        {
            var (type, rho) = (w.Site.Typical.DType, Initial.InverseSoftplus(family.InitialScale));
            GuideParameter Filled(string name, int count, double value) => new(w.Name + name, [count], [w.Name], _ => Full(type, [count], value));
            return (IEnumerable<GuideParameter>)
            [
                new(w.Name + ".loc", w.Site.Shape, [w.Name], w.Start),
                Filled(".in.loc", w.Inputs.Count, 1), Filled(".in.rho", w.Inputs.Count, rho),
                Filled(".out.loc", w.Outputs.Count, 1), Filled(".out.rho", w.Outputs.Count, rho),
            ];
        }).ToEqArray();
    }

    // Independent normal factors of some units.
    private sealed class Factors(GuideScope scope, string name, WeightUnits units)
    {
        private readonly Tensor _loc = scope[name + ".loc"];
        private readonly Tensor _scale = Softplus(scope[name + ".rho"]);

        public UnitFactors Drawn => new(units, (random, lead) => _loc + _scale * Noise(random, lead));

        public Tensor Mean => units.Spread(_loc);

        public Tensor Scale => units.Spread(_scale);

        // sum of KL(N(loc, scale^2) || N(1, prior^2)).
        public Tensor Divergence(double prior) =>
            SumAll((Square(_scale / prior) + Square((_loc - 1) / prior) - 1) * 0.5 - Log(_scale / prior));

        // log q - log p of the draw that this source gives.
        public Tensor LogRatio(RandomSource random, double prior)
        {
            var noise = Noise(random, []);
            return SumAll(Square((_loc + _scale * noise - 1) / prior) * 0.5 - Square(noise) * 0.5 - Log(_scale / prior));
        }

        private Tensor Noise(RandomSource random, Shape lead) => random.Normal(_loc.DType, lead.Concat([units.Count]));
    }
}
