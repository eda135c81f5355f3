using ProbNet.Graph;
using ProbNet.Inference.Guides;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Flipout: one draw of the perturbation scale * eps is shared, but each row i sees it with its own random signs r_i, s_i in {-1, 1}:
/// row i of the product is x_i @ loc + ((x_i * s_i) @ (scale * eps)) * r_i. The perturbation is symmetric about 0, so each row's
/// distribution is that of a shared draw; between rows the noise is uncorrelated, so the gradient's variance falls nearly as 1 / batch.
/// </summary>
/// <remarks>
/// Source: Wen, Vicol, Ba, Tran, Grosse, Flipout: efficient pseudo-independent weight perturbations on mini-batches, ICLR 2018, eq. 3–5.
/// Only the perturbation is flipped, never the mean. A row that meets the same weights in many places, as an image does in a convolution, has one pair of sign vectors for
/// all of them: its places see one and the same kernel, whose joint distribution over the places is that of a shared draw.
/// </remarks>
public sealed record FlipoutEstimator : Estimator
{
    /// <inheritdoc/>
    public override string Name => "flipout";

    /// <inheritdoc/>
    public override string Doc => "one shared perturbation of the weights, with random signs of its own for each row";

    /// <inheritdoc/>
    public override string Source => "Wen, Vicol, Ba, Tran, Grosse, Flipout, ICLR 2018";

    /// <inheritdoc/>
    public override string? Refuses(LinearUse use, FactorStructure structure) =>
        structure is MeanField ? null : "the guide's perturbation is not independent and symmetric in each component";

    /// <inheritdoc/>
    public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random)
    {
        var factor = (MeanField)structure;
        var x = product.Input;
        var perturbation = product.WeightChange(factor.Scale * random.Normal(factor.Scale.DType, factor.Scale.Shape));
        var inputSigns = random.Named("inputs").Sign(x.DType, product.RowInputs);
        var outputSigns = random.Named("outputs").Sign(x.DType, product.RowOutputs);
        return product.Multiply(x, product.Weight(factor.Loc)) + product.Multiply(product.Scaled(inputSigns), perturbation) * outputSigns;
    }
}
