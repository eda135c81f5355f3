using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Options;

/// <summary>The diagnostics of inference: <c>PN070x</c> about options, <c>PN072x</c> about what a model and a method can do together.</summary>
public static class InferenceCodes
{
    /// <summary>No option of this name.</summary>
    public static DiagnosticCode UnknownOption { get; } = Error("PN0701", "unknown option");

    /// <summary>An option's value is of another type.</summary>
    public static DiagnosticCode WrongType { get; } = Error("PN0702", "option of another type");

    /// <summary>An option's value lies outside its range.</summary>
    public static DiagnosticCode OutOfRange { get; } = Error("PN0703", "option out of range");

    /// <summary>An option given twice.</summary>
    public static DiagnosticCode GivenTwice { get; } = Error("PN0704", "option given twice");

    /// <summary>More arguments than there are options.</summary>
    public static DiagnosticCode TooManyArguments { get; } = Error("PN0705", "too many arguments");

    /// <summary>No guide, estimator, optimiser, schedule or algorithm of this name.</summary>
    public static DiagnosticCode UnknownName { get; } = Error("PN0706", "unknown name");

    /// <summary>Options that do not go together.</summary>
    public static DiagnosticCode Conflict { get; } = Error("PN0707", "options do not go together");

    /// <summary>An expression that is no option value.</summary>
    public static DiagnosticCode NotAnOption { get; } = Error("PN0708", "not an option value");

    /// <summary>A guide clause whose pattern no latent site matches.</summary>
    public static DiagnosticCode ClauseMatchesNothing { get; } = Error("PN0720", "guide clause without a site");

    /// <summary>A latent site that no guide clause covers.</summary>
    public static DiagnosticCode UncoveredSite { get; } = Error("PN0721", "latent site without a guide");

    /// <summary>A discrete latent site.</summary>
    public static DiagnosticCode DiscreteLatent { get; } = Error("PN0722", "discrete latent site");

    /// <summary>A site that the guide family cannot approximate.</summary>
    public static DiagnosticCode GuideRefuses { get; } = Error("PN0723", "guide does not fit the site");

    /// <summary>An argument or observed site that the data set lacks or has in another shape or type.</summary>
    public static DiagnosticCode DataMismatch { get; } = Error("PN0724", "data does not fit the model");

    /// <summary>A model with nothing to infer.</summary>
    public static DiagnosticCode NothingLatent { get; } = Error("PN0725", "nothing to infer");

    /// <summary>Saved parameters that do not fit the guide.</summary>
    public static DiagnosticCode ParameterMismatch { get; } = Error("PN0726", "parameters do not fit the guide");

    /// <summary>Minibatches of a model whose rows depend on each other.</summary>
    public static DiagnosticCode MixedRows { get; } = Error("PN0727", "rows are not independent");

    /// <summary>A guide program that draws what is bound to data, or takes what is not.</summary>
    public static DiagnosticCode GuideData { get; } = Error("PN0728", "guide does not fit the data");

    /// <summary>A learned point value whose size or start is not fixed before the data is seen.</summary>
    public static DiagnosticCode LearnedPoint { get; } = Error("PN0729", "learned value cannot be fitted");

    /// <summary>A latent site that the likelihood alone does not determine.</summary>
    public static DiagnosticCode Unidentified { get; } = Error("PN0730", "not determined by the likelihood");

    /// <summary>A discrete site whose elements cannot be summed out one by one.</summary>
    public static DiagnosticCode MixedElements { get; } = Error("PN0740", "elements of a discrete site interact");

    /// <summary>A discrete site that belongs to no row, of whose posterior predictions of new rows know nothing.</summary>
    public static DiagnosticCode GlobalSummedOut { get; } = new("PN0741", Severity.Warning, "summed-out site that belongs to no row");

    /// <summary>Nothing to classify.</summary>
    public static DiagnosticCode NothingSummedOut { get; } = Error("PN0742", "nothing to classify");

    /// <summary>A model whose curvature at a point says nothing of its posterior.</summary>
    public static DiagnosticCode LaplaceRefuses { get; } = Error("PN0760", "no Laplace approximation");

    /// <summary>A curvature that is not that of a maximum.</summary>
    public static DiagnosticCode NotPositive { get; } = Error("PN0761", "curvature is not positive definite");

    /// <summary>What a Laplace approximation has found or left out.</summary>
    public static DiagnosticCode LaplaceNote { get; } = new("PN0762", Severity.Warning, "note on a Laplace approximation");

    /// <summary>A run that ended before enough of its points were collected.</summary>
    public static DiagnosticCode NothingCollected { get; } = new("PN0768", Severity.Warning, "run ended before points were collected");

    /// <summary>A distillation without a teacher that fits its student.</summary>
    public static DiagnosticCode Teacher { get; } = Error("PN0763", "teacher does not fit the student");

    /// <summary>A fit that needs more memory than there is.</summary>
    public static DiagnosticCode Memory { get; } = Error("PN0750", "not enough memory");

    /// <summary>All of them, in order of their numbers.</summary>
    public static EqArray<DiagnosticCode> All =>
    [
        UnknownOption, WrongType, OutOfRange, GivenTwice, TooManyArguments, UnknownName, Conflict, NotAnOption,
        ClauseMatchesNothing, UncoveredSite, DiscreteLatent, GuideRefuses, DataMismatch, NothingLatent, ParameterMismatch, MixedRows,
        GuideData, LearnedPoint, Unidentified, MixedElements, GlobalSummedOut, NothingSummedOut, LaplaceRefuses, NotPositive, LaplaceNote, Teacher, Memory, NothingCollected,
    ];

    private static DiagnosticCode Error(string id, string title) => new(id, Severity.Error, title);
}
