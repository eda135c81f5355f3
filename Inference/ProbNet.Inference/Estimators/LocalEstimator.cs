using ProbNet.Graph;
using ProbNet.Inference.Guides;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Estimators;

/// <summary>
/// Local reparameterisation: with independent normal weights, the product x @ w is normal for each row, so it is drawn directly, with noise of its own for
/// each row: x @ loc + sqrt(x^2 @ scale^2) * eps. The covariance between rows is zero, so the gradient's variance falls as 1 / batch.
/// </summary>
/// <remarks>
/// Source: Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015, sec. 2.2, eq. 6.
/// Where the variance x^2 @ scale^2 is exactly 0 (a row of zeros) the square root has no derivative; the product is then constant in scale to first
/// order, so its derivative there is 0, and no small constant is added anywhere.
/// </remarks>
public sealed record LocalEstimator : Estimator
{
    /// <inheritdoc/>
    public override string Name => "local";

    /// <inheritdoc/>
    public override string Doc => "draws the products of rows and weights instead of the weights, with noise of its own for each row";

    /// <inheritdoc/>
    public override string Source => "Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015";

    /// <inheritdoc/>
    public override string? Refuses(LinearUse use, FactorStructure structure) => (structure, use.VectorsPerRow) switch
    {
        (not MeanField, _) => "the guide's components are not independent normals",
        (_, > 1) => $"{use.VectorsPerRow} vectors of each row meet the same weights, so that their products are not independent",
        _ => null,
    };

    /// <inheritdoc/>
    public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random)
    {
        var factor = (MeanField)structure;
        var x = product.Input;
        var mean = product.Multiply(x, product.Weight(factor.Loc));
        var variance = product.Multiply(Square(x), Square(product.WeightChange(factor.Scale)));
        var isZero = Equal(variance, Like(variance, 0));
        var deviation = Select(isZero, Like(variance, 0), Sqrt(Select(isZero, Like(variance, 1), variance)));
        return mean + deviation * random.Normal(mean.DType, mean.Shape);
    }
}
