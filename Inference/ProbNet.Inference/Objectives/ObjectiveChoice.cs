using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Objectives;

/// <summary>What is maximised, and how its gradient is estimated.</summary>
/// <param name="Bound">The bound.</param>
/// <param name="Gradient">The gradient.</param>
public sealed record ObjectiveChoice(Bound Bound, GradientMethod Gradient)
{
    /// <summary>The ELBO by pathwise gradients.</summary>
    public static ObjectiveChoice Plain { get; } = new(new ElboBound(), new PathwiseGradient());

    /// <summary>Whether every term of the objective may be differentiated as it is, whatever its draws.</summary>
    public bool IsPlain => Bound.IsMean && Gradient is PathwiseGradient;

    /// <summary>Whether divergences are taken by the draw: weights of draws need the densities at the draw.</summary>
    internal bool IsByDraw => !Bound.IsMean || Gradient.HoldsDensity;

    /// <summary>Why a guide and options cannot have this objective; none if they can.</summary>
    /// <param name="guide">The guide.</param>
    /// <param name="estimator">The estimator asked for.</param>
    /// <param name="draws">The number of draws in a step.</param>
    internal EqArray<Diagnostic> Faults(GuidePlan guide, Estimator estimator, int draws)
    {
        var found = new List<Diagnostic>();
        var stuck = guide.Parts.SelectMany(p => p.WithoutGradient.Select(name => (Part: p, Name: name))).ToList();
        if (stuck.Count > 0 && !Gradient.TakesScores)
        {
            var site = stuck[0].Part.Sites.First(s => s.Name == stuck[0].Name);
            found.Add(new(InferenceCodes.DiscreteLatent, $"the draws of '{site.Name}' by {stuck[0].Part.Family.Described} have no gradient in its parameters, which gradient = {Gradient.Name} needs", site.Site.Span)
            { Hint = "give vi gradient = auto and samples = 8: such draws are then learned by the score function" });
        }
        if (draws < 2 && (Gradient.ScoresAll ? !guide.IsPoint : Gradient.TakesScores && stuck.Count > 0))
        {
            found.Add(new(InferenceCodes.Conflict, $"gradient = {Gradient.Name} compares the draws of a step with each other, but samples = {draws}", default)
            { Hint = "give samples = 8 or more: the gradient's noise falls with them" });
        }
        if (estimator is not SharedEstimator && (Gradient.ScoresAll || !Bound.IsMean))
        {
            var needs = Bound.IsMean ? $"gradient = {Gradient.Name} needs the density of the draw that all rows see" : $"bound = {Bound.Name} weighs the draw that all rows see";
            found.Add(new(InferenceCodes.Conflict, $"{needs}, but estimator = {estimator.Name} draws each row's products by themselves", default) { Hint = "use estimator = shared, which is the default" });
        }
        if (!Bound.IsMean && guide.Parts.FirstOrDefault(p => p.DistinctDraws is not null) is { } point)
        {
            found.Add(new(InferenceCodes.Conflict, $"bound = {Bound.Name} weighs draws by their density under the guide, but the guide of '{point.Sites[0].Name}', {point.Family.Described}, has none", point.Sites[0].Site.Span)
            { Hint = "use bound = elbo, or a family with a density such as normal" });
        }
        return found.ToEqArray();
    }
}
