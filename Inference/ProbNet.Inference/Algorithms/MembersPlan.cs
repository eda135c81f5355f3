using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Algorithms;

/// <summary>The plans of methods that train members side by side.</summary>
internal static class MembersPlan
{
    /// <summary>The plan of M members with a guide each, or why there is none.</summary>
    /// <param name="algorithm">The method's name, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="members">M.</param>
    /// <param name="clauses">The guide of each member.</param>
    /// <param name="training">How they are trained.</param>
    /// <param name="estimator">How gradients of weights in linear maps are estimated.</param>
    /// <param name="direction">What is descended in place of the members' gradients; null for these.</param>
    public static Checked<TrainedPlan> Of(
        string algorithm, BoundModel model, int members, EqArray<GuideClause> clauses, TrainingOptions training, Estimator? estimator = null,
        Func<EqArray<Tensor>, EqArray<Tensor>, EqArray<Tensor>>? direction = null)
    {
        var conflicts = training.Conflicts.AddRange(Separate(algorithm, model));
        if (!conflicts.IsEmpty) return new(null, conflicts);
        var (one, all) = (GuidePlan.For(model, clauses), GuidePlan.For(model, [new(new MembersGuide { Members = members, Guide = clauses })]));
        if (one.Value is not { } member || all.Value is not { } together) return new(null, one.Value is null ? one.Diagnostics : all.Diagnostics);
        conflicts = [.. TrainingChecks.OfBatches(model, training), .. TrainingChecks.OfOptimizer(member, training)];
        if (!conflicts.IsEmpty) return new(null, conflicts);
        try
        {
            var elbo = Elbo.Build(model, member, estimator ?? new SharedEstimator(), training.Batch);
            return new TrainedPlan(together, MembersStep.Build(elbo, members, training, direction), training) { Warnings = one.Diagnostics };
        }
        catch (DiagnosticException refusal)
        {
            return new(null, refusal.Diagnostics);
        }
    }

    /// <summary>Why members of a model cannot be trained apart from each other, if they cannot.</summary>
    public static EqArray<Diagnostic> Separate(string algorithm, BoundModel model)
    {
        var graph = model.Elaborate(model.Rows);
        if (graph.Parameters.FirstOrDefault() is { } learned)
        {
            return [new(InferenceCodes.LearnedPoint, $"the value '{learned.Name}' is learned as a point that all members of '{algorithm}' would share, so that they would not be trained apart", learned.Span)
            { Hint = $"draw '{learned.Name}' from a prior, or use a method with one member" }];
        }
        return [];
    }
}
