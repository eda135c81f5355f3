using ProbNet.Inference.Options;

namespace ProbNet.Inference.Objectives;

/// <summary>The ways to estimate gradients.</summary>
public static class GradientRegistry
{
    /// <summary>All of them by name.</summary>
    public static ComponentRegistry<GradientMethod> Gradients { get; } =
        new("gradient", new PathwiseGradient(), new StickingTheLandingGradient(), new ScoreFunctionGradient(), new AutoGradient());
}
