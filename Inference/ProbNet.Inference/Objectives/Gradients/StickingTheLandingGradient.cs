namespace ProbNet.Inference.Objectives;

/// <summary>
/// Gradients through the draws alone: log q is taken at the draw with its parameters held fixed. What is left out, E_q[grad log q], is 0; where q is the posterior
/// the log-weight is constant, so that the gradient has no variance at all.
/// </summary>
/// <remarks>
/// Source: Roeder, Wu, Duvenaud, Sticking the landing: simple, lower-variance gradient estimators for variational inference, NeurIPS 2017. Under a bound of order a other than 1
/// leaving it out would bias the gradient; draw k then counts a v_k + (1 - a) v_k^2 instead of v_k, which is unbiased again: Tucker, Lawson, Gu, Maddison, Doubly reparameterized gradient
/// estimators for Monte Carlo objectives, ICLR 2019, for a = 0; its derivation with the weights' power 1 - a gives the general case.
/// </remarks>
public sealed record StickingTheLandingGradient : GradientMethod
{
    /// <inheritdoc/>
    public override string Name => "stickingTheLanding";

    /// <inheritdoc/>
    public override string Doc => "gradients through the draws only: no variance where the guide is the posterior";

    /// <inheritdoc/>
    public override string Source => "Roeder, Wu, Duvenaud, Sticking the landing, NeurIPS 2017";

    /// <inheritdoc/>
    public override bool HoldsDensity => true;
}
