namespace ProbNet.Inference.Objectives;

/// <summary>The evidence lower bound: the mean of the log-weights.</summary>
/// <remarks>Source: Blei, Kucukelbir, McAuliffe, Variational inference: a review for statisticians, JASA 112 (2017), eq. 13.</remarks>
public sealed record ElboBound : Bound
{
    /// <inheritdoc/>
    public override string Name => "elbo";

    /// <inheritdoc/>
    public override string Doc => "expected log-likelihood minus divergence from the prior";

    /// <inheritdoc/>
    public override string Source => "Blei, Kucukelbir, McAuliffe, Variational inference: a review for statisticians, JASA 112 (2017), eq. 13";

    /// <inheritdoc/>
    public override double Order => 1;
}
