using ProbNet.Graph;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A family made from other families: the mixture of normals, the zero-inflated Poisson. There are as many as there are families to make them
/// from, so they are not in <see cref="Registry"/>; functions of the language make them from distributions.
/// </summary>
/// <remarks>
/// Parameters are those of the construction followed by those of the inner families, some of them with event axes in front of their own (one
/// argument for each component of a mixture). Two composite families are equal if they are the same construction of equal families.
/// </remarks>
public abstract class CompositeFamily : Distribution
{
    /// <summary>The name of the construction in the language, e.g. <c>mixture</c>.</summary>
    public abstract string Construction { get; }

    /// <summary>The families it is made from.</summary>
    public abstract EqArray<Distribution> Inner { get; }

    /// <summary>What distinguishes it from other constructions of the same families: which sides are open, how many values are ordered.</summary>
    protected virtual string Variant => "";

    /// <summary>The construction and what it is made from: <c>mixture(normal)</c>.</summary>
    public override string Name => $"{Construction}({string.Join(", ", Inner.Select(f => f.Name))})";

    /// <summary>The probes, which whoever constructs a family for the laws supplies: what is typical depends on the inner families.</summary>
    public EqArray<Probe> Cases { get; init; } = [];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes => Cases;

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions =>
        [new("Is_zero_between_equals_and_positive_between_others", "divergences of distributions made from others have no closed form")];

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is CompositeFamily other && other.GetType() == GetType() && other.Variant == Variant && other.Inner == Inner;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(GetType(), Variant, Inner);

    /// <summary>The parameters of a family, each with more event axes in front.</summary>
    protected static IEnumerable<Parameter> Deepened(Distribution family, int axes) =>
        family.Parameters.Select(p => p with { EventRank = p.EventRank + axes });

    /// <summary>
    /// The parameters of several families, those of family i as <c>i.name</c>: names are then unique, and a support that names a parameter finds its own.
    /// </summary>
    protected static IEnumerable<Parameter> Numbered(EqArray<Distribution> families) =>
        families.SelectMany((f, i) => f.Parameters.Select(p => new Parameter($"{i}.{p.Name}", Numbered(p.Support, i), p.EventRank)));

    // A parameter's support may begin or end at another parameter of its family.
    private static Support Numbered(Support support, int i)
    {
        Limit Own(Limit limit) => limit.Parameter is { } name ? $"{i}.{name}" : limit;
        return support switch
        {
            Support.Interval(var low, var high) => new Support.Interval(Own(low), Own(high)),
            Support.Above(var low) => new Support.Above(Own(low)),
            Support.AtLeast(var low) => new Support.AtLeast(Own(low)),
            Support.AtMost(var high) => new Support.AtMost(Own(high)),
            _ => support,
        };
    }
}
