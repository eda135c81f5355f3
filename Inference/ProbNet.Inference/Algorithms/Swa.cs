using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Stochastic weight averaging: a run towards the maximum a posteriori point (<see cref="Map"/>), of which the parameters after epochs burnIn + every, burnIn + 2 every, … are averaged with equal weights,
/// in unconstrained space. The posterior is a point, the average.
/// </summary>
/// <remarks>
/// Source: Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, Averaging weights leads to wider optima and better generalization, UAI 2018, algorithm 1. Values that the model learns as points are averaged
/// with the rest. No statistics of layers have to be computed anew: models have no state.
/// </remarks>
public sealed record Swa : PointTraining
{
    /// <summary>Epochs before averaging begins; null for three quarters of the run.</summary>
    public int? BurnIn { get; init; }

    /// <summary>Epochs between two points of the average.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The step size after the burn-in; null to go on with the schedule.</summary>
    public double? CollectRate { get; init; }

    /// <inheritdoc/>
    public override string Name => "swa";

    /// <inheritdoc/>
    public override string Doc => "stochastic weight averaging: the average of the points of a run";

    /// <inheritdoc/>
    public override string Source => "Izmailov et al., Averaging weights leads to wider optima and better generalization, UAI 2018";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        .. CollectionOptions.Declare<Swa>(a => a.BurnIn, (a, v) => a with { BurnIn = v }, a => a.Every, (a, v) => a with { Every = v }, a => a.CollectRate, (a, v) => a with { CollectRate = v }),
        .. CollectionOptions.Training<Swa>(),
    ];

    private protected override Checked<TrainedPlan> Prepare(BoundModel model)
    {
        var (training, found) = (Training, Collection.Of(BurnIn, Every, Training, model));
        if (Training.Conflicts.IsEmpty && found.Value is { } c) training = CollectionOptions.Scheduled(Training, CollectRate, c);
        var point = Point(model, training);
        if (point.Value is not { } plan || found.Value is not { } collection) return new(null, [.. point.Diagnostics, .. found.Diagnostics]);
        var shapes = plan.Guide.Parameters.Map(p => p.Shape);
        return plan with
        {
            Gathering = () => new RunningMoments(collection, shapes, plan.Guide.Precision, 0, withSquares: false),
            GatheredBytes = RunningMoments.Bytes(shapes.Sum(s => (long)s.Size), plan.Guide.Precision, 0, withSquares: false),
        };
    }

    private protected override FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered)
    {
        if (gathered is not RunningMoments { Count: > 0 } moments) return CollectionOptions.Unfinished(result, gathered is not null);
        var parameters = plan.Guide.Parameters.Select((p, i) => (p.Name, Value: moments.Mean(i))).ToDictionary(p => p.Name, p => p.Value);
        return With(request, plan, result, plan.Guide.Clauses, parameters);
    }
}

/// <summary>Options of methods that collect points of a run.</summary>
internal static class CollectionOptions
{
    /// <summary>When points are collected, and with which step size.</summary>
    public static EqArray<Option> Declare<T>(Func<T, int?> burnIn, Func<T, int?, T> setBurnIn, Func<T, int> every, Func<T, int, T> setEvery, Func<T, double?> rate, Func<T, double?, T> setRate) where T : Component =>
    [
        Option.OptionalInteger<T>("burnIn", "epochs before collecting begins; three quarters of the run if not given", 0, burnIn, setBurnIn),
        Option.Integer<T>("every", "epochs between two points collected", 1, every, setEvery),
        Option.OptionalNumber<T>("collectRate", "constant step size after the burn-in, over which the schedule then runs; the schedule goes on if not given", Interval.Positive, rate, setRate),
    ];

    /// <summary>The training options but early stopping: the length of the run decides what is collected.</summary>
    public static EqArray<Option> Training<T>() where T : PointTraining =>
        [.. TrainingOptions.Declare<T>(a => a.Training, (a, v) => (T)(a with { Training = v })).Where(o => o.Name != "earlyStop")];

    /// <summary>The options with the step size of collecting.</summary>
    public static TrainingOptions Scheduled(TrainingOptions training, double? rate, Collection collection) => rate is not { } constant ? training
        : training with { Schedule = new CollectingSchedule(training.Schedule, collection.BurnIn, constant / training.Optimizer.Rate) };

    /// <summary>The point that a run has reached which ended before enough was collected.</summary>
    public static FitResult Unfinished(FitResult result, bool warn) => !warn ? result : result with
    {
        Warnings = result.Warnings.Add(new(InferenceCodes.NothingCollected, $"the run ended after {result.Steps} steps, before enough points were collected: the posterior is the point it had reached", default)
        { Hint = "let it run to its end" }),
    };
}
