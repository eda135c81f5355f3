using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Elaboration;

/// <summary>
/// A model as a value: its sample sites and what it computes, as tensor expressions with holes. Each site's value and each argument is an
/// <see cref="OpCode.Input"/> node; inference fills the holes by substitution. The joint density is the product of the sites' densities.
/// </summary>
public sealed record ModelGraph
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The floating-point type computed in.</summary>
    public required DType Precision { get; init; }

    /// <summary>The model's arguments, in order.</summary>
    public required EqArray<ModelArgument> Arguments { get; init; }

    /// <summary>The sample sites, in the order drawn: a site's distribution depends only on arguments and earlier sites.</summary>
    public required EqArray<Site> Sites { get; init; }

    /// <summary>Learned point values (<c>param</c>), in the order met.</summary>
    public EqArray<LearnedParameter> Parameters { get; init; } = [];

    /// <summary>Terms added to the log-density (<c>factor</c>, and what is left of sites that were summed out), in the order met.</summary>
    public EqArray<Factor> Factors { get; init; } = [];

    /// <summary>Auxiliary noise (<c>noise</c>, <c>dropout</c>), in the order met.</summary>
    public EqArray<NoiseSource> Noises { get; init; } = [];

    /// <summary>Computed values that the model asks to be reported.</summary>
    public required EqArray<Deterministic> Deterministics { get; init; }

    /// <summary>The dimension that counts data rows, or null if no argument or site has one.</summary>
    public RowDimension? Rows { get; init; }

    /// <summary>The sizes of all named dimensions.</summary>
    public required EqArray<DimensionSize> Dimensions { get; init; }
}

/// <summary>An argument of a model: the hole for its value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The input node.</param>
/// <param name="PerRow">Whether the leading axis counts data rows.</param>
/// <param name="Span">Where it is declared.</param>
public sealed record ModelArgument(string Name, Tensor Value, bool PerRow, SourceSpan Span);

/// <summary>A place where the model draws, or states a likelihood term.</summary>
/// <param name="Name">The binding path, e.g. <c>h1.w</c>; unique in the model. Likelihood terms are called <c>observe.1</c>, ….</param>
/// <param name="Distribution">What it is drawn from; its arguments are expressions over arguments and earlier holes.</param>
/// <param name="Value">The hole: an input node of the distribution's shape and value type. For a likelihood term, the observed expression.</param>
/// <param name="Kind">A draw, or a likelihood term that is always observed.</param>
/// <param name="PerRow">Whether the leading axis counts data rows, so that the site is a plate over them.</param>
/// <param name="Span">Where it stands in the source.</param>
public sealed record Site(string Name, Instance Distribution, Tensor Value, SiteKind Kind, bool PerRow, SourceSpan Span)
{
    /// <summary>
    /// Whether the site's log-density is part of a factor, because it depends on a site that was summed out: its distribution's arguments then have holes that
    /// nothing fills. Models as written have no such site.
    /// </summary>
    public bool IsAbsorbed { get; init; }

    /// <summary>
    /// The random loop the site is part of, or null. Its leading axis then counts the steps, and its distribution may depend on its own hole, at earlier steps: it is
    /// drawn with <see cref="Recurrence.Sample"/>.
    /// </summary>
    public Recurrence? Recurrence { get; init; }

    /// <summary>Name and place, for messages.</summary>
    public Origin Origin => new(Name, Span.Location);
}

/// <summary>The kinds of sites.</summary>
public enum SiteKind
{
    /// <summary>A named draw: observed where the data binds its name, latent otherwise.</summary>
    Sample,
    /// <summary>A term stated by <c>observe value distribution</c>.</summary>
    Observe,
}

/// <summary>A value that is learned as a point, without a prior: a weight of a deterministic network, a variational parameter.</summary>
/// <param name="Name">The name the program gives it, unique in the program.</param>
/// <param name="Value">The hole: an input node in the model's precision.</param>
/// <param name="Start">Its value at the start of a fit.</param>
/// <param name="Span">Where it stands in the source.</param>
public sealed record LearnedParameter(string Name, Tensor Value, ParameterStart Start, SourceSpan Span)
{
    /// <summary>Whether the leading axis counts data rows: a value for each of them.</summary>
    public bool PerRow { get; init; }
}

/// <summary>The value of a learned parameter at the start of a fit. A closed hierarchy.</summary>
public abstract record ParameterStart
{
    private ParameterStart() { }

    /// <summary>A tensor of the parameter's shape that depends on no hole.</summary>
    public sealed record Fixed(Tensor Value) : ParameterStart;

    /// <summary>A draw from a distribution of the parameter's shape, whose arguments depend on no hole.</summary>
    public sealed record Drawn(Instance Distribution) : ParameterStart;
}

/// <summary>A term of the joint log-density that is no distribution's.</summary>
/// <param name="Name">Its name: <c>factor.1</c>, …, with the path of the block it stands in.</param>
/// <param name="LogDensity">The term in nats; all its components are summed. Where <paramref name="PerRow"/> its leading axis counts data rows.</param>
/// <param name="PerRow">Whether the leading axis counts data rows, so that minibatches can scale it.</param>
/// <param name="Span">Where it stands in the source.</param>
public sealed record Factor(string Name, Tensor LogDensity, bool PerRow, SourceSpan Span)
{
    /// <summary>Whether it is part of the prior of latent values: what is left of priors after a site was summed out.</summary>
    public bool IsPrior { get; init; }

    /// <summary>Name and place, for messages.</summary>
    public Origin Origin => new(Name, Span.Location);
}

/// <summary>
/// Auxiliary noise: a hole that is filled with a fresh draw in every training step and every posterior draw, for each row where it is per row. It is no site: data does not
/// bind it, no guide approximates it, and it has no term in the log-density. Where an objective is a bound, it is the bound in which the noise's guide is its own distribution.
/// </summary>
/// <param name="Name">The binding path, unique in the model.</param>
/// <param name="Distribution">What it is drawn from; its arguments depend on no hole.</param>
/// <param name="Value">The hole: an input node.</param>
/// <param name="PerRow">Whether the leading axis counts data rows.</param>
/// <param name="Span">Where it stands in the source.</param>
public sealed record NoiseSource(string Name, Instance Distribution, Tensor Value, bool PerRow, SourceSpan Span);

/// <summary>A computed value reported with the posterior.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its expression.</param>
/// <param name="PerRow">Whether the leading axis counts data rows.</param>
public sealed record Deterministic(string Name, Tensor Value, bool PerRow);

/// <summary>The dimension of data rows and its size in this elaboration (the batch size when training on minibatches).</summary>
public sealed record RowDimension(string Name, int Size);

/// <summary>A named dimension and its size.</summary>
public sealed record DimensionSize(string Name, int Size);
