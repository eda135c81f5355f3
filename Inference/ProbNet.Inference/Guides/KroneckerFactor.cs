using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A matrix normal: value = loc + A E B^T, E of independent standard normals; all axes but the last are rows.</summary>
/// <param name="Loc">Means, of the site's shape.</param>
/// <param name="Rows">A.</param>
/// <param name="Columns">B.</param>
public sealed record KroneckerFactor(Tensor Loc, TriangularFactor Rows, TriangularFactor Columns) : FactorStructure
{
    /// <inheritdoc/>
    public override Shape Shape => Loc.Shape;

    /// <inheritdoc/>
    public override bool DrawsEach(LinearUse use) => use.VectorsPerRow > 1 || !IsPlain(use);

    /// <inheritdoc/>
    public override Tensor DrawEach(int rows, RandomSource random) =>
        Loc + Reshape(Rows.Times(Columns.TransposeAfter(random.Normal(Loc.DType, [rows, Rows.Size, Columns.Size]))), Shape.Prepend(rows));

    /// <summary>
    /// x_i W is normal with mean x_i loc and covariance |A^T x_i|^2 B B^T, so it is x_i loc + |A^T x_i| B e_i with e_i for each row; after Kingma, Salimans, Welling, NeurIPS 2015, sec. 2.2, for the
    /// law of Louizos and Welling, ICML 2016, eq. 9. Neither A E B^T nor weights of a row are formed. For W x_i it is loc x_i + |B^T x_i| A e_i.
    /// </summary>
    public override Tensor ByRow(LinearProduct product, RandomSource random)
    {
        if (DrawsEach(product.Use)) return base.ByRow(product, random);
        var x = product.Input;
        var mean = product.Multiply(x, product.Weight(Loc));
        var noise = random.Normal(mean.DType, mean.Shape);
        if (product.Use.WeightSide == 1) return mean + Length(Rows.After(x), -1) * Columns.TransposeAfter(noise);
        return mean + Length(Columns.TransposeTimes(x), -2) * Rows.Times(noise);
    }

    // The weights of the product are the site's value, as a matrix, and each row's vectors meet them once.
    private bool IsPlain(LinearUse use) => use.OwnPath.All(s => s.Node.Op == OpCode.Reshape) && use.OwnShape[^2] == Rows.Size && use.OwnShape[^1] == Columns.Size && use.OwnShape.Size == Shape.Size;

    private static Tensor Length(Tensor x, int axis) => ExpandDims(MeanField.Root(Sum(Square(x), axis)), axis);
}
