using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Monte Carlo dropout with a learned rate for each site: W = diag(z) M / keep, the mask z of an input being relaxed so that the rate has a pathwise gradient,
/// z = sigmoid((logit(keep) + logit(u)) / temperature) with u uniform on (0, 1), a concrete (logistic-sigmoid) variable.
/// </summary>
/// <remarks>
/// Source: Gal, Hron, Kendall, Concrete dropout, NeurIPS 2017, eq. 3–5; relaxation after Maddison, Mnih, Teh, The concrete distribution, ICLR 2017.
/// <para>
/// The divergence is that of the mask which the relaxation stands for, as in the paper: cross-entropy with normal priors from mean M and variance M^2 rate / keep, less the entropy
/// -(rate log rate + keep log keep) for each input, both closed-form in the rate. That entropy is what keeps the rate from going to 0: it is worth up to log 2 nats an input. Its
/// place beside the likelihood of all N rows is fixed by the objective; there is nothing to tune. What <see cref="BernoulliDropoutGuide"/> says of the constant that is left out holds here too.
/// </para>
/// <para>
/// Draws are relaxed in training and in prediction alike. Location and scale are those of the relaxed draws, E z and Var z by the trapezoidal rule over the logistic variable logit(u), to about
/// 1e-12 in double precision; as the temperature goes to 0 they go to M and |M| sqrt(rate / keep).
/// </para>
/// Parameters of a site s: <c>s.loc</c>, and <c>s.rateLogit</c> [], with rate = sigmoid(rateLogit).
/// </remarks>
public sealed record ConcreteDropoutGuide : GuideFamily
{
    /// <summary>The temperature of the relaxation.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>The rate at the start.</summary>
    public double InitialRate { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Name => "concreteDropout";

    /// <inheritdoc/>
    public override string Doc => "Monte Carlo dropout with a learned rate for each site";

    /// <inheritdoc/>
    public override string? Beside => "delta";

    /// <inheritdoc/>
    public override string Source => "Gal, Hron, Kendall, Concrete dropout, NeurIPS 2017";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<ConcreteDropoutGuide>("temperature", "of the relaxed masks: nearer to 0 they are more nearly 0 or 1, and gradients of the rate are noisier", new Interval(0.01, 10, true, true),
            g => g.Temperature, (g, v) => g with { Temperature = v }),
        Option.Number<ConcreteDropoutGuide>("initialRate", "the probability that an input is dropped, at the start", BernoulliDropoutGuide.Open, g => g.InitialRate, (g, v) => g with { InitialRate = v }),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var weights = WeightSite.Of(sites, context, Name);
        return new(weights.Value is { } found ? new Part(context.Name, this, sites, found.Sites) : null, weights.Diagnostics);
    }

    /// <summary>Mean and variance of the relaxed mask, scalars.</summary>
    /// <param name="logit">logit(keep), a scalar.</param>
    /// <param name="temperature">The temperature.</param>
    internal static (Tensor Mean, Tensor Variance) Moments(Tensor logit, double temperature)
    {
        // The integrand's poles are pi i times min(1, temperature) away from the line, the rule's error falls as exp(-2 pi that / step); the density below exp(-34) does not count.
        var step = 0.6 * Math.Min(1, temperature);
        var half = (int)Math.Ceiling(34 / step);
        double[] at = [.. Enumerable.Range(-half, 2 * half + 1).Select(i => i * step)];
        // exp(-l) / (1 + exp(-l))^2, symmetric.
        double[] weight = [.. at.Select(l => step * Math.Exp(-Math.Abs(l)) / Math.Pow(1 + Math.Exp(-Math.Abs(l)), 2))];
        var z = Sigmoid((logit + Constant(HostTensor.FromDoubles(logit.DType, [at.Length], at))) / temperature);
        var w = Constant(HostTensor.FromDoubles(logit.DType, [at.Length], weight));
        var mean = SumAll(w * z);
        return (mean, SumAll(w * Square(z - mean)));
    }

    private sealed class Part(string name, ConcreteDropoutGuide family, EqArray<GuideSite> sites, EqArray<WeightSite> weights) : GuidePart(name, family, sites, Declare(family, weights))
    {
        public override string? WithoutDensity => "masks have no density over the weights";

        public override PartDraw Draw(GuideScope scope)
        {
            var (draws, terms, entropies) = (new List<SiteDraw>(), new List<LogTerm>(), new List<LogTerm>());
            foreach (var weight in weights)
            {
                var (site, loc) = (weight.Site, scope[weight.Name + ".loc"]);
                var logit = -scope[weight.Name + ".rateLogit"];
                var (keep, rate) = (Sigmoid(logit), Sigmoid(-logit));
                Tensor Factor(RandomSource random, Shape lead)
                {
                    var u = random.Uniform(loc.DType, lead.Concat([weight.Inputs.Count]));
                    return Sigmoid((logit + Log(u) - Log1p(-u)) / family.Temperature) / keep;
                }
                var noise = new UnitNoise(loc, new(weight.Inputs, Factor));
                var (mean, variance) = Moments(logit, family.Temperature);
                draws.Add(new SiteDraw(site, noise.Draw(scope.Random.Named(weight.Name)).WithOrigin(site.Site.Origin), loc * (mean / keep))
                {
                    Scale = Abs(loc) * (Sqrt(variance) / keep),
                    CrossEntropy = NormalCrossEntropy.Of(loc, Square(loc) * (rate / keep)),
                    Structure = noise,
                });
                // -(keep log keep + rate log rate), with log sigmoid(x) = -softplus(-x).
                var entropy = (keep * Softplus(-logit) + rate * Softplus(logit)) * weight.Inputs.Count;
                terms.Add(new(weight.Name, -entropy, false));
                entropies.Add(new(weight.Name, entropy, false));
            }
            return new(draws.ToEqArray(), terms.ToEqArray()) { Entropies = entropies.ToEqArray() };
        }

        private static EqArray<GuideParameter> Declare(ConcreteDropoutGuide family, EqArray<WeightSite> weights) => weights.SelectMany(w =>
        {
            var type = w.Site.Typical.DType;
            return (IEnumerable<GuideParameter>)
            [
                new(w.Name + ".loc", w.Site.Shape, [w.Name], w.Start),
                new(w.Name + ".rateLogit", [], [w.Name], _ => Constant(type, Math.Log(family.InitialRate / (1 - family.InitialRate)))),
            ];
        }).ToEqArray();
    }
}
