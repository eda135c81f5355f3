using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>Normal components with r common directions: value = loc + deviation * eps + sum over k of direction_k * eta_k, eps and eta standard normal.</summary>
/// <param name="Loc">Means, of the site's shape.</param>
/// <param name="Deviation">Standard deviations of the components' own noise, of the site's shape.</param>
/// <param name="Directions">[r, …the site's shape].</param>
public sealed record LowRankFactor(Tensor Loc, Tensor Deviation, Tensor Directions) : FactorStructure
{
    /// <inheritdoc/>
    public override Shape Shape => Loc.Shape;

    /// <inheritdoc/>
    public override bool DrawsEach(LinearUse use) => use.VectorsPerRow > 1;

    /// <inheritdoc/>
    public override Tensor DrawEach(int rows, RandomSource random)
    {
        var rank = Directions.Shape[0];
        var common = MatMul(Directing(random, [rows, rank]), Reshape(Directions, [rank, Shape.Size]));
        return Loc + Deviation * random.Normal(Loc.DType, Shape.Prepend(rows)) + Reshape(common, Shape.Prepend(rows));
    }

    /// <summary>
    /// x @ loc + sqrt(x^2 @ deviation^2) * eps + sum over k of (x @ direction_k) * eta_k with eps for each row and output and eta_k for each row: the law of x @ w with weights drawn
    /// for each row, after Kingma, Salimans, Welling, NeurIPS 2015, eq. 6. No weights of a row are formed.
    /// </summary>
    public override Tensor ByRow(LinearProduct product, RandomSource random)
    {
        if (product.VectorsPerRow > 1) return base.ByRow(product, random);
        var x = product.Input;
        var mean = product.Multiply(x, product.Weight(Loc));
        var variance = product.Multiply(Square(x), Square(product.WeightChange(Deviation)));
        var rank = Directions.Shape[0];
        var one = Input("direction", Directions.DType, Shape);
        var along = Vmap.Batch([product.Multiply(x, product.WeightChange(one))], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [one] = Directions }, rank)[0];
        var common = Sum(along * Directing(random, product.PerRow.Prepend(rank)), 0);
        return mean + MeanField.Root(variance) * random.Normal(mean.DType, mean.Shape) + common;
    }

    private Tensor Directing(RandomSource random, Shape shape) => random.Named("factor").Normal(Directions.DType, shape);
}
