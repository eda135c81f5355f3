namespace ProbNet.Inference.Objectives;

/// <summary>
/// The score function for every draw, with a baseline from the other draws of the step: sum_k (l_k - mean of the others' l) / K grad log q(z_k). It needs no gradient of the model in
/// its latent values, and has far more variance than gradients through draws where these exist.
/// </summary>
/// <remarks>
/// Source: Williams, Simple statistical gradient-following algorithms, Machine Learning 8 (1992); leave-one-out baseline, Kool, van Hoof, Welling, Buy 4 REINFORCE samples, get a baseline for
/// free!, ICLR workshop 2019; Richter, Boustati, Nüsken, Ruiz, Akyildiz, VarGrad, NeurIPS 2020; other bounds, Mnih and Rezende, ICML 2016. A row's own values see only the row's terms.
/// </remarks>
public sealed record ScoreFunctionGradient : GradientMethod
{
    /// <inheritdoc/>
    public override string Name => "scoreFunction";

    /// <inheritdoc/>
    public override string Doc => "the score function with a leave-one-out baseline for all sites";

    /// <inheritdoc/>
    public override string Source => "Kool, van Hoof, Welling, Buy 4 REINFORCE samples, get a baseline for free!, ICLR workshop 2019";

    /// <inheritdoc/>
    public override bool TakesScores => true;

    /// <inheritdoc/>
    public override bool ScoresAll => true;
}
