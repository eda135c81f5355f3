using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;

namespace ProbNet.Examples.Swap;

/// <summary>One way to fit a model: an algorithm, with a guide and an estimator where it has such options.</summary>
/// <param name="Algorithm">The algorithm's name.</param>
/// <param name="Options">Further options that make it what it is, as they are written.</param>
/// <param name="Guide">The guide family, or null.</param>
/// <param name="Estimator">The estimator, or null.</param>
public sealed record Cell(string Algorithm, string Options, string? Guide, string? Estimator)
{
    private const string TeacherOption = "teacher";

    // Variants of algorithms that are chosen by an option of their own.
    private static readonly Dictionary<string, string[]> Variants = new()
    {
        ["laplace"] = ["structure = diagonal", "structure = kronecker", "structure = full", "structure = lastLayer", "structure = full; predictive = sampling"],
        ["vi"] = ["", "bound = iwae; samples = 5", "bound = renyi; samples = 5", "gradient = stickingTheLanding"],
        ["distill"] = [TeacherOption],
    };

    /// <summary>Every combination of the registries: guides and estimators with the algorithms that have such options, variants of single algorithms once.</summary>
    public static IEnumerable<Cell> All
    {
        get
        {
            foreach (var algorithm in AlgorithmRegistry.Algorithms.All)
            {
                var options = algorithm.Options.Map(o => o.Name);
                var variants = Variants.GetValueOrDefault(algorithm.Name, [""]);
                string?[] guides = options.Contains("guide") ? [.. GuideRegistry.Families.All.Map(f => f.Name)] : [null];
                string?[] estimators = options.Contains("estimator") ? [.. EstimatorRegistry.Estimators.All.Map(e => e.Name)] : [null];
                foreach (var guide in guides)
                    foreach (var estimator in estimators)
                        yield return new(algorithm.Name, variants[0], guide, estimator);
                foreach (var variant in variants.Skip(1))
                    yield return new(algorithm.Name, variant, null, null);
            }
        }
    }

    /// <summary>The guide over all sites, or over some with another family for the rest.</summary>
    /// <param name="pattern">The pattern of these sites, or null for all.</param>
    public string GuideOver(string? pattern) => pattern is null ? Guide! : $"{Guide} on \"{pattern}\", {GuideRegistry.Families.Find(Guide!)?.Beside ?? "normal"}";

    // Weights of draws that all rows share are those of all rows.
    private bool IsJoint => Options.Contains("bound", StringComparison.Ordinal);

    /// <summary>The algorithm as the command line takes it.</summary>
    public string Infer(Subject subject, double scale) =>
        $"{Algorithm} {{ {string.Join("; ", new[] { Options == TeacherOption ? $"teacher = {subject.Teacher}" : Options, Estimator is null ? "" : $"estimator = {Estimator}", subject.Training.Options(scale, IsJoint) }.Where(o => o.Length > 0))} }}";

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', new[] { Algorithm, Options, Guide, Estimator }.Where(s => !string.IsNullOrEmpty(s)));
}
