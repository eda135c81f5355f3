using ProbNet.Inference.Options;

namespace ProbNet.Inference.Guides;

/// <summary>The guide families.</summary>
public static class GuideRegistry
{
    /// <summary>All families by name.</summary>
    public static ComponentRegistry<GuideFamily> Families { get; } = new("guide family", new NormalGuide(), new DeltaGuide(), new MultivariateNormalGuide(), new LowRankGuide(), new KroneckerGuide(),
        new BernoulliDropoutGuide(), new ConcreteDropoutGuide(), new GaussianDropoutGuide(), new Rank1Guide(), new ScaleMixtureGuide(), new PlanarGuide(), new RealNvpGuide(), new IafGuide());

    /// <summary>What algorithms leave behind as posteriors, and no program chooses: collected moments, members, curvature. Run folders name them like families.</summary>
    public static ComponentRegistry<GuideFamily> Results { get; } = new("posterior", new MembersGuide(), new SwagPosterior(), new LinearisedGuide(), new KroneckerPrecisionGuide());

    // Not among the families: it stands for a declaration, and its name alone means nothing.
    private static readonly ComponentRegistry<GuideFamily> Programs = new("guide program", new ProgramGuide());

    /// <summary>The family, or the guide program, that a value names.</summary>
    /// <param name="value">The value.</param>
    /// <param name="withResults">Whether <see cref="Results"/> are accepted.</param>
    public static Checked<GuideFamily> Bind(OptionValue value, bool withResults = false) => value is not OptionValue.Call { Name: var name } ? Families.Bind(value)
        : name == "program" ? Programs.Bind(value)
        : withResults && Results.Find(name) is not null ? Results.Bind(value)
        : Families.Bind(value);
}
