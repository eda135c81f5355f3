using ProbNet.Inference.Options;

namespace ProbNet.Inference.Guides;

/// <summary>The guide families.</summary>
public static class GuideRegistry
{
    /// <summary>All families by name.</summary>
    public static ComponentRegistry<GuideFamily> Families { get; } = new("guide family", new NormalGuide(), new DeltaGuide(), new MultivariateNormalGuide());

    // Not among the families: it stands for a declaration, and its name alone means nothing.
    private static readonly ComponentRegistry<GuideFamily> Programs = new("guide program", new ProgramGuide());

    /// <summary>The family, or the guide program, that a value names.</summary>
    public static Checked<GuideFamily> Bind(OptionValue value) => value is OptionValue.Call { Name: "program" } ? Programs.Bind(value) : Families.Bind(value);
}
