namespace ProbNet.Inference.Objectives;

/// <summary>Gradients through the draws where they have one, and the score function with a leave-one-out baseline for the others.</summary>
/// <remarks>Source: Schulman, Heess, Weber, Abbeel, Gradient estimation using stochastic computation graphs, NeurIPS 2015, theorem 1.</remarks>
public sealed record AutoGradient : GradientMethod
{
    /// <inheritdoc/>
    public override string Name => "auto";

    /// <inheritdoc/>
    public override string Doc => "pathwise where draws have a gradient, the score function with a leave-one-out baseline where not (discrete draws of a guide program)";

    /// <inheritdoc/>
    public override string Source => "Schulman, Heess, Weber, Abbeel, Gradient estimation using stochastic computation graphs, NeurIPS 2015";

    /// <inheritdoc/>
    public override bool TakesScores => true;
}
