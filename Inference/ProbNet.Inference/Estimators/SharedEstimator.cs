using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// One draw of each weight, shared by all rows of the batch: w = loc + scale * eps, then x @ w. Works for every site; its gradient's variance does not fall
/// with the batch size, since all rows see the same noise.
/// </summary>
/// <remarks>Source: Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, sec. 2.4.</remarks>
public sealed record SharedEstimator : Estimator
{
    /// <inheritdoc/>
    public override string Name => "shared";

    /// <inheritdoc/>
    public override string Doc => "one draw of the weights for all rows of the batch";

    /// <inheritdoc/>
    public override string Source => "Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014";

    /// <inheritdoc/>
    public override string? Refuses(LinearUse use, FactorStructure structure) => "a shared draw needs no rewriting";

    /// <inheritdoc/>
    public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random) => throw new UnreachableException();
}
