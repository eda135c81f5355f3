using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A normalising flow over all components of all sites of its clause: eps standard normal of D components, v = T(eps) by invertible layers, u = loc + softplus(rho) v in unconstrained
/// space, log q(value) = log N(eps; 0, 1) - sum log |det dT| - sum log softplus(rho) - log |d value / d u|. One file a flow.
/// </summary>
/// <remarks>
/// Source: Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015, eq. 5–7. Parameters <c>part.loc</c> [D], <c>part.rho</c> [D] and those of the layers; the layers
/// start as the identity, so that a fit starts where the normal guide does. Plates over data rows are covered with all their N rows, whatever the batch.
/// </remarks>
public abstract record FlowGuide : GuideFamily
{
    /// <summary>The number of components above which flows refuse.</summary>
    public const int MaximumDimension = 1000;

    /// <summary>The number of layers.</summary>
    public abstract int Layers { get; init; }

    /// <summary>The starting scale; see the option's documentation.</summary>
    public abstract double InitialScale { get; init; }

    /// <summary>The least number of components that the layers need.</summary>
    protected virtual int LeastDimension => 1;

    /// <summary>The parameters of a layer.</summary>
    /// <param name="name">What their names begin with.</param>
    /// <param name="layer">The layer's number from 0.</param>
    /// <param name="dimension">D.</param>
    /// <param name="type">Their type.</param>
    internal abstract EqArray<GuideParameter> Declare(string name, int layer, int dimension, DType type);

    /// <summary>A layer: T(x) and log |det dT|, a scalar.</summary>
    /// <param name="layer">The layer's number from 0.</param>
    /// <param name="x">[D].</param>
    /// <param name="of">The layer's parameter of a short name.</param>
    internal abstract (Tensor Value, Tensor LogDeterminant) Forward(int layer, Tensor x, Func<string, Tensor> of);

    /// <summary>x and log |det dT| at x, from T(x); null where the inverse is no expression of a few operations.</summary>
    internal virtual (Tensor Value, Tensor LogDeterminant)? Inverse(int layer, Tensor y, Func<string, Tensor> of) => null;

    /// <inheritdoc/>
    public sealed override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        if (JointSites.Obstacle(sites) is { } obstacle) return new(null, [obstacle]);
        var dimension = sites.Sum(s => (long)s.UnconstrainedShape.Size);
        if (dimension < LeastDimension)
        {
            return new(null, [new(InferenceCodes.GuideRefuses, $"{Name} moves some components by others, but '{sites[0].Name}' is the only one of its clause", sites[0].Site.Span)
            { Hint = "use planar, or a clause with more sites" }]);
        }
        if (dimension <= MaximumDimension) return new FlowPart(context, this, sites, (int)dimension);
        var largest = sites.MaxBy(s => s.UnconstrainedShape.Size)!;
        return new(null, [new(InferenceCodes.GuideRefuses, $"a flow covers at most {MaximumDimension} components, not {dimension}; the largest site is '{largest.Name}' {largest.Shape}", largest.Site.Span)
        { Hint = $"select fewer sites, e.g. {Name} on \"*.b\", normal; for many weights use lowRank or kronecker" }]);
    }

    /// <summary>The options of a flow.</summary>
    private protected static EqArray<Option> Common<T>(string layers) where T : FlowGuide =>
    [
        Option.Integer<T>("layers", layers, 1, g => g.Layers, (g, v) => g with { Layers = v }),
        Option.Number<T>("initialScale", "starting standard deviation of each component, relative to 1/sqrt(fan-in) for weights",
            Interval.Positive, g => g.InitialScale, (g, v) => g with { InitialScale = v }),
    ];

    /// <summary>A parameter of a layer that starts at 0.</summary>
    private protected static GuideParameter Zero(string name, DType type, Shape shape) => new(name, shape, [], _ => Full(type, shape, 0));

    /// <summary>A parameter of a layer that starts with normal numbers of this standard deviation.</summary>
    private protected static GuideParameter Spread(string name, DType type, Shape shape, double scale) => new(name, shape, [], random => random.Normal(type, shape) * scale);

    /// <summary>A [m, n] matrix times a vector [n].</summary>
    private protected static Tensor Times(Tensor matrix, Tensor x) => Reshape(MatMul(matrix, ExpandDims(x, -1)), [matrix.Shape[0]]);
}
