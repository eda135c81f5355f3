using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language.Distributions;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A family of approximating distributions q over latent sites, with learned parameters. A family says how to build the factor over the sites of one
/// clause; everything else (objective, estimators, optimisation, prediction, saving) works on the <see cref="GuidePart"/> it returns.
/// One file a family, one line in <see cref="GuideRegistry"/>.
/// </summary>
public abstract record GuideFamily : Component
{
    /// <summary>The factor over these sites, or the diagnostics that say which site the family cannot approximate and why.</summary>
    /// <param name="sites">The latent sites of the clause, in model order; at least one.</param>
    /// <param name="context">What the factor is built for.</param>
    public abstract Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context);

    /// <summary>The sites that the family draws, where it does not take whatever it is given; null where it does.</summary>
    public virtual EqArray<string>? Drawn(BoundModel model) => null;

    /// <summary>The family that the other sites of a net are usually given where this one is made for weights alone; null where it covers all sites.</summary>
    public virtual string? Beside => null;

    /// <summary>What it is called in reports: as it is written, or the name of its declaration.</summary>
    public virtual string Described => ToString();
}

/// <summary>What a factor is built for.</summary>
/// <param name="Name">The part's name, unique in the plan; prefix of parameters that belong to no single site.</param>
/// <param name="Precision">The floating-point type of its parameters.</param>
public sealed record GuideContext(string Name, DType Precision)
{
    /// <summary>The model, which guide programs are written for.</summary>
    public BoundModel? Model { get; init; }

    /// <summary>Where the clause stands.</summary>
    public Language.SourceSpan Span { get; init; }
}

/// <summary>One factor of a guide: a distribution over its sites, as builders of tensor expressions. Immutable and stateless.</summary>
/// <param name="name">The part's name.</param>
/// <param name="family">The family it belongs to.</param>
/// <param name="sites">The sites it covers.</param>
/// <param name="parameters">Its learned parameters.</param>
public abstract class GuidePart(string name, GuideFamily family, EqArray<GuideSite> sites, EqArray<GuideParameter> parameters)
{
    /// <summary>The part's name, unique in the plan.</summary>
    public string Name { get; } = name;

    /// <summary>The family it belongs to.</summary>
    public GuideFamily Family { get; } = family;

    /// <summary>The sites it covers, in model order.</summary>
    public EqArray<GuideSite> Sites { get; } = sites;

    /// <summary>Its learned parameters, in a fixed order.</summary>
    public EqArray<GuideParameter> Parameters { get; } = parameters;

    /// <summary>
    /// The number n of equally probable draws that there are in all, where it is finite: draw number d is then draw d mod n, so that n draws in sequence are all of them. Null: no two
    /// draws are the same.
    /// </summary>
    public virtual int? DistinctDraws => null;

    /// <summary>Whether every draw is the same, so that one is enough.</summary>
    public bool IsPoint => DistinctDraws == 1;

    /// <summary>
    /// Whether a row's draw is computed from the row's data, so that rows not trained on have one too; what is learned for each training row says nothing of them.
    /// </summary>
    public virtual bool IsAmortised => false;

    /// <summary>
    /// Whether draws enter predictions through the model linearised at the draws' locations; then every site has a <see cref="SiteDraw.Unconstrained"/> draw.
    /// </summary>
    public virtual bool IsLinearised => false;

    /// <summary>The factors that it is made of, for reports: itself, unless it only changes how theirs are used.</summary>
    public virtual EqArray<GuidePart> Inner => [this];

    /// <summary>The arguments and observed sites whose values it needs.</summary>
    public virtual EqArray<string> Needs => [];

    /// <summary>The sites whose draws have no gradient in the parameters, like counts: only their density moves with these.</summary>
    public virtual EqArray<string> WithoutGradient => [];

    /// <summary>
    /// The parameters of factors that are independent normals in unconstrained space, loc + softplus(rho) * eps, in pairs of one shape: what natural gradients step on.
    /// </summary>
    public virtual EqArray<(string Loc, string Rho)> NormalPairs => [];

    /// <summary>
    /// Why log q of a draw is not the density of its values, so that ratios of densities mean nothing, e.g. <c>dropout has no density</c>; null where it is, and for points, whose density is
    /// left out.
    /// </summary>
    public virtual string? WithoutDensity => null;

    /// <summary>One draw of all its sites, and log q of that draw. Sites for which the scope lacks data are left out.</summary>
    public abstract PartDraw Draw(GuideScope scope);

    /// <summary>
    /// log q of given values with respect to the constrained values, under the names of the terms of <see cref="Draw"/>; null for factors that know the density of their own draws alone. As it
    /// stands it is that of the sites' marginals, where all are known.
    /// </summary>
    /// <param name="scope">As for a draw.</param>
    /// <param name="values">Site name → a value in the site's support with the rows at hand.</param>
    public virtual EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values)
    {
        var draw = Draw(scope);
        if (draw.Sites.Any(s => s.Marginal is null)) return null;
        return draw.Sites.Map(s =>
        {
            var density = s.Marginal!.LogDensity(values[s.Site.Name]);
            var perRow = s.Site.PerRow && density.Rank > 0;
            return new LogTerm(s.Site.Name, perRow ? TensorMath.SumLast(density, density.Rank - 1) : TensorMath.SumAll(density), perRow);
        });
    }

    /// <summary>
    /// Where a parameter starts when its sites are to start at given places; null where that does not depend on the places. As it stands, <c>s.loc</c> of a site s starts at its place.
    /// </summary>
    /// <param name="parameter">One of <see cref="Parameters"/>.</param>
    /// <param name="places">Site name → a value in unconstrained space, of the site's unconstrained shape.</param>
    public virtual Tensor? StartAt(GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) =>
        Sites.FirstOrDefault(s => parameter.Name == s.Name + ".loc" && parameter.Shape == s.UnconstrainedShape) is { } site ? places[site.Name] : null;
}

/// <summary>A learned parameter.</summary>
/// <param name="Name">Unique in the plan, e.g. <c>h1.w.loc</c>.</param>
/// <param name="Shape">Its shape; for sites that are plates over data rows the leading axis has all N rows.</param>
/// <param name="Sites">The sites it belongs to, for messages.</param>
/// <param name="Initial">Its value at the start of a fit, of <paramref name="Shape"/>; draws, if any, come from the given source.</param>
public sealed record GuideParameter(string Name, Shape Shape, EqArray<string> Sites, Func<RandomSource, Tensor> Initial);

/// <summary>What a factor draws with: the values of its parameters, randomness, and the rows at hand.</summary>
/// <param name="Parameters">Parameter name → tensor of the parameter's shape.</param>
/// <param name="Random">The source of the guide's randomness.</param>
/// <param name="Rows">The data rows at hand.</param>
public sealed record GuideScope(IReadOnlyDictionary<string, Tensor> Parameters, RandomSource Random, RowView Rows)
{
    /// <summary>The values of arguments and observed sites by name, with the rows at hand.</summary>
    public IReadOnlyDictionary<string, Tensor> Data { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Whether the rows at hand are other rows than those trained on.</summary>
    public bool AreNew { get; init; }

    /// <summary>Whether draws are held fixed in gradients: what depends on an earlier draw then moves with the parameters by its density alone.</summary>
    public bool HoldsDraws { get; init; }

    /// <summary>
    /// For sites whose support depends on arguments of their distribution, the bijector over the holes of the model with the rows at hand.
    /// </summary>
    public IReadOnlyDictionary<string, Bijector> Bijectors { get; init; } = new Dictionary<string, Bijector>();

    /// <summary>The site with its bijector for the rows at hand.</summary>
    public GuideSite AtHand(GuideSite site) => Bijectors.TryGetValue(site.Name, out var own) ? site with { Bijector = own } : site;

    /// <summary>The value of a parameter.</summary>
    public Tensor this[string name] => Parameters[name];

    /// <summary>A site's parameter, restricted to the rows at hand where the site is a plate over data rows.</summary>
    public Tensor Of(GuideSite site, string parameter) => site.PerRow ? Rows.Take(Parameters[parameter]) : Parameters[parameter];

    /// <summary>Standard normal noise of the site's unconstrained shape for the rows at hand; a row's noise depends on the row, not on its place in the batch.</summary>
    public Tensor Noise(GuideSite site, DType type)
    {
        var random = Random.Named(site.Name);
        return site.PerRow ? Rows.Keyed(random).Normal(type, site.UnconstrainedShape[1..]) : random.Normal(type, site.UnconstrainedShape);
    }
}

/// <summary>A draw of a part.</summary>
/// <param name="Sites">The draws of its sites, in the part's order.</param>
/// <param name="LogDensity">log q of the draw with respect to the constrained values, as a sum of terms; empty for a point mass, whose density is left out.</param>
public sealed record PartDraw(EqArray<SiteDraw> Sites, EqArray<LogTerm> LogDensity)
{
    /// <summary>
    /// Entropies of factors of q that are known in closed form, E_q[-log q], each under the name of the term of <see cref="LogDensity"/> that it is the mean of. With the
    /// <see cref="SiteDraw.CrossEntropy"/> of every site of the factor they make the divergence closed-form.
    /// </summary>
    public EqArray<LogTerm> Entropies { get; init; } = [];
}

/// <summary>A term of a log-density, in nats.</summary>
/// <param name="Name">The site or part it belongs to.</param>
/// <param name="Value">A scalar, or one number for each row at hand.</param>
/// <param name="PerRow">Whether it is one number for each row.</param>
public sealed record LogTerm(string Name, Tensor Value, bool PerRow);

/// <summary>A site's draw and what is known of its marginal distribution.</summary>
/// <param name="Site">The site.</param>
/// <param name="Value">The drawn value, in the site's support.</param>
/// <param name="Location">The centre of the marginal in unconstrained space; of a guide program's draw, its mean in the site's own space.</param>
public sealed record SiteDraw(GuideSite Site, Tensor Value, Tensor Location)
{
    /// <summary>The standard deviation of the marginal in unconstrained space, or null where there is none (a point) or it is not known.</summary>
    public Tensor? Scale { get; init; }

    /// <summary>The draw in unconstrained space, where the factor has one there; null: the bijector's inverse of the value.</summary>
    public Tensor? Unconstrained { get; init; }

    /// <summary>The factor as a distribution of the site's value, if it is one of the language's and independent of all other sites; for analytic KL.</summary>
    public Language.Distributions.Instance? Marginal { get; init; }

    /// <summary>
    /// E_q[-log p(value)] in closed form for a prior p whose parameters do not vary with this draw, elementwise in the prior's batch shape, or null for priors that the factor does not know. A
    /// function for factors without <see cref="Marginal"/>; used where <see cref="PartDraw.Entropies"/> has the factor's entropy.
    /// </summary>
    public Func<Language.Distributions.Instance, Tensor?>? CrossEntropy { get; init; }

    /// <summary>What estimators may use: how the factor acts through a matrix product. Null where only shared draws are possible.</summary>
    public FactorStructure? Structure { get; init; }
}
