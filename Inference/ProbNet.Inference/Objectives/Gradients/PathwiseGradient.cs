namespace ProbNet.Inference.Objectives;

/// <summary>Gradients through the draws and through every term of the bound; divergences in closed form where they are known.</summary>
/// <remarks>Source: Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, sec. 2.4.</remarks>
public sealed record PathwiseGradient : GradientMethod
{
    /// <inheritdoc/>
    public override string Name => "pathwise";

    /// <inheritdoc/>
    public override string Doc => "gradients through the draws (reparameterisation), divergences in closed form where known";

    /// <inheritdoc/>
    public override string Source => "Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014";
}
