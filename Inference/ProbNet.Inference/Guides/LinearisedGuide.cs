using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A guide whose draws enter predictions through the model linearised at the guide's centre: the arguments of observed sites' distributions, in unconstrained form, are
/// f(x, θ*) + J(x) (θ - θ*). What Laplace's approximation leaves behind, whose curvature is that of this linear model.
/// </summary>
/// <remarks>Source: Immer, Korzepa, Bauer, Improving predictions of Bayesian neural nets via local linearization, AISTATS 2021, eq. 8 and 11.</remarks>
public sealed record LinearisedGuide : GuideFamily
{
    /// <summary>The law of the latent sites.</summary>
    public EqArray<GuideClause> Guide { get; init; } = [new(new NormalGuide())];

    /// <inheritdoc/>
    public override string Name => "linearised";

    /// <inheritdoc/>
    public override string Doc => "a law whose draws enter predictions through the model linearised at its centre";

    /// <inheritdoc/>
    public override string Source => "Immer, Korzepa, Bauer, Improving predictions of Bayesian neural nets via local linearization, AISTATS 2021";

    /// <inheritdoc/>
    public override EqArray<Option> Options => [GuideClauses.Option<LinearisedGuide>("guide", g => g.Guide, (g, v) => g with { Guide = v }, withResults: true)];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) =>
        InnerParts.Build(Guide, sites, context, "the linearised guide", parts => new Part(context.Name, this, sites, parts));

    private sealed class Part(string name, LinearisedGuide family, EqArray<GuideSite> sites, EqArray<GuidePart> parts) : GuidePart(name, family, sites, [.. parts.SelectMany(p => p.Parameters)])
    {
        public override int? DistinctDraws => parts.All(p => p.IsPoint) ? 1 : null;

        public override bool IsLinearised => true;

        public override EqArray<GuidePart> Inner => parts;

        // Products of weights are not drawn in place of the weights: these are needed themselves.
        public override PartDraw Draw(GuideScope scope)
        {
            PartDraw[] draws = [.. parts.Select(p => p.Draw(scope))];
            return new([.. draws.SelectMany(d => d.Sites).Select(d => d with { Structure = null })], [.. draws.SelectMany(d => d.LogDensity)]) { Entropies = [.. draws.SelectMany(d => d.Entropies)] };
        }
    }
}
