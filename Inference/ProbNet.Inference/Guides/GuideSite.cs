using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A latent site as a guide sees it.</summary>
/// <param name="Site">The site, elaborated with all N data rows.</param>
/// <param name="Bijector">From unconstrained reals onto its support.</param>
/// <param name="Typical">A typical value under the prior in unconstrained space, of <see cref="UnconstrainedShape"/>; depends on no input.</param>
public sealed record GuideSite(Site Site, Bijector Bijector, Tensor Typical)
{
    /// <summary>The site's name.</summary>
    public string Name => Site.Name;

    /// <summary>Whether the leading axis of the value counts data rows.</summary>
    public bool PerRow => Site.PerRow;

    /// <summary>The shape of the value, with all N rows.</summary>
    public Shape Shape => Site.Value.Shape;

    /// <summary>The shape in unconstrained space, with all N rows.</summary>
    public Shape UnconstrainedShape => Unconstrained(Bijector, Shape);

    /// <summary>Whether the value is unconstrained itself.</summary>
    public bool IsReal => Site.Distribution.Family.Support is Support.Real or Support.RealVector;

    /// <summary>
    /// Whether the site looks like the weights of a linear map: real, global, and at least a matrix. Such sites need different starting values
    /// for their units, or all units would stay equal.
    /// </summary>
    public bool IsWeight => IsReal && !PerRow && Shape.Rank >= 2;

    /// <summary>The number of inputs of the linear map, if the site is one: the size of all axes but the last.</summary>
    public int FanIn => Shape[..^1].Size;

    /// <summary>The value from its unconstrained form.</summary>
    public Tensor Constrain(Tensor unconstrained)
    {
        var value = Bijector.Forward(unconstrained);
        // An input is known by its identity, so it cannot be marked.
        return value.Op == OpCode.Input ? value : value.WithOrigin(Site.Origin);
    }

    /// <summary>log |d value / d unconstrained|, summed for each row at hand if the site is a plate over rows, else over everything.</summary>
    public Tensor LogDetJacobian(Tensor unconstrained) => PerRowSum(Bijector.LogDetJacobian(unconstrained));

    /// <summary>The sum over all axes, but over all but the leading one if the site is a plate over rows.</summary>
    public Tensor PerRowSum(Tensor x) => PerRow ? SumLast(x, x.Rank - 1) : SumAll(x);

    /// <summary>A site for a latent with the given typical value in its support (null: none known).</summary>
    internal static GuideSite Of(Site site, Bijector bijector, Tensor? typical)
    {
        var shape = Unconstrained(bijector, site.Value.Shape);
        var zero = Full(site.Value.DType, shape, 0);
        if (typical is null) return new(site, bijector, zero);
        var unconstrained = bijector.Inverse(typical);
        return new(site, bijector, Select(IsFinite(unconstrained), unconstrained, zero));
    }

    private static Shape Unconstrained(Bijector bijector, Shape shape) =>
        shape[..^bijector.EventRank].Concat(bijector.UnconstrainedShape(shape[^bijector.EventRank..]));
}
