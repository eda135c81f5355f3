using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A structure of a factor that estimators can exploit: how the site's value can be drawn for each data row by itself. Open: a family may bring its own. It holds only for sites whose
/// value is used in their own space.
/// </summary>
public abstract record FactorStructure
{
    /// <summary>The largest number of values drawn for all rows together: 64 MiB in single precision, and about as much again for their gradient.</summary>
    private const long LargestDraw = 1L << 24;

    /// <summary>The shape of the site's value.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Independent draws of the value, one for each of <paramref name="rows"/> rows: [rows, …the site's shape].</summary>
    public abstract Tensor DrawEach(int rows, RandomSource random);

    /// <summary>
    /// The product with noise of its own for each row, under the law that independent draws of the value for the rows give it. As it stands these are drawn; a structure whose
    /// product has a simpler law draws that where one vector of each row meets the weights (<see cref="LinearProduct.VectorsPerRow"/>).
    /// </summary>
    public virtual Tensor ByRow(LinearProduct product, RandomSource random) => product.MultiplyByRow(DrawEach(product.Rows, random));

    /// <summary>Whether <see cref="ByRow"/> draws the value for each row.</summary>
    public virtual bool DrawsEach(LinearUse use) => true;

    /// <summary>Why <see cref="ByRow"/> cannot compute a use, or null if it can.</summary>
    public string? RefusesRows(LinearUse use)
    {
        if (!DrawsEach(use)) return null;
        var rows = use.Product.Shape[use.RowAxis];
        if (use.FirstOwnAxis <= use.RowAxis && use.RowAxis < use.Product.Rank - 2) return "each row has weights of its own already";
        var draws = (long)rows * Shape.Size;
        return draws <= LargestDraw ? null
            : string.Create(CultureInfo.InvariantCulture, $"{use.VectorsPerRow} vectors of each row meet the same weights, and drawing these for each of {rows} rows takes {draws:N0} normals (at most {LargestDraw:N0}); flipout needs none, or take a batch of {Math.Max(1, LargestDraw / Shape.Size)} rows or fewer");
    }
}

/// <summary>Independent normal components in the site's own space: value = loc + scale * eps, eps standard normal.</summary>
/// <param name="Loc">Means, of the site's shape.</param>
/// <param name="Scale">Standard deviations, of the site's shape.</param>
public sealed record MeanField(Tensor Loc, Tensor Scale) : FactorStructure
{
    /// <inheritdoc/>
    public override Shape Shape => Loc.Shape;

    /// <inheritdoc/>
    public override bool DrawsEach(LinearUse use) => use.VectorsPerRow > 1;

    /// <inheritdoc/>
    public override Tensor DrawEach(int rows, RandomSource random) => Loc + Scale * random.Normal(Scale.DType, Scale.Shape.Prepend(rows));

    /// <summary>
    /// x @ loc + sqrt(x^2 @ scale^2) * eps with eps for each row and output: Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015, eq. 6.
    /// Where the variance is exactly 0 (a row of zeros) the square root has no derivative; the product is then constant in scale to first order, so its derivative there is 0, and no small
    /// constant is added anywhere.
    /// </summary>
    public override Tensor ByRow(LinearProduct product, RandomSource random)
    {
        if (product.VectorsPerRow > 1) return base.ByRow(product, random);
        var x = product.Input;
        var mean = product.Multiply(x, product.Weight(Loc));
        var variance = product.Multiply(Square(x), Square(product.WeightChange(Scale)));
        return mean + Root(variance) * random.Normal(mean.DType, mean.Shape);
    }

    /// <summary>The square root, with derivative 0 where it is exactly 0.</summary>
    internal static Tensor Root(Tensor variance)
    {
        var isZero = Equal(variance, Like(variance, 0));
        return Select(isZero, Like(variance, 0), Sqrt(Select(isZero, Like(variance, 1), variance)));
    }
}
