using System.Globalization;
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
/// <para>
/// Where p vectors x_i1 … x_ip of row i meet the same weights, as the windows of an image meet one kernel and the positions of a sequence one matrix, their products are
/// jointly normal with covariance x_is diag(scale^2) x_it. Drawing each from its own marginal, x_is @ loc + sqrt(x_is^2 @ scale^2) * eps_is, which layer libraries do, sets that
/// covariance to 0: every number has the right law and the row has not, so that the expectation of the row's log-likelihood, where it joins the positions (pooling, a dense
/// layer, several observed positions under one nonlinear link), and its gradient are wrong, not merely noisy. Here the weights themselves are drawn for each row,
/// W_i = loc + scale * eps_i with eps_i independent over the rows, and y_is = x_is @ W_i: each row has the law of a shared draw, rows are independent given the parameters, and
/// the gradient's variance falls as 1 / batch as before. It costs one normal for each row and weight, and a batched product in place of one.
/// </para>
/// </remarks>
public sealed record LocalEstimator : Estimator
{
    /// <inheritdoc/>
    public override string Name => "local";

    /// <inheritdoc/>
    public override string Doc => "draws the products of rows and weights instead of the weights, with noise of its own for each row";

    /// <inheritdoc/>
    public override string Source => "Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015";

    /// <summary>The largest number of normals drawn for the weights of all rows: 64 MiB in single precision, and about as much again for their gradient.</summary>
    private const long LargestDraw = 1L << 24;

    /// <inheritdoc/>
    public override string? Refuses(LinearUse use, FactorStructure structure)
    {
        if (structure is not MeanField factor) return "the guide's components are not independent normals";
        if (use.VectorsPerRow <= 1) return null;
        var rows = use.Product.Shape[use.RowAxis];
        if (use.FirstOwnAxis <= use.RowAxis && use.RowAxis < use.Product.Rank - 2) return "each row has weights of its own already";
        var draws = (long)rows * factor.Loc.Shape.Size;
        return draws <= LargestDraw ? null
            : string.Create(CultureInfo.InvariantCulture, $"{use.VectorsPerRow} vectors of each row meet the same weights, and drawing these for each of {rows} rows takes {draws:N0} normals (at most {LargestDraw:N0}); flipout needs none, or take a batch of {Math.Max(1, LargestDraw / factor.Loc.Shape.Size)} rows or fewer");
    }

    /// <inheritdoc/>
    public override string Manner(LinearUse use) => use.VectorsPerRow > 1 ? $"the weights are drawn for each row, since {use.VectorsPerRow} vectors of a row meet the same ones" : "";

    /// <inheritdoc/>
    public override Tensor Compute(LinearProduct product, FactorStructure structure, RandomSource random)
    {
        var factor = (MeanField)structure;
        if (product.VectorsPerRow > 1)
        {
            var shape = factor.Scale.Shape.Prepend(product.Rows);
            return product.MultiplyByRow(factor.Loc + factor.Scale * random.Normal(factor.Scale.DType, shape));
        }
        var x = product.Input;
        var mean = product.Multiply(x, product.Weight(factor.Loc));
        var variance = product.Multiply(Square(x), Square(product.WeightChange(factor.Scale)));
        var isZero = Equal(variance, Like(variance, 0));
        var deviation = Select(isZero, Like(variance, 0), Sqrt(Select(isZero, Like(variance, 1), variance)));
        return mean + deviation * random.Normal(mean.DType, mean.Shape);
    }
}
