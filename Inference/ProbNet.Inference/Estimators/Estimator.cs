using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// A way to estimate the gradient of the expected log-likelihood with less variance than one shared draw of a weight: a rule that rewrites a linear use
/// of the weight in the graph. One file an estimator, one line in <see cref="EstimatorRegistry"/>.
/// </summary>
/// <remarks>
/// Soundness. The objective is a sum over data rows, and each row's term sees the weight only through its own rows of the product. An estimator may
/// therefore use any joint distribution of the rows of the product under which each row has, by itself, the distribution that a draw of the weight
/// gives it: expectations and their gradients are unchanged.
/// </remarks>
public abstract record Estimator : Component
{
    /// <summary>Why this estimator cannot compute the use of a weight with this structure, or null if it can.</summary>
    public abstract string? Refuses(LinearUse use, FactorStructure structure);

    /// <summary>How this estimator computes the use where it is not in its plain way, as a sentence for <c>explain</c>; else empty.</summary>
    public virtual string Manner(LinearUse use, FactorStructure structure) => "";

    /// <summary>The product, without a shared draw of the weight.</summary>
    /// <param name="product">The product.</param>
    /// <param name="structure">The structure of the weight's factor, one that <see cref="Refuses"/> accepts.</param>
    /// <param name="random">Randomness of this site and purpose.</param>
    public abstract Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random);
}
