using ProbNet.Graph;
using ProbNet.Inference.Estimators;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// A diagonal block of the curvature, over one site or several together: the likelihood's part, summed over rows. Blocks of different sites are taken to be independent. Mutable while it is
/// gathered; owned by one fit.
/// </summary>
/// <param name="sites">The sites, in model order.</param>
/// <param name="sizes">The number of components of each.</param>
internal abstract class CurvatureBlock(EqArray<string> sites, EqArray<int> sizes)
{
    /// <summary>The sites, in model order.</summary>
    public EqArray<string> Sites { get; } = sites;

    /// <summary>The number of components of each site.</summary>
    public EqArray<int> Sizes { get; } = sizes;

    /// <summary>The number of components.</summary>
    public int Dimension { get; } = sizes.Sum();
}

/// <summary>The diagonal alone.</summary>
internal sealed class DiagonalBlock(string site, int size) : CurvatureBlock([site], [size])
{
    /// <summary>The diagonal of the likelihood's part.</summary>
    public double[] Likelihood { get; } = new double[size];
}

/// <summary>All of it.</summary>
internal sealed class DenseBlock(EqArray<string> sites, EqArray<int> sizes) : CurvatureBlock(sites, sizes)
{
    private double[]? _likelihood;

    /// <summary>The likelihood's part, row-major; made when it is first asked for, so that planning takes no memory.</summary>
    public double[] Likelihood => _likelihood ??= new double[Dimension * Dimension];
}

/// <summary>
/// The weights of a linear map y = x W as a Kronecker product, [inputs, outputs] in row-major order: sum over rows of (x x^T) ⊗ (J^T Λ J) ≈ (sum x x^T) ⊗ (sum J^T Λ J) / (N V), where J is the
/// Jacobian of the likelihood's arguments in y and V vectors of a row meet the weights.
/// </summary>
/// <remarks>
/// Source: Martens and Grosse, Optimizing neural networks with Kronecker-factored approximate curvature, ICML 2015, eq. 1; V vectors of a row, as in convolutions: Grosse and Martens, A
/// Kronecker-factored approximate Fisher matrix for convolution layers, ICML 2016, theorem 1.
/// </remarks>
internal sealed class KroneckerBlock(string site, LinearUse use, int rows) : CurvatureBlock([site], [use.OwnShape.Size])
{
    /// <summary>Where the weights are used, in the chunk of the <see cref="CurvaturePlan"/>.</summary>
    public LinearUse Use { get; } = use;

    /// <summary>The number of inputs.</summary>
    public int Inputs { get; } = use.Input.Shape[use.InnerAxis];

    /// <summary>The number of outputs.</summary>
    public int Outputs { get; } = use.Product.Shape[use.OutputAxis];

    /// <summary>Whether the weights stand on the right, so that their first axis is the inputs'.</summary>
    public bool InputsFirst => Use.WeightSide == 1;

    /// <summary>The sum of x x^T.</summary>
    public double[] InputProducts { get; } = new double[use.Input.Shape[use.InnerAxis] * use.Input.Shape[use.InnerAxis]];

    /// <summary>The sum of J^T Λ J.</summary>
    public double[] OutputProducts { get; } = new double[use.Product.Shape[use.OutputAxis] * use.Product.Shape[use.OutputAxis]];

    /// <summary>The factor on the product of the two sums.</summary>
    public double Factor { get; } = 1.0 / ((double)rows * use.VectorsPerRow);
}
