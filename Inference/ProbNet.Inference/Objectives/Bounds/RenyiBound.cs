using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// The variational Rényi bound log(mean_k w_k^(1 - alpha)) / (1 - alpha): alpha 0 is the importance-weighted bound, alpha 1 the ELBO; between them the guide goes from covering
/// the posterior to seeking its mode.
/// </summary>
/// <remarks>Source: Li and Turner, Rényi divergence variational inference, NeurIPS 2016, sec. 3–4. With finitely many draws the estimate is biased towards the ELBO.</remarks>
public sealed record RenyiBound : Bound
{
    /// <summary>The order.</summary>
    public double Alpha { get; init; } = 0.5;

    /// <inheritdoc/>
    public override string Name => "renyi";

    /// <inheritdoc/>
    public override string Doc => "Rényi's bound: from importance weighting (alpha 0) to the ELBO (alpha 1) and beyond";

    /// <inheritdoc/>
    public override string Source => "Li and Turner, Rényi divergence variational inference, NeurIPS 2016, sec. 3–4";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
        [Option.Number<RenyiBound>("alpha", "order of the divergence: 0 covers the posterior, larger ones seek its mode", Interval.NonNegative, b => b.Alpha, (b, v) => b with { Alpha = v })];

    /// <inheritdoc/>
    public override double Order => Alpha;
}
