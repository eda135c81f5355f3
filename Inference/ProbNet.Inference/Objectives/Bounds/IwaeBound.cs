namespace ProbNet.Inference.Objectives;

/// <summary>
/// The importance-weighted bound log(mean_k w_k) of K draws, which rises with K to the log evidence; at K = 1 the ELBO. It fits guides whose importance weights are good, which
/// cover more than those the ELBO fits.
/// </summary>
/// <remarks>Source: Burda, Grosse, Salakhutdinov, Importance weighted autoencoders, ICLR 2016, sec. 3.</remarks>
public sealed record IwaeBound : Bound
{
    /// <inheritdoc/>
    public override string Name => "iwae";

    /// <inheritdoc/>
    public override string Doc => "log of the mean importance weight of the draws: tighter with more samples";

    /// <inheritdoc/>
    public override string Source => "Burda, Grosse, Salakhutdinov, Importance weighted autoencoders, ICLR 2016, sec. 3";

    /// <inheritdoc/>
    public override double Order => 0;
}
