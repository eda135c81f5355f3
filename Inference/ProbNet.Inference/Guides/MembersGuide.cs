using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A mixture of members with equal weights: each has the same guide with parameters of its own, and draw number d comes from member d mod M, so that M draws in sequence use each once.
/// What ensembles, snapshots and particles leave behind.
/// </summary>
/// <remarks>
/// Source: Lakshminarayanan, Pritzel, Blundell, Simple and scalable predictive uncertainty estimation using deep ensembles, NeurIPS 2017, sec. 2.4; the members as a mixture, Wilson and
/// Izmailov, Bayesian deep learning and a probabilistic perspective of generalization, NeurIPS 2020. Every parameter p of the members' guide is one tensor of shape [M, …p's shape] under
/// p's name. log q of a draw is that of its member plus log(1 / M), as if members had no mass in common: exact for points apart from each other, an upper bound of -log q elsewhere.
/// </remarks>
public sealed record MembersGuide : GuideFamily
{
    /// <summary>M.</summary>
    public int Members { get; init; } = 5;

    /// <summary>The guide of each member.</summary>
    public EqArray<GuideClause> Guide { get; init; } = [new(new DeltaGuide())];

    /// <inheritdoc/>
    public override string Name => "members";

    /// <inheritdoc/>
    public override string Doc => "members with equal weights, each with a guide of its own";

    /// <inheritdoc/>
    public override string Source => "Lakshminarayanan, Pritzel, Blundell, Simple and scalable predictive uncertainty estimation using deep ensembles, NeurIPS 2017";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<MembersGuide>("members", "the number of members", 1, g => g.Members, (g, v) => g with { Members = v }),
        GuideClauses.Option<MembersGuide>("guide", g => g.Guide, (g, v) => g with { Guide = v }, withResults: true),
    ];

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context) =>
        InnerParts.Build(Guide, sites, context, "the members' guide", parts => new Part(context.Name, this, sites, parts));

    private sealed class Part(string name, MembersGuide family, EqArray<GuideSite> sites, EqArray<GuidePart> parts)
        : GuidePart(name, family, sites, [.. parts.SelectMany(p => p.Parameters).Select(p => Stacked(p, family.Members))])
    {
        public override int? DistinctDraws => parts.All(p => p.IsPoint) ? family.Members : null;

        public override string? WithoutDensity => "the density of members is known only where they do not overlap";

        public override EqArray<string> Needs => [.. parts.SelectMany(p => p.Needs).Distinct()];

        public override PartDraw Draw(GuideScope scope)
        {
            // Draw numbers are far below 2^53.
            var draw = TensorMath.Convert(scope.Random.Draw, DType.F64);
            var member = TensorMath.Convert(draw - Floor(draw / family.Members) * family.Members, DType.I64);
            var own = new Dictionary<string, Tensor>(scope.Parameters);
            foreach (var p in parts.SelectMany(p => p.Parameters)) own[p.Name] = Reshape(Gather(scope[p.Name], Reshape(member, [1])), p.Shape);
            PartDraw[] draws = [.. parts.Select(p => p.Draw(scope with { Parameters = own }))];
            return new([.. draws.SelectMany(d => d.Sites).Select(d => d with { Marginal = null, CrossEntropy = null, Structure = null })],
                [.. draws.SelectMany(d => d.LogDensity).Select(Own), new(Name, TensorMath.Constant(draws[0].Sites[0].Value.DType, -Math.Log(family.Members)), false)]);

            // A term of several sites belongs to this part: the parts of a member have no name outside.
            LogTerm Own(LogTerm term) => Sites.Any(s => s.Name == term.Name) ? term : term with { Name = Name };
        }

        private static GuideParameter Stacked(GuideParameter one, int members) => one with
        {
            Shape = one.Shape.Prepend(members),
            Initial = random => Stack([.. Enumerable.Range(0, members).Select(m => one.Initial(random.Named($"member.{m}")))], 0),
        };
    }
}
