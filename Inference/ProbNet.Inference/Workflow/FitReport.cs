using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Health;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using SitePrediction = ProbNet.Inference.Artifacts.SitePrediction;

namespace ProbNet.Inference.Workflow;

/// <summary>What is told about a fit: how well it predicts, and what it says of the latent sites.</summary>
/// <param name="Metrics">Metrics by set of rows, in the units of the file.</param>
/// <param name="HeldOut">The predictions of the held-out rows, none if no rows were held out.</param>
/// <param name="Components">Summaries of latent sites and reported values; empty for models with too many to read.</param>
/// <param name="Pairs">The uncertainty between classes over the held-out rows (without any, over the training rows); empty where no class is predicted.</param>
public sealed record FitReport(RunMetrics Metrics, Evaluated HeldOut, EqArray<ComponentSummary> Components, EqArray<PairUncertainty> Pairs)
{
    /// <summary>The values learned as points, with what was learned.</summary>
    public EqArray<(PointPlan Point, HostTensor Value)> Points { get; init; } = [];

    /// <summary>Why a metric that one would look for is missing, a sentence each.</summary>
    public EqArray<string> Notes { get; init; } = [];

    /// <summary>What the fit says about itself; null where only predictions were asked for.</summary>
    public HealthReport? Health { get; init; }

    // More components than fit on a screen tell nothing; scalars are shown even then.
    private const int MostComponents = 60;

    // The Monte Carlo error of a mean is then 1.6 % of the standard deviation.
    private const int ComponentDraws = 4000;

    private const int MostClasses = 10;

    /// <summary>Predicts all rows of the file, summarises the latent sites, and examines the fit.</summary>
    /// <param name="program">What was fitted.</param>
    /// <param name="result">The result.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="draws">Posterior draws for predictions.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="threads">Threads to use; 0 means all cores.</param>
    public static FitReport Of(BoundProgram program, FitResult result, IBackend backend, int draws, long seed, int threads)
    {
        // Where validation rows chose an epoch near the end, the end of the history still is the fit's.
        var isJudged = result.Stop == StopReason.Completed && (result.History.IsEmpty || result.BestEpoch >= 0.75 * result.History[^1].Epoch);
        var health = new HealthOptions { Seed = seed, Threads = threads, IsComplete = isJudged };
        return Of(program, result.Posterior, backend, draws, seed, threads) with { Health = HealthReport.Of(result.Posterior, result.History, program.Training, backend, health) };
    }

    /// <summary>Predicts all rows of the file and summarises the latent sites.</summary>
    /// <param name="program">What was fitted.</param>
    /// <param name="posterior">The result.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="draws">Posterior draws for predictions.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="threads">Threads to use; 0 means all cores.</param>
    public static FitReport Of(BoundProgram program, Posterior posterior, IBackend backend, int draws, long seed, int threads)
    {
        var file = FileRows.Of(program);
        var preprocessing = program.Data.Preprocessing;
        var options = new PredictOptions { Draws = draws, Seed = seed, Threads = threads };
        var predicted = posterior.Predict(backend, file.Data, options with { Trained = program.Training }).Required;
        var all = Evaluated.Of(predicted, file.Rows, preprocessing);
        // Rows with latent values of their own are predicted with them where they were trained on.
        var trained = TrainingRows.HaveOwnValues(program.Model) ? TrainingRows.Predict(posterior, backend, program.Training, options).Required : null;
        var training = trained is null ? all.Select(file.Training) : Evaluated.Of(trained, program.Data.Training, preprocessing);
        var heldOut = all.Select(file.HeldOut);
        return new(new(training.Metrics, all.Select(file.Validation).Metrics, heldOut.Metrics), heldOut,
            Summaries(program, posterior, backend, seed, threads), Between(heldOut.Lines.IsEmpty ? training : heldOut))
        {
            Notes =
            [
                .. Note("training rows", trained ?? predicted),
                .. trained is null || (file.Validation.IsEmpty && file.HeldOut.IsEmpty) ? [] : Note("other rows", predicted),
            ],
            Points = PointPlan.Of(program.Model, posterior.Guide).Map(p => (p, posterior.Parameters[p.Parameter])),
        };
    }

    /// <summary>The uncertainty between classes, where one class a row is predicted and there are few.</summary>
    public static EqArray<PairUncertainty> Between(Evaluated rows) =>
        rows.Sites.OfType<SitePrediction.Class>().FirstOrDefault() is { Summary: { Classes: >= 2 and <= MostClasses } summary } site && summary.Rows == rows.Lines.Count
            ? PairUncertainty.Of(site.ClassNames, summary)
            : [];

    private static string[] Note(string rows, Predictions predictions) => predictions.WithoutDensity is { } why ? [$"the {rows} have no nll: {why}"] : [];

    private static EqArray<ComponentSummary> Summaries(BoundProgram program, Posterior posterior, IBackend backend, long seed, int threads)
    {
        var graph = program.Model.ElaborateMarginal(program.Model.Rows);
        var sizes = graph.Sites.Where(s => s.Kind == SiteKind.Sample && !program.Model.IsObserved(s)).Select(s => (s.Name, s.Value.Shape.Size))
            .Concat(graph.Deterministics.Select(d => (d.Name, d.Value.Shape.Size))).ToList();
        var shown = sizes.Sum(s => (long)s.Size) <= MostComponents ? [.. sizes.Select(s => s.Name)] : sizes.Where(s => s.Size == 1).Select(s => s.Name).ToHashSet();
        if (shown.Count == 0) return [];
        // A few draws of all sites are enough for the scalars of a large model.
        var few = sizes.Sum(s => (long)s.Size) * ComponentDraws > 1 << 24;
        var options = new SampleOptions { Draws = posterior.Guide.DistinctDraws is { } distinct ? distinct : few ? ComponentDraws / 10 : ComponentDraws, Seed = seed, Threads = threads };
        var drawn = posterior.Sample(backend, options, program.Training);
        return drawn.Latent.Concat(drawn.Deterministic).Where(d => shown.Contains(d.Name)).SelectMany(d => ComponentSummary.Of(d.Name, d.Values)).ToEqArray();
    }
}
