using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Objectives;

/// <summary>A value that is learned as a point, by the model or by a guide program; <c>explain</c> and reports list them.</summary>
/// <param name="Name">The name in the program.</param>
/// <param name="Owner">The model, or <c>guide g</c>.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Parameter">The name of the parameter of the fit.</param>
public sealed record PointPlan(string Name, string Owner, Shape Shape, string Parameter)
{
    /// <summary>The learned points of a model and of the guide programs that a plan uses.</summary>
    internal static EqArray<PointPlan> Of(BoundModel model, GuidePlan guide) =>
    [
        .. guide.Learned.Select(p => Of($"model {model.Name}", LearnedPoints.ModelPrefix, p)),
        .. from part in guide.Parts where part.Family is ProgramGuide from p in part.Parameters select Of(part.Family.Described, ((ProgramGuide)part.Family).Prefix, p),
    ];

    private static PointPlan Of(string owner, string prefix, GuideParameter parameter) => new(parameter.Name[prefix.Length..], owner, parameter.Shape, parameter.Name);
}
