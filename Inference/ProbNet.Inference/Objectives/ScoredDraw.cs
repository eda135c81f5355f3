using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>A draw of a part with its terms as the objective differentiates them.</summary>
/// <param name="Draw">The draw; values that carry no gradient are held fixed.</param>
/// <param name="Scores">log q of what is held fixed, which moves with the parameters.</param>
internal sealed record ScoredDraw(PartDraw Draw, EqArray<LogTerm> Scores)
{
    public static ScoredDraw Of(GuidePart part, GuideScope scope, ObjectiveChoice objective)
    {
        var draw = part.Draw(scope);
        if (objective.IsPlain || part.IsPoint) return new(draw, []);
        EqArray<LogTerm> scores = [];
        var held = !objective.Gradient.TakesScores ? [] : objective.Gradient.ScoresAll ? part.Sites.Map(s => s.Name) : part.WithoutGradient;
        if (!held.IsEmpty)
        {
            draw = draw with { Sites = draw.Sites.Map(s => held.Contains(s.Site.Name) ? s with { Value = StopGradient(s.Value), Structure = null } : s) };
            var density = Density(part, scope, draw, objective);
            // A joint term belongs to the part, and all its sites are held.
            bool Moves(LogTerm term) => !part.Sites.Any(s => s.Name == term.Name) || held.Contains(term.Name);
            scores = [.. density.Where(Moves)];
            // Where draws count equally E_q[grad log q] = 0, so that in the objective itself it would be noise; a bound that weighs draws needs it.
            draw = draw with { LogDensity = density.Map(t => Moves(t) && objective.Bound.IsMean ? t with { Value = StopGradient(t.Value) } : t) };
        }
        else if (objective.Gradient.HoldsDensity)
        {
            var fixedParameters = scope.Parameters.ToDictionary(p => p.Key, p => StopGradient(p.Value));
            draw = draw with { LogDensity = Density(part, scope with { Parameters = fixedParameters }, draw, objective) };
        }
        if (objective.IsByDraw) draw = draw with { Entropies = [], Sites = draw.Sites.Map(s => s with { Marginal = null, CrossEntropy = null }) };
        return new(draw, scores);
    }

    private static EqArray<LogTerm> Density(GuidePart part, GuideScope scope, PartDraw draw, ObjectiveChoice objective) =>
        part.LogDensityOf(scope, draw.Sites.ToDictionary(s => s.Site.Name, s => s.Value)) ?? throw new DiagnosticException(
        [
            new(InferenceCodes.Conflict, $"gradient = {objective.Gradient.Name} needs log q of a value apart from its draw, which {part.Family.Described} on '{part.Sites[0].Name}' does not give", part.Sites[0].Site.Span)
            { Hint = "use gradient = pathwise, or a family with such a density: normal, multivariateNormal, realNvp, a guide program" },
        ]);
}
