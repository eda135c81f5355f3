using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Guides;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Workflow;

/// <summary>Writes a fit as a run folder.</summary>
public static class RunWriting
{
    /// <summary>What <c>run.json</c> says of a fit.</summary>
    /// <param name="written">The program with the modules it refers to.</param>
    /// <param name="program">What was fitted.</param>
    /// <param name="infer">How.</param>
    /// <param name="result">What was reached.</param>
    /// <param name="report">How well it predicts.</param>
    /// <param name="settings">Seed, draws, backend and versions.</param>
    public static RunInfo Describe(CheckedProgram written, BoundProgram program, InferChoice infer, FitResult result, FitReport report, RunSettings settings) => new()
    {
        ProbNetVersion = settings.Version,
        Created = settings.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        Sources = Sources(written),
        Model = program.Model.Name,
        Infer = infer.Name,
        Algorithm = infer.Algorithm.Name,
        Data = program.Data.Name,
        Options = Options(infer.Algorithm).ToDictionary(o => o.Key, o => o.Key == "guide" && o.Value == GuideClauses.Write(result.Posterior.Guide.Clauses).ToString() ? SavedRun.Text(result.Posterior.Guide.Clauses) : o.Value),
        Guide = SavedRun.Text(result.Posterior.Guide.Clauses),
        Arguments = program.Source.StaticArguments is { IsEmpty: false } arguments ? arguments.ToDictionary(a => a.Name, a => a.Value) : null,
        Dimensions = program.Sizes,
        RowDimension = program.RowDimension,
        Observed = program.Model.Observed,
        Preprocessing = program.Data.Preprocessing,
        TrainingSha256 = TrainingDigest.Of(program.Data.Training),
        Seed = settings.Seed,
        Draws = settings.Draws,
        Ended = Name(result.Stop),
        Precision = SavedRun.NameOf(result.Posterior.Guide.Precision),
        Backend = settings.Backend,
        Compute = settings.Compute,
        Metrics = report.Metrics,
        Health = report.Health,
        Timing = settings.Timing,
    };

    /// <summary>The resolved options of an algorithm, those that are set, as the language writes them.</summary>
    internal static Dictionary<string, string> Options(Algorithm algorithm) =>
        algorithm.Options.Where(o => o.Get(algorithm) is not null).ToDictionary(o => o.Name, o => o.Get(algorithm)!.ToString()!);

    /// <summary>A program's texts, its own first.</summary>
    internal static EqArray<SourceFile> Sources(CheckedProgram written) => [File(written.Source), .. written.Imported.Map(File)];

    private static SourceFile File(SourceText source) => new(Path.GetFileName(source.Name), source.Text);

    /// <summary>Writes the folder, in place of a previous run there.</summary>
    /// <exception cref="ArtifactException">The place is taken or the disk refuses; nothing has changed then.</exception>
    public static void Write(string path, RunInfo info, FitResult result, FitReport report) => RunFolder.Write(path, info, SavedRun.Content(result.Posterior),
    [
        new(RunFolder.MetricsFile, s => MetricsCsv.Write(s, InFileUnits(result.History, info.Preprocessing).Select(h => new Artifacts.EpochRecord(
            h.Epoch, h.Elbo, h.ExpectedLogLikelihood, h.Kl, h.PredictiveEntropy, h.ValidationNll, h.ValidationAccuracy)))),
        new(RunFolder.PredictionsFile, s => PredictionsCsv.Write(s, report.HeldOut.Lines, report.HeldOut.RowSites)),
    ]);

    /// <summary>Records of a history with the validation NLL as a density of the file's units, as all reported metrics are; the objective stays in the model's.</summary>
    public static EqArray<Algorithms.EpochRecord> InFileUnits(EqArray<Algorithms.EpochRecord> history, Data.Preprocessing? preprocessing)
    {
        var shift = preprocessing is null ? 0 : Evaluated.LogScale(preprocessing);
        return history.Map(h => h with { ValidationNll = h.ValidationNll + shift });
    }

    /// <summary>Why a fit ended, in words.</summary>
    public static string Name(StopReason reason) => reason switch
    {
        StopReason.Completed => "completed",
        StopReason.EarlyStop => "early stop",
        StopReason.Cancelled => "cancelled",
        StopReason.NumericalFailure => "numerical failure",
    };
}

/// <summary>What a run folder says that the fit itself does not know.</summary>
/// <param name="Version">The version of ProbNet.</param>
/// <param name="Now">The time.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Draws">Posterior draws for predictions.</param>
/// <param name="Backend">The backend's name.</param>
/// <param name="Timing">How long it took.</param>
public sealed record RunSettings(string Version, DateTimeOffset Now, long Seed, int Draws, string Backend, RunTiming Timing)
{
    /// <summary>What the backend computes products of single precision in, or null where that was not asked for.</summary>
    public string? Compute { get; init; }
}
