using ProbNet.Inference.Options;

namespace ProbNet.Inference.Guides;

/// <summary>The guide families.</summary>
public static class GuideRegistry
{
    /// <summary>All families by name.</summary>
    public static ComponentRegistry<GuideFamily> Families { get; } = new("guide family", new NormalGuide(), new DeltaGuide(), new MultivariateNormalGuide());
}
