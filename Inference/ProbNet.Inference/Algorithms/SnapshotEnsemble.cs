using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// A snapshot ensemble: one run towards the maximum a posteriori point (<see cref="Map"/>), whose step size falls along half a cosine and starts again, cycle after cycle (<see cref="CyclicSchedule"/>); the
/// point at the end of each cycle is a member. The posterior is the mixture of the last members with equal weights.
/// </summary>
/// <remarks>Source: Huang, Li, Pleiss, Liu, Hopcroft, Weinberger, Snapshot ensembles: train 1, get M for free, ICLR 2017.</remarks>
public sealed record SnapshotEnsemble : PointTraining
{
    /// <summary>The number of cycles.</summary>
    public int Cycles { get; init; } = 5;

    /// <summary>The number of last cycles whose ends are kept; null for all.</summary>
    public int? Keep { get; init; }

    /// <summary>The factor on the step size at the end of a cycle.</summary>
    public double Floor { get; init; }

    /// <inheritdoc/>
    public override string Name => "snapshotEnsemble";

    /// <inheritdoc/>
    public override string Doc => "the points at the ends of the cycles of one run with a cyclic step size";

    /// <inheritdoc/>
    public override string Source => "Huang et al., Snapshot ensembles: train 1, get M for free, ICLR 2017";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<SnapshotEnsemble>("cycles", "cycles of the step size in the run", 1, a => a.Cycles, (a, v) => a with { Cycles = v }),
        Option.OptionalInteger<SnapshotEnsemble>("keep", "last cycles whose ends are members; all of them if not given", 1, a => a.Keep, (a, v) => a with { Keep = v }),
        Option.Number<SnapshotEnsemble>("floor", "factor on the step size at the end of a cycle", new(0, 1, true, true), a => a.Floor, (a, v) => a with { Floor = v }),
        .. CollectionOptions.Training<SnapshotEnsemble>().Where(o => o.Name is not ("schedule" or "steps")),
    ];

    private int Kept => Math.Min(Keep ?? Cycles, Cycles);

    private protected override IEnumerable<(string Change, PointTraining Other)> Smaller => Kept > 1 ? [($"keep = {(Kept + 1) / 2}", this with { Keep = (Kept + 1) / 2 })] : [];

    private protected override Checked<TrainedPlan> Prepare(BoundModel model)
    {
        EqArray<Diagnostic> found = [.. Cut(model), .. MembersPlan.Separate(Name, model)];
        var point = Point(model, Training with { Schedule = new CyclicSchedule { Cycles = Cycles, Floor = Floor } });
        if (point.Value is not { } plan || !found.IsEmpty) return new(null, [.. point.Diagnostics, .. found]);
        var bytes = plan.Guide.Parameters.Sum(p => (long)p.Shape.Size) * plan.Guide.Precision.Size();
        return plan with
        {
            Result = Result(Kept),
            Gathering = () => new KeptPoints(Ends(model), Kept),
            GatheredBytes = 2 * bytes * Kept,
        };
    }

    private protected override FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered)
    {
        if (gathered is not KeptPoints { Points.Count: > 0 } points) return CollectionOptions.Unfinished(result, gathered is not null);
        var parameters = plan.Guide.Parameters.Select((p, i) => (p.Name, Value: points.Stacked(i))).ToDictionary(p => p.Name, p => p.Value);
        return With(request, plan, result, Result(points.Points.Count), parameters);
    }

    private static EqArray<GuideClause> Result(int members) => [new(new MembersGuide { Members = members, Guide = [new(new DeltaGuide())] })];

    private Collection Ends(BoundModel model)
    {
        var epochs = Collection.EpochsOf(Training, model);
        return new(0, epochs / Cycles, epochs);
    }

    // Points are taken at the ends of epochs.
    private EqArray<Diagnostic> Cut(BoundModel model)
    {
        var epochs = Collection.EpochsOf(Training, model);
        if (epochs % Cycles == 0) return [];
        var more = (epochs / Cycles + 1) * Cycles;
        return [new(InferenceCodes.Conflict, $"{epochs} epochs cannot be cut into {Cycles} cycles of whole epochs", default)
        { Hint = epochs < Cycles ? $"epochs = {more}" : $"epochs = {more - Cycles} or epochs = {more}" }];
    }
}
