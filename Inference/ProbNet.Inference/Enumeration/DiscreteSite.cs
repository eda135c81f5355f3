using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>A latent site whose elements each take one of finitely many labels.</summary>
/// <param name="Site">The site.</param>
/// <param name="Labels">The number of labels, k.</param>
public sealed record DiscreteSite(Site Site, int Labels)
{
    /// <summary>The most configurations of elements that are enumerated together where elements cannot be told apart.</summary>
    public const int MostConfigurations = 4096;

    /// <summary>The node that stands for its value.</summary>
    public Tensor Hole => Site.Value;

    /// <summary>The shape of its independent elements, without the axis of one-hot vectors.</summary>
    public Shape Elements => Site.Distribution.Batch;

    /// <summary>The site as a discrete one, or null if its values are not finitely many labels.</summary>
    public static DiscreteSite? Of(Site site)
    {
        var (family, arguments) = (site.Distribution.Family, site.Distribution.Arguments);
        switch (family.Support)
        {
            case Support.Binary:
                return new(site, 2);
            case Support.Category category:
                return new(site, Argument(category.Parameter).Shape[^1] + category.More);
            case Support.CountUpTo count:
                // Elements whose own bound is lower have labels of probability 0.
                return Largest(Argument(count.Parameter)) is { } largest and >= 0 and < MostConfigurations ? new(site, (int)largest + 1) : null;
            case Support.OneHot:
                return new(site, site.Value.Shape[^1]);
            default:
                return null;
        }

        Tensor Argument(string name) => arguments[Enumerable.Range(0, family.Parameters.Count).First(i => family.Parameters[i].Name == name)];
    }

    // The largest component of a literal, or null where the value is not known before the data is.
    private static double? Largest(Tensor x)
    {
        while (x.Op is OpCode.Broadcast or OpCode.Reshape or OpCode.Convert) x = x.Inputs[0];
        return x.Attributes is Attributes.Literal { Value: var literal } ? literal.ToDoubles().Max() : null;
    }

    /// <summary>Labels (I64, […] + some shape of elements) as values of the site's type: themselves, or one-hot vectors.</summary>
    public Tensor ValueOf(Tensor labels) => Site.Distribution.Family.Support is Support.OneHot
        ? Composite.OneHot(labels, Labels, Hole.DType) : Convert(labels, Hole.DType);

    /// <summary>
    /// The joint configurations of the elements along some axes: I64 [C] followed by the shape of elements in which all other axes have size 1.
    /// Configuration c counts the elements as digits of c in base k, the last element fastest.
    /// </summary>
    /// <param name="joint">For each axis of <see cref="Elements"/>, whether its elements are enumerated together.</param>
    public HostTensor Configurations(IReadOnlyList<bool> joint)
    {
        var shape = Shape.Create([.. Enumerable.Range(0, Elements.Rank).Select(a => joint[a] ? Elements[a] : 1)]);
        var (size, count) = (shape.Size, Count(shape.Size)!.Value);
        var labels = new long[count * size];
        for (var c = 0; c < count; c++)
        {
            for (var (rest, e) = (c, size - 1); e >= 0; e--, rest /= Labels) labels[c * size + e] = rest % Labels;
        }
        return HostTensor.Of(shape.Prepend(count), labels);
    }

    /// <summary>The number of joint configurations of some elements, or null if there are more than <see cref="MostConfigurations"/> and more than one element.</summary>
    public int? Count(int elements)
    {
        if (elements == 1) return Labels;
        var count = Math.Pow(Labels, elements);
        return count <= MostConfigurations ? (int)Math.Round(count) : null;
    }
}
